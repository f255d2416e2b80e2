"""Force majeure reports as unit and managing unit read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.licences.in_step.model import (
    REPORT_MEASURE,
    REPORT_WHAT,
    ForceMajeureMeasure,
    ForceMajeureReport,
    ForceMajeureType,
)
from wallet.organisations.model import Unit
from wallet.organisations.tree import units_in_sight
from wallet.web.principal import Principal

STATES: Final = ("open", "cleared", "overdue", "closed")
"""The fault lasts; its backlog is being caught up with; that took too long; it is through."""


@dataclass(frozen=True)
class Measure:
    """A measure, and when the unit told of it."""

    at: datetime
    measure: str


@dataclass(frozen=True)
class Report:
    """A report. `state` is one of STATES; `types` are codes of licence types.

    `due_at` is when the backlog must be through. `holidays_published` is false where it was reckoned
    without the holidays of a year, which were not announced. `in_time` is None until it is closed.
    """

    id: str
    unit: str
    unit_name: str
    state: str
    what: str
    types: list[str]
    started_at: datetime
    reported_at: datetime
    measures: list[Measure]
    cleared_at: datetime | None
    due_at: datetime | None
    holidays_published: bool | None
    closed_at: datetime | None
    backlog: int | None
    in_time: bool | None


def read_report(tx: Connection, vault: Vault, public_id: str, now: datetime) -> Report:
    """One report, of whatever unit; raises NotFound."""
    found = _read(tx, vault, ForceMajeureReport.public_id == public_id, 1, now)
    if not found:
        raise NotFound("没有这一报告。")
    return found[0][1]


def visible_report(deps: Deps, principal: Principal, public_id: str, now: datetime) -> Report:
    """One report of a unit that the principal may see; raises NotFound."""
    which = (ForceMajeureReport.public_id == public_id) & _in_sight(principal)
    with deps.db.read() as tx:
        found = _read(tx, deps.vault, which, 1, now)
    if not found:
        raise NotFound("没有这一报告。")
    return found[0][1]


def visible_reports(
    deps: Deps,
    principal: Principal,
    state: str | None,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> tuple[list[Report], str | None]:
    """A page of the reports that the principal may see, in one state or all, latest first.

    Also gives the cursor of the next page. Raises Invalid (`invalid_cursor`).
    """
    before = number_of_cursor(cursor)
    page = ForceMajeureReport.id < before if before else ForceMajeureReport.id > 0
    which = and_(_in_sight(principal), page)
    if state is not None:
        which &= in_state(state, now)
    with deps.db.read() as tx:
        found = _read(tx, deps.vault, which, limit + 1, now)
    next_cursor = str(found[limit - 1][0]) if len(found) > limit else None
    return [report for _, report in found[:limit]], next_cursor


def in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """Condition on `ForceMajeureReport`: it is in that state."""
    table = ForceMajeureReport
    if state == "closed":
        return table.closed_at.is_not(None)
    if state == "open":
        return and_(table.closed_at.is_(None), table.cleared_at.is_(None))
    late = table.due_at <= now if state == "overdue" else table.due_at > now
    return and_(table.closed_at.is_(None), late)


def _in_sight(principal: Principal) -> ColumnElement[bool]:
    return ForceMajeureReport.unit_id.in_(units_in_sight(principal))


def _read(
    tx: Connection, vault: Vault, which: ColumnElement[bool], limit: int, now: datetime
) -> list[tuple[int, Report]]:
    rows = tx.execute(
        select(ForceMajeureReport, Unit.code.label("unit"), Unit.name.label("unit_name"))
        .join(Unit, Unit.id == ForceMajeureReport.unit_id)
        .where(which)
        .order_by(ForceMajeureReport.id.desc())
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    types = _types(tx, ids)
    measures = _measures(tx, vault, ids)
    return [(row.id, _report(vault, row, types[row.id], measures[row.id], now)) for row in rows]


def _types(tx: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    types: dict[int, list[str]] = defaultdict(list)
    for row in tx.execute(
        select(ForceMajeureType.report_id, LicenceType.code)
        .join(LicenceType, LicenceType.id == ForceMajeureType.type_id)
        .where(ForceMajeureType.report_id.in_(ids))
        .order_by(LicenceType.code)
    ):
        types[row.report_id].append(row.code)
    return types


def _measures(tx: Connection, vault: Vault, ids: Sequence[int]) -> dict[int, list[Measure]]:
    measures: dict[int, list[Measure]] = defaultdict(list)
    for row in tx.execute(
        select(ForceMajeureMeasure)
        .where(ForceMajeureMeasure.report_id.in_(ids))
        .order_by(ForceMajeureMeasure.id)
    ):
        said = vault.open(row.measure_sealed, REPORT_MEASURE)
        measures[row.report_id].append(Measure(row.at, said))
    return measures


def _report(
    vault: Vault, row: AnyRow, types: list[str], measures: list[Measure], now: datetime
) -> Report:
    return Report(
        id=row.public_id,
        unit=row.unit,
        unit_name=row.unit_name,
        state=_state(row, now),
        what=vault.open(row.what_sealed, REPORT_WHAT),
        types=types,
        started_at=row.started_at,
        reported_at=row.reported_at,
        measures=measures,
        cleared_at=row.cleared_at,
        due_at=row.due_at,
        holidays_published=row.holidays_published,
        closed_at=row.closed_at,
        backlog=row.backlog,
        in_time=None if row.closed_at is None else row.closed_at < row.due_at,
    )


def _state(row: AnyRow, now: datetime) -> str:
    if row.closed_at is not None:
        return "closed"
    if row.cleared_at is None:
        return "open"
    return "overdue" if row.due_at <= now else "cleared"
