"""Where desks wanted paper that the library holds, as the managing units above them see it (O-13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, func, literal, select

from wallet import numbers
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import UseItem
from wallet.organisations.model import Client, Staff, Unit
from wallet.organisations.tree import units_in_sight
from wallet.showing.model import REFUSAL_BASIS, REFUSAL_REASON, HoldingRefusal
from wallet.web.principal import Principal


@dataclass(frozen=True)
class PaperWanted:
    """One of them: `unit` is the code of the unit, `who` the login or client that said so. Nobody's licence is named."""

    id: str
    at: datetime
    unit: str
    unit_name: str
    unit_name_en: str
    item: str
    item_name: str
    item_name_en: str
    who: str
    terminal: str
    material: str
    reason: str
    basis: str


def papers_wanted(
    deps: Deps, principal: Principal, limit: int, cursor: str | None
) -> tuple[list[PaperWanted], str | None]:
    """A page of those in sight, newest first. Raises Invalid (`invalid_cursor`)."""
    query = (
        select(
            HoldingRefusal, Unit.code.label("unit"), Unit.name.label("unit_name"),
            Unit.name_en.label("unit_name_en"), UseItem.code.label("item"),
            UseItem.name.label("item_name"), UseItem.name_en.label("item_name_en"),
            Staff.login, Client.client_id.label("client"),
        )
        .join(Unit, Unit.id == HoldingRefusal.unit_id)
        .join(UseItem, UseItem.id == HoldingRefusal.item_id)
        .outerjoin(Staff, literal("staff:") + cast(Staff.id, String) == HoldingRefusal.actor)
        .outerjoin(Client, literal("client:") + cast(Client.id, String) == HoldingRefusal.actor)
        .where(HoldingRefusal.unit_id.in_(units_in_sight(principal)))
        .order_by(HoldingRefusal.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if before := number_of_cursor(cursor):
        query = query.where(HoldingRefusal.id < before)
    rows = deps.db.rows(query)
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_wanted(deps.vault, row) for row in rows[:limit]], next_cursor


def papers_wanted_lately(deps: Deps, principal: Principal, now: datetime) -> int:
    """How many there are in sight of the last `PAPER_WANTED_DAYS` days."""
    row = deps.db.row(
        select(func.count().label("count")).where(
            HoldingRefusal.unit_id.in_(units_in_sight(principal)),
            HoldingRefusal.at > now - timedelta(days=numbers.PAPER_WANTED_DAYS),
        )
    )
    assert row is not None
    count: int = row[0]
    return count


def _wanted(vault: Vault, row: AnyRow) -> PaperWanted:
    return PaperWanted(
        id=str(row.id),
        at=row.at,
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        item=row.item,
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        who=row.login or row.client or row.actor,
        terminal=row.terminal,
        material=row.material,
        reason=vault.open(row.reason_sealed, REFUSAL_REASON),
        basis=vault.open(row.basis_sealed, REFUSAL_BASIS),
    )
