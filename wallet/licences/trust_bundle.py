"""The library's trust bundle: what a desk carries to judge codes without a network."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from wallet.base.clock import rfc3339
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.licences.status.lists import list_numbers, published_list


def trust_bundle(deps: Deps, now: datetime) -> dict[str, Any]:
    """The bundle as of now; `verify.trust` describes its members, and reads it."""
    types = deps.db.rows(
        select(LicenceType.short_number, LicenceType.name).order_by(LicenceType.short_number)
    )
    return {
        "iss": deps.keys.issuer,
        "as_of": rfc3339(now),
        **deps.keys.jwks(),
        "lists": {
            str(number): published_list(deps, number, now).token for number in list_numbers(deps)
        },
        "types": {str(row.short_number): row.name for row in types},
    }
