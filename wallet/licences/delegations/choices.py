"""What an offer may be made of: own licences."""

from __future__ import annotations

from datetime import datetime

from wallet.base.deps import Deps
from wallet.licences.held import HeldLicence, held_licences
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.web.principal import Principal


def givable(deps: Deps, principal: Principal, now: datetime) -> dict[str, list[HeldLicence]]:
    """Own licences that may be given, by the masked name of who holds them: the account's own person
    first, then those it acts for."""
    found, _next = held_licences(deps, principal, now, PAGE_LIMIT_MAX)
    mine: dict[str, list[HeldLicence]] = {}
    for held in sorted(found, key=lambda one: (one.holder_kind != "person", one.id)):
        if held.role == "own" and held.status not in ("expired", "revoked"):
            mine.setdefault(held.holder_masked, []).append(held)
    return mine
