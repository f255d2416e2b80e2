"""What an offer may be made of: own licences, and the matters that use licences of given types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType, UseItem, UseItemType
from wallet.licences.held import HeldLicence, held_licences
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.organisations.model import Unit
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Matter:
    """A use item that takes licences of one of the types, and the unit that serves it."""

    code: str
    name: str
    name_en: str
    unit: str


def givable(deps: Deps, principal: Principal, now: datetime) -> dict[str, list[HeldLicence]]:
    """Own licences that may be given, by the masked name of who holds them: the account's own person
    first, then those it acts for."""
    found, _next = held_licences(deps, principal, now, PAGE_LIMIT_MAX)
    mine: dict[str, list[HeldLicence]] = {}
    for held in sorted(found, key=lambda one: (one.holder_kind != "person", one.id)):
        if held.role == "own" and held.status not in ("expired", "revoked"):
            mine.setdefault(held.holder_masked, []).append(held)
    return mine


def matters(deps: Deps, types: Sequence[str]) -> list[Matter]:
    """The use items that take a licence of one of these types, by code."""
    fitting = (
        select(UseItemType.item_id)
        .join(LicenceType, LicenceType.id == UseItemType.type_id)
        .where(LicenceType.code.in_(types))
    )
    rows = deps.db.rows(
        select(UseItem.code, UseItem.name, UseItem.name_en, Unit.name.label("unit"))
        .join(Unit, Unit.id == UseItem.unit_id)
        .where(UseItem.id.in_(fitting))
        .order_by(UseItem.id)
    )
    return [Matter(row.code, row.name, row.name_en, row.unit) for row in rows]
