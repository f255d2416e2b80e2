"""The notices of the units in sight; a machine client's are of the grants that are bound to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import exists, select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType, UseItem
from wallet.organisations.model import Unit
from wallet.organisations.tree import manages, units_in_sight
from wallet.relying.model import ClientGrant, Grant
from wallet.relying.notices.model import GrantNotice
from wallet.web.principal import Principal


@dataclass(frozen=True)
class NoticeView:
    """What a unit was told of a grant; `kind` and `ends_on` as in `GrantNotice`, `unit` is its code."""

    id: str
    at: datetime
    kind: str
    unit: str
    unit_name: str
    unit_name_en: str
    grant: str
    item: str
    item_name: str
    item_name_en: str
    type_name: str
    type_name_en: str
    ends_on: date | None


_NOTICES: Final[AnySelect] = (
    select(
        GrantNotice, Unit.code.label("unit"), Unit.name.label("unit_name"),
        Unit.name_en.label("unit_name_en"), UseItem.code.label("item"),
        UseItem.name.label("item_name"), UseItem.name_en.label("item_name_en"),
        LicenceType.name.label("type_name"), LicenceType.name_en.label("type_name_en"),
    )
    .join(Grant, Grant.id == GrantNotice.grant_id)
    .join(Unit, Unit.id == GrantNotice.unit_id)
    .join(UseItem, UseItem.id == Grant.item_id)
    .join(LicenceType, LicenceType.id == Grant.type_id)
)  # fmt: skip


def notices_page(
    deps: Deps, principal: Principal, limit: int, cursor: str | None
) -> tuple[list[NoticeView], str | None]:
    """A page of the notices, newest first. Raises Invalid (`invalid_cursor`)."""
    query = _NOTICES.where(GrantNotice.unit_id.in_(units_in_sight(principal)))
    if principal.kind == "client" and not manages(principal):
        bound = exists().where(
            ClientGrant.client_id == principal.id, ClientGrant.grant_id == GrantNotice.grant_id
        )
        query = query.where(bound)
    if before := number_of_cursor(cursor):
        query = query.where(GrantNotice.id < before)
    rows = deps.db.rows(query.order_by(GrantNotice.id.desc()).limit(limit + 1))
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_view(row) for row in rows[:limit]], next_cursor


def _view(row: AnyRow) -> NoticeView:
    return NoticeView(
        id=str(row.id),
        at=row.at,
        kind=row.kind,
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        grant=str(row.grant_id),
        item=row.item,
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        type_name=row.type_name,
        type_name_en=row.type_name_en,
        ends_on=row.ends_on,
    )
