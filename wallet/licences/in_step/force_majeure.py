"""Force majeure 不可抗力 (O-10, M-9): report, measures, clearance, closure.

A unit that cannot issue, collect, update or cancel in time takes measures and reports; within three
working days after the fault is cleared the backlog must be through.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import SHANGHAI, local_day, rfc3339
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.base.working_days import deadline_after
from wallet.catalogue.model import LicenceType, TypeIssuer
from wallet.errors import Conflict, Invalid, NotFound
from wallet.licences.in_step.model import (
    REPORT_MEASURE,
    REPORT_WHAT,
    ForceMajeureMeasure,
    ForceMajeureReport,
    ForceMajeureType,
)
from wallet.licences.in_step.reports import Report, read_report
from wallet.web.principal import Principal

_ID_BYTES: Final = 12
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class NewReport:
    """What a unit reports: since when, what has happened, for which types, and what it does."""

    started_at: datetime
    what: str
    types: Sequence[str]
    measures: Sequence[str]


def report(deps: Deps, principal: Principal, new: NewReport, now: datetime) -> Report:
    """File a report for the principal's unit. The same once more gives the same report.

    Raises Invalid (`force_majeure_time`, `unknown_type`), Conflict (`already_reported`: another
    report of the unit began at the same moment).
    """
    if not _EARLIEST <= new.started_at <= now:
        raise Invalid("started_at：应在 2000 年之后，且不晚于现在。", "force_majeure_time")
    public_id = secrets.token_urlsafe(_ID_BYTES)
    with deps.db.begin() as tx:
        types = _types(tx, principal, new.types)
        added = insert_if_new(
            tx,
            ForceMajeureReport,
            public_id=public_id,
            unit_id=principal.unit_id,
            what_sealed=deps.vault.seal(new.what, REPORT_WHAT),
            started_at=new.started_at,
            first_day=local_day(new.started_at),
            reported_by=principal.account,
            reported_at=now,
        )
        row = tx.execute(
            select(ForceMajeureReport).where(
                ForceMajeureReport.unit_id == principal.unit_id,
                ForceMajeureReport.started_at == new.started_at,
            )
        ).one()
        if not added:
            found = read_report(tx, deps.vault, row.public_id, now)
            if (found.what, set(found.types)) != (new.what, set(new.types)):
                raise Conflict(
                    "本单位已报告过同一时刻开始的另一情况，请核对 started_at。", "already_reported"
                )
            return found
        tx.execute(
            insert(ForceMajeureType),
            [{"report_id": row.id, "type_id": type_id} for type_id in types.values()],
        )
        for measure in new.measures:
            _add_measure(tx, deps, row.id, principal, measure, now)
        _record(tx, "reported", row, principal, now, types=sorted(types),
                started_at=rfc3339(new.started_at))  # fmt: skip
        return read_report(tx, deps.vault, public_id, now)


def add_measure(
    deps: Deps, principal: Principal, public_id: str, measure: str, now: datetime
) -> Report:
    """Add a measure to a report of the principal's unit.

    Raises NotFound, Conflict (`already_closed`).
    """
    with deps.db.begin() as tx:
        row = _own(tx, principal, public_id)
        if row.closed_at is not None:
            raise _closed()
        _add_measure(tx, deps, row.id, principal, measure, now)
        _record(tx, "measured", row, principal, now)
        return read_report(tx, deps.vault, public_id, now)


def clear(
    deps: Deps, principal: Principal, public_id: str, cleared_at: datetime, now: datetime
) -> Report:
    """Note when the fault was cleared; the three working days run from then. Once for all.

    Raises NotFound, Invalid (`force_majeure_time`), Conflict (`already_cleared`: at another time).
    """
    with deps.db.begin() as tx:
        row = _own(tx, principal, public_id)
        if row.cleared_at is None:
            if not row.started_at <= cleared_at <= now:
                raise Invalid("cleared_at：应在故障开始之后，且不晚于现在。", "force_majeure_time")
            due = deadline_after(cleared_at, numbers.FORCE_MAJEURE_DAYS)
            tx.execute(
                update(ForceMajeureReport)
                .where(ForceMajeureReport.id == row.id)
                .values(
                    cleared_at=cleared_at,
                    last_day=local_day(cleared_at),
                    due_at=due.ends_at,
                    holidays_published=due.holidays_published,
                )
            )
            _record(tx, "cleared", row, principal, now, cleared_at=rfc3339(cleared_at),
                    due_at=rfc3339(due.ends_at))  # fmt: skip
        elif row.cleared_at != cleared_at:
            raise Conflict("此报告已记录过故障排除时间。", "already_cleared")
        return read_report(tx, deps.vault, public_id, now)


def close(deps: Deps, principal: Principal, public_id: str, backlog: int, now: datetime) -> Report:
    """Say that the backlog, so many licences, is through. Once for all.

    Raises NotFound, Conflict (`not_cleared`, `already_closed`: with another number).
    """
    with deps.db.begin() as tx:
        row = _own(tx, principal, public_id)
        if row.cleared_at is None:
            raise Conflict("故障尚未排除，请先报告排除时间。", "not_cleared")
        if row.closed_at is None:
            tx.execute(
                update(ForceMajeureReport)
                .where(ForceMajeureReport.id == row.id)
                .values(closed_at=now, backlog=backlog)
            )
            _record(tx, "closed", row, principal, now, backlog=backlog, in_time=now < row.due_at)
        elif row.backlog != backlog:
            raise _closed()
        return read_report(tx, deps.vault, public_id, now)


def recount_deadlines(tx: Connection) -> int:
    """Reckon anew what was due by a calendar without holidays, where they are announced by now.

    Returns how many deadlines are now final.
    """
    final = 0
    for row in tx.execute(
        select(ForceMajeureReport.id, ForceMajeureReport.cleared_at).where(
            ForceMajeureReport.holidays_published.is_(False)
        )
    ).all():
        due = deadline_after(row.cleared_at, numbers.FORCE_MAJEURE_DAYS)
        if due.holidays_published:
            tx.execute(
                update(ForceMajeureReport)
                .where(ForceMajeureReport.id == row.id)
                .values(due_at=due.ends_at, holidays_published=True)
            )
            final += 1
    return final


def _own(tx: Connection, principal: Principal, public_id: str) -> AnyRow:
    row = tx.execute(
        select(ForceMajeureReport)
        .where(
            ForceMajeureReport.public_id == public_id,
            ForceMajeureReport.unit_id == principal.unit_id,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("本单位没有这一报告。")
    return row


def _types(tx: Connection, principal: Principal, codes: Sequence[str]) -> dict[str, int]:
    rows = tx.execute(
        select(LicenceType.code, LicenceType.id)
        .join(TypeIssuer, TypeIssuer.type_id == LicenceType.id)
        .where(LicenceType.code.in_(codes), TypeIssuer.unit_id == principal.unit_id)
    ).all()
    found = {row.code: row.id for row in rows}
    if found.keys() != set(codes):
        raise Invalid("types：本单位不签发其中的某一类型。", "unknown_type")
    return found


def _add_measure(
    tx: Connection, deps: Deps, report_id: int, principal: Principal, measure: str, now: datetime
) -> None:
    tx.execute(
        insert(ForceMajeureMeasure),
        {
            "report_id": report_id,
            "told_by": principal.account,
            "at": now,
            "measure_sealed": deps.vault.seal(measure, REPORT_MEASURE),
        },
    )


def _record(
    tx: Connection, step: str, row: AnyRow, principal: Principal, now: datetime, **more: Any
) -> None:
    audit.record(
        tx,
        f"force_majeure.{step}",
        now,
        report=row.id,
        actor=principal.account,
        unit=row.unit_id,
        **more,
    )


def _closed() -> Conflict:
    return Conflict("此报告已办结。", "already_closed")
