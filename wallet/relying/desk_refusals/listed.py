"""Reports of desks that refuse, as who made them and as the managing units above read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import UseItem
from wallet.counter.assist import open_assistance
from wallet.holders.sign_in import holders_of
from wallet.organisations.model import Unit
from wallet.organisations.tree import units_in_sight
from wallet.relying.desk_refusals.model import ANSWER, DESK, TOLD, DeskRefusal
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Report:
    """One of them; nobody is named but by what the person wrote. `answer` is empty while it is `open`."""

    id: str
    state: str
    at: datetime
    unit: str
    unit_name: str
    unit_name_en: str
    item: str
    item_name: str
    item_name_en: str
    kind: str
    on: date
    desk: str
    told: str
    answer: str
    answered_at: datetime | None


def reports(
    deps: Deps, principal: Principal, limit: int, cursor: str | None, now: datetime
) -> tuple[list[Report], str | None]:
    """A page of those in sight, newest first. Raises Invalid (`invalid_cursor`)."""
    query = reports_where(in_sight(principal, now)).order_by(DeskRefusal.id.desc())
    if before := number_of_cursor(cursor):
        query = query.where(DeskRefusal.id < before)
    rows = deps.db.rows(query.limit(limit + 1))
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    return [as_report(deps.vault, row) for row in rows[:limit]], following


def reports_at_counters(
    deps: Deps, principal: Principal, assistance_id: str, now: datetime
) -> list[Report]:
    """Those that staff wrote for the served person, newest first, for the answers to be read out; what the person wrote
    on a phone is not for staff. Raises NotFound, Conflict (`assistance_ended`)."""
    with deps.db.read() as tx:
        served = open_assistance(tx, principal, assistance_id, now).holder_id
        theirs = (DeskRefusal.holder_id == served) & DeskRefusal.assistance_id.is_not(None)
        newest = reports_where(theirs).order_by(DeskRefusal.id.desc())
        rows = tx.execute(newest.limit(numbers.PAGE_LIMIT)).all()
    return [as_report(deps.vault, row) for row in rows]


def reports_open(deps: Deps, principal: Principal, now: datetime) -> int:
    """How many of those in sight wait for an answer."""
    open_ones = (in_sight(principal, now), DeskRefusal.answered_at.is_(None))
    row = deps.db.row(select(func.count().label("open")).where(*open_ones))
    return 0 if row is None else int(row.open)


def in_sight(principal: Principal, now: datetime) -> ColumnElement[bool]:
    """Managers see those of their units; an account its own and those of whom it acts for; staff what they wrote."""
    if principal.kind == "staff" and "manager" in principal.roles:
        return DeskRefusal.unit_id.in_(units_in_sight(principal))
    own = DeskRefusal.reporter == principal.account
    if principal.kind == "staff":
        return own
    return or_(own, DeskRefusal.holder_id.in_(holders_of(principal.id, local_day(now))))


def reports_where(which: ColumnElement[bool]) -> AnySelect:
    """The rows of reports with their item and unit."""
    return (
        select(
            DeskRefusal, Unit.code.label("unit"), Unit.name.label("unit_name"),
            Unit.name_en.label("unit_name_en"), UseItem.code.label("item"),
            UseItem.name.label("item_name"), UseItem.name_en.label("item_name_en"),
        )
        .join(Unit, Unit.id == DeskRefusal.unit_id)
        .join(UseItem, UseItem.id == DeskRefusal.item_id)
        .where(which)
    )  # fmt: skip


def as_report(vault: Vault, row: AnyRow) -> Report:
    """A row of `reports_where`."""
    return Report(
        id=row.public_id,
        state="open" if row.answered_at is None else "answered",
        at=row.at,
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        item=row.item,
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        kind=row.kind,
        on=row.on,
        desk=vault.open(row.desk_sealed, DESK),
        told=vault.open(row.told_sealed, TOLD),
        answer="" if row.answer_sealed is None else vault.open(row.answer_sealed, ANSWER),
        answered_at=row.answered_at,
    )
