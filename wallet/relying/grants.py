"""What a principal may see: one condition, for verification and for everything around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Date, and_, bindparam, select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.catalogue.model import LicenceType, UseItem, UseItemType
from wallet.organisations.model import Unit
from wallet.relying.model import Grant
from wallet.web.principal import Principal

VERIFYING_ROLES = frozenset({"desk", "relying"})
"""Roles of staff and clients that may verify codes."""


@dataclass(frozen=True)
class GrantedType:
    """A licence type within a grant, and the keys of the fields that the item may see."""

    type_id: int
    code: str
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ItemGrant:
    """What a unit may do for one item; `types` is by the short number that codes carry."""

    item_id: int
    item: str
    name: str
    consent: str
    traditional_channel: str
    types: Mapping[int, GrantedType]

    @property
    def asks(self) -> bool:
        """Whether the holder must agree before a field is given."""
        return self.consent != "none"


def granted(*columns: Any) -> AnySelect:
    """Select these of every grant that stands, with its item and its licence type.

    A grant stands no longer than its item (O-12), nor for a type that the item has given up. Bound by name: `unit`, and `today`, the local day.
    """
    return (
        select(*columns)
        .select_from(Grant)
        .join(UseItem, UseItem.id == Grant.item_id)
        .join(LicenceType, LicenceType.id == Grant.type_id)
        .join(
            UseItemType,
            and_(UseItemType.item_id == Grant.item_id, UseItemType.type_id == Grant.type_id),
        )
        .join(Unit, Unit.id == Grant.unit_id)
        .where(
            Grant.unit_id == bindparam("unit"),
            Unit.closed_at.is_(None),
            Grant.suspended_at.is_(None),
            UseItem.withdrawn_at.is_(None),
            is_current(Grant.starts_on, Grant.ends_on, bindparam("today", type_=Date())),
        )
    )


_GRANT: Final = granted(
    UseItem.id.label("item_id"), UseItem.name, UseItem.consent,
    UseItem.traditional_channel, LicenceType.id.label("type_id"), LicenceType.code,
    LicenceType.name.label("type_name"), LicenceType.short_number, Grant.fields,
    UseItemType.fields.label("necessary"),
).where(UseItem.code == bindparam("item"))  # fmt: skip
_ITEMS: Final = granted(UseItem.code).order_by(UseItem.id)


def within(given: Sequence[str], necessary: Sequence[str]) -> tuple[str, ...]:
    """The fields of a grant that its item needs: neither widens the other."""
    return tuple(key for key in given if key in necessary)


def grant_for(deps: Deps, principal: Principal, item: str, today: date) -> ItemGrant | None:
    """The grant of the principal's unit for an item, None when there is none that day."""
    return _grant(item, deps.db.rows(_GRANT, unit=principal.unit_id, item=item, today=today))


def grant_within(tx: Connection, unit_id: int, item: str, today: date) -> ItemGrant | None:
    """As `grant_for`, in the caller's transaction."""
    return _grant(item, tx.execute(_GRANT, {"unit": unit_id, "item": item, "today": today}).all())


def _grant(item: str, rows: Sequence[AnyRow]) -> ItemGrant | None:
    if not rows:
        return None
    return ItemGrant(
        item_id=rows[0].item_id,
        item=item,
        name=rows[0].name,
        consent=rows[0].consent,
        traditional_channel=rows[0].traditional_channel,
        types={
            row.short_number: GrantedType(
                row.type_id, row.code, row.type_name, within(row.fields, row.necessary)
            )
            for row in rows
        },
    )


def items_of(deps: Deps, principal: Principal, today: date) -> list[str]:
    """Codes of the items that this account may verify for."""
    if not principal.roles & VERIFYING_ROLES:
        return []
    rows = deps.db.rows(_ITEMS, unit=principal.unit_id, today=today)
    return list(dict.fromkeys(row.code for row in rows))
