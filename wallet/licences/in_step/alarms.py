"""What asks for the attention of issuing units and those above them; computed, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Select, TextClause, func, or_, select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnySelect
from wallet.base.deps import Deps
from wallet.base.dispatches import Dispatch, dead_letters
from wallet.base.working_days import start_of_day
from wallet.catalogue.basis.listed import cited
from wallet.catalogue.basis.standing import standing
from wallet.catalogue.model import LicenceType
from wallet.errors import ConfigurationError
from wallet.licences.in_step.coverage import Coverage, gaps
from wallet.licences.in_step.late import unexplained_late
from wallet.licences.in_step.model import ForceMajeureReport, Reconciliation
from wallet.licences.in_step.reconcile import KINDS as DIFFERENCES
from wallet.licences.in_step.reports import in_state
from wallet.licences.model import AWAITS_REVIEW, AWAITS_SEALING, Licence, LicenceBatch
from wallet.organisations.model import BasisDocument, Unit
from wallet.organisations.seals import load_seal
from wallet.organisations.tree import units_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Alarm:
    """One thing that asks for attention.

    `kind` is a name of `KINDS`; `unit` the credit code of the unit it is about, empty for what is
    everybody's. `subject` is what it is about (a licence type's code, the id of a batch or report),
    `count` how many, `since` the time from which it stands or will stand. `sentence` is for people,
    without anything personal; `link` the address of the API that tells more, empty where none does.
    """

    kind: str
    unit: str
    subject: str
    count: int
    since: datetime
    sentence: str
    sentence_en: str
    link: str


Units = Select[int]
"""Query: the ids of the units that are asked about, see `organisations.tree`."""


def alarms(deps: Deps, principal: Principal, now: datetime) -> list[Alarm]:
    """Every alarm of the units that the principal may see, in the order of `alarms_of`."""
    with deps.db.read() as tx:
        return alarms_of(tx, deps, units_in_sight(principal), now)


def alarms_of(tx: Connection, deps: Deps, units: Units, now: datetime) -> list[Alarm]:
    """Every alarm of these units, those that stand longest first; files with errors, which may be many,
    come last, so that they hide nothing else."""
    found = [alarm for find in KINDS.values() for alarm in find(tx, deps, units, now)]
    return sorted(found, key=lambda alarm: (alarm.kind == "batch", alarm.since))


def _late(tx: Connection, _deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    since = now - timedelta(days=numbers.ALARM_DAYS)
    for row in tx.execute(unexplained_late(units, since)):
        yield Alarm(
            "late", row.unit, row.type, row.how_many, row.since,
            f"{row.type_name}：近 {numbers.ALARM_DAYS} 日有 {row.how_many} 份未在签发当日归集。",
            f"{row.type_name_en}: {row.how_many} came in after the day of issue, in"
            f" {numbers.ALARM_DAYS} days.",
            "/api/v1/late-licences",
        )  # fmt: skip


def _overdue(tx: Connection, _deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    for row in tx.execute(
        select(ForceMajeureReport.public_id, ForceMajeureReport.due_at, Unit.code)
        .join(Unit, Unit.id == ForceMajeureReport.unit_id)
        .where(ForceMajeureReport.unit_id.in_(units), in_state("overdue", now))
    ):
        yield Alarm(
            "force_majeure_overdue", row.code, row.public_id, 1, row.due_at,
            f"故障排除后 {numbers.FORCE_MAJEURE_DAYS} 个工作日已过，积压的证照尚未报告办结。",
            f"{numbers.FORCE_MAJEURE_DAYS} working days after the fault was cleared, its backlog is"
            " not reported as through.",
            f"/api/v1/force-majeure/{row.public_id}",
        )  # fmt: skip


def _pending(tx: Connection, _deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    for row in tx.execute(_waiting(AWAITS_SEALING, units, now, numbers.PENDING_ALARM)):
        yield Alarm(
            "pending", row.unit, row.code, row.how_many, row.since,
            f"{row.name}：{row.how_many} 份已接收而尚未签发。",
            f"{row.name_en}: {row.how_many} received and not issued yet.",
            "",
        )  # fmt: skip


def _reviews(tx: Connection, _deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    for row in tx.execute(_waiting(AWAITS_REVIEW, units, now, numbers.REVIEW_ALARM)):
        yield Alarm(
            "review", row.unit, row.code, row.how_many, row.since,
            f"{row.name}：{row.how_many} 份等待审核已久。",
            f"{row.name_en}: {row.how_many} have waited for their review for long.",
            "/api/v1/reviews",
        )  # fmt: skip


def _waiting(which: TextClause, units: Units, now: datetime, seconds: int) -> AnySelect:
    """Query: by unit and type, how many have waited for so long, and since when."""
    return (
        select(
            Unit.code.label("unit"),
            LicenceType.code,
            LicenceType.name,
            LicenceType.name_en,
            func.count().label("how_many"),
            func.min(Licence.received_at).label("since"),
        )
        .join(Unit, Unit.id == Licence.unit_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(
            which,
            Licence.received_at <= now - timedelta(seconds=seconds),
            Licence.unit_id.in_(units),
        )
        .group_by(Unit.code, LicenceType.code, LicenceType.name, LicenceType.name_en)
    )


def _batches(tx: Connection, _deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    since = now - timedelta(days=numbers.ALARM_DAYS)
    for row in tx.execute(
        select(LicenceBatch, Unit.code)
        .join(Unit, Unit.id == LicenceBatch.unit_id)
        .where(
            LicenceBatch.unit_id.in_(units),
            LicenceBatch.finished_at >= since,
            or_(LicenceBatch.failed > 0, LicenceBatch.state == "failed"),
        )
    ):
        refused = f"批量报送有 {row.failed} 行未入库。"
        refused_en = f"A batch has {row.failed} lines that were not taken in."
        broken, broken_en = "批量报送的文件未能读完。", "The file of a batch could not be read on."
        failed = row.state == "failed"
        yield Alarm(
            "batch", row.code, row.public_id, row.failed, row.finished_at,
            broken if failed else refused,
            broken_en if failed else refused_en,
            f"/api/v1/licence-batches/{row.public_id}",
        )  # fmt: skip


def _gaps(tx: Connection, _deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    """By unit and type; the years are in the report."""
    found: dict[tuple[str, str], list[Coverage]] = defaultdict(list)
    for row in gaps(tx, units, now):
        found[row.unit, row.type].append(row)
    for (unit, type_code), rows in found.items():
        missing = sum(row.missing or 0 for row in rows)
        yield Alarm(
            "coverage", unit, type_code, missing, min(row.as_of or now for row in rows),
            f"{rows[0].type_name}：应归集而未归集 {missing} 份。",
            f"{type_code}: {missing} that should have been collected are not here.",
            "/api/v1/coverage",
        )  # fmt: skip


def _differences(tx: Connection, _deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    """Of the last reconciliation of each unit and type."""
    newest = (
        select(func.max(Reconciliation.id))
        .where(Reconciliation.unit_id.in_(units))
        .group_by(Reconciliation.unit_id, Reconciliation.type_id)
    )
    for row in tx.execute(
        select(Reconciliation, Unit.code.label("unit"), LicenceType.name, LicenceType.name_en)
        .join(Unit, Unit.id == Reconciliation.unit_id)
        .join(LicenceType, LicenceType.id == Reconciliation.type_id)
        .where(Reconciliation.id.in_(newest))
    ):  # fmt: skip
        differ = sum(getattr(row, kind) for kind in DIFFERENCES)
        if differ:
            yield Alarm(
                "reconciliation", row.unit, row.public_id, differ, row.at,
                f"{row.name}：最近一次对账有 {differ} 处不一致。",
                f"{row.name_en}: the last reconciliation found {differ} differences.",
                f"/api/v1/reconciliations/{row.public_id}",
            )  # fmt: skip


def _dead_letters(tx: Connection, _deps: Deps, _units: Units, _now: datetime) -> Iterator[Alarm]:
    """Of everybody: what could not be sent to a destination, until an operator replays it."""
    for row in tx.execute(
        select(
            Dispatch.destination,
            func.count().label("how_many"),
            func.min(Dispatch.ended_at).label("since"),
        )
        .where(dead_letters())
        .group_by(Dispatch.destination)
    ):
        yield Alarm(
            "dead_letters", "", row.destination, row.how_many, row.since,
            f"有 {row.how_many} 条消息未能送达“{row.destination}”，请联系运维人员。",
            f"{row.how_many} messages could not be sent to {row.destination}; tell the operator.",
            "",
        )  # fmt: skip


def _seals(tx: Connection, deps: Deps, units: Units, now: datetime) -> Iterator[Alarm]:
    for unit in tx.execute(select(Unit.code).where(Unit.id.in_(units))).scalars():
        try:
            seal = load_seal(deps.config.seals_dir, deps.config.secret_key, unit)
        except (ConfigurationError, OSError):
            continue  # `doctor` tells of a seal that does not open
        if seal is None or not seal.is_ending(now):
            continue
        day = local_day(seal.ends_at)
        ended = seal.ends_at <= now
        yield Alarm(
            "seal", unit, seal.serial, 1, seal.ends_at,
            f"电子印章证书{'已于' if ended else '将于'} {day} 到期，请更换。",
            f"The certificate of the seal {'ended' if ended else 'ends'} on {day}; get a new one.",
            "",
        )  # fmt: skip


def _basis(tx: Connection, _deps: Deps, _units: Units, now: datetime) -> Iterator[Alarm]:
    """Of everybody (O-26, M-23), `count` being how many rules cite it; one that was replaced, and that
    nothing cites any more, asks for nothing."""
    today, citing = local_day(now), cited(tx)
    for row in tx.execute(select(BasisDocument).where(BasisDocument.effective_to.is_not(None))):
        found = standing(row.effective_from, row.effective_to, today)
        rules = len(citing[row.code])
        if found.state not in ("lapsing", "lapsed") or (row.replaced_by and not rules):
            continue
        last, lapsed = row.effective_to - timedelta(days=1), found.state == "lapsed"
        when = f"已于 {last} 届满" if lapsed else f"将于 {last} 届满（还有 {found.days} 天）"
        when_en = f"lapsed after {last}" if lapsed else f"lapses after {last}, in {found.days} days"
        yield Alarm(
            "basis", "", row.code, rules, start_of_day(row.effective_to),
            f"《{row.title}》有效期{when}，请核对所引依据（{rules} 项）。",
            f"The basis document {row.number} {when_en}; check what cites it ({rules}).",
            "/api/v1/basis-documents",
        )  # fmt: skip


_Find = Callable[[Connection, Deps, Units, datetime], Iterator[Alarm]]
KINDS: Final[dict[str, _Find]] = {
    "late": _late,
    "force_majeure_overdue": _overdue,
    "coverage": _gaps,
    "reconciliation": _differences,
    "pending": _pending,
    "review": _reviews,
    "batch": _batches,
    "dead_letters": _dead_letters,
    "seal": _seals,
    "basis": _basis,
}
"""Every kind of alarm, and what finds those of some units."""
