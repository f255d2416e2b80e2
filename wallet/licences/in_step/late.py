"""The same-day rule (O-8, M-7): what is issued comes in on the day of its decision, or is late.

Issue in step with the business system is the rule; a type that is exempt from it has until the end
of the same day. Either way a licence that comes in after the local day it was issued on is late
(decision 25).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, exists, func, insert, or_, select

from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.base.periods import is_current
from wallet.catalogue.model import LicenceType
from wallet.licences.check import CheckedLicence
from wallet.licences.in_step.model import ForceMajeureReport, ForceMajeureType, LateLicence
from wallet.licences.model import IDENTIFIER, NUMBER, Exemption, Licence
from wallet.licences.of_unit import shown_number
from wallet.organisations.model import Unit
from wallet.organisations.tree import units_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class LateUpload:
    """A licence that came in late, `days` after the day it was issued on.

    `rule` is the one that it broke: `in_step`, or `same_day` where its type was exempt from issue in
    step. `force_majeure` is the report that explains it. Identifier and
    number, which is as lists show it, are for the unit's own people.
    """

    unit: str
    type: str
    identifier: str | None
    number: str | None
    version: int
    issued_on: date
    received_at: datetime
    days: int
    rule: str
    force_majeure: str | None


def is_late(checked: CheckedLicence, last_issued_on: date | None, now: datetime) -> bool:
    """Whether a licence that comes in now, and is not stock, is late.

    What was issued before the type is collected is stock (存量). A newer version that keeps the
    date of issue does not say when it was decided on; `last_issued_on` is that of the version before.
    """
    issued_on = checked.new.issued_on
    if issued_on < checked.type.collected_since or issued_on == last_issued_on:
        return False
    return issued_on < local_day(now)


def note_late(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep that these came in late; rows of `LateLicence`."""
    if rows:
        tx.execute(insert(LateLicence), rows)


EXPLAINED_BY: Final = (
    select(ForceMajeureReport.public_id)
    .join(ForceMajeureType, ForceMajeureType.report_id == ForceMajeureReport.id)
    .where(
        ForceMajeureReport.unit_id == LateLicence.unit_id,
        ForceMajeureType.type_id == LateLicence.type_id,
        ForceMajeureReport.first_day <= LateLicence.issued_on,
        or_(
            ForceMajeureReport.last_day.is_(None),
            ForceMajeureReport.last_day >= LateLicence.issued_on,
        ),
        or_(
            ForceMajeureReport.due_at.is_(None),
            ForceMajeureReport.due_at > LateLicence.received_at,
        ),
    )
    .correlate(LateLicence)
)
"""The reports that explain why a licence is late: issued while the fault lasted, in by its deadline."""


_EXEMPT: Final = (
    exists()
    .where(
        Exemption.kind == "step",
        Exemption.unit_id == LateLicence.unit_id,
        Exemption.type_id == LateLicence.type_id,
        is_current(Exemption.starts_on, Exemption.ends_on, LateLicence.issued_on),
    )
    .correlate(LateLicence)
)


def unexplained_late(units: Select[int], since: datetime) -> AnySelect:
    """Query: for each unit and type what came late since then without explanation: count, first."""
    return (
        select(
            LateLicence.unit_id,
            Unit.code.label("unit"),
            LicenceType.code.label("type"),
            LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"),
            func.count().label("how_many"),
            func.min(LateLicence.received_at).label("since"),
        )
        .join(Unit, Unit.id == LateLicence.unit_id)
        .join(LicenceType, LicenceType.id == LateLicence.type_id)
        .where(
            LateLicence.unit_id.in_(units),
            LateLicence.received_at >= since,
            ~EXPLAINED_BY.exists(),
        )
        .group_by(
            LateLicence.unit_id,
            Unit.code,
            LicenceType.code,
            LicenceType.name,
            LicenceType.name_en,
        )
        .order_by(Unit.code, LicenceType.code)
    )


def late_uploads(
    deps: Deps, principal: Principal, limit: int, cursor: str | None
) -> tuple[list[LateUpload], str | None]:
    """A page of what came in late in the units that the principal may see, and the next cursor.

    The latest first. Raises Invalid (`invalid_cursor`).
    """
    before = number_of_cursor(cursor)
    which = LateLicence.licence_id < before if before else LateLicence.licence_id > 0
    with deps.db.read() as tx:
        rows = tx.execute(_listed(LateLicence.unit_id.in_(units_in_sight(principal)), which, limit))
        found = rows.all()
    next_cursor = str(found[limit - 1].licence_id) if len(found) > limit else None
    return [_upload(deps, principal, row) for row in found[:limit]], next_cursor


def _listed(of_units: ColumnElement[bool], which: ColumnElement[bool], limit: int) -> AnySelect:
    return (
        select(
            LateLicence.licence_id,
            LateLicence.unit_id,
            LateLicence.issued_on,
            LateLicence.received_at,
            Licence.identifier_sealed,
            Licence.number_sealed,
            Licence.version,
            Unit.code.label("unit"),
            LicenceType.code.label("type"),
            LicenceType.fields,
            _EXEMPT.label("exempt"),
            EXPLAINED_BY.order_by(ForceMajeureReport.id).limit(1).scalar_subquery().label("report"),
        )
        .join(Licence, Licence.id == LateLicence.licence_id)
        .join(Unit, Unit.id == LateLicence.unit_id)
        .join(LicenceType, LicenceType.id == LateLicence.type_id)
        .where(of_units, which)
        .order_by(LateLicence.licence_id.desc())
        .limit(limit + 1)
    )


def _upload(deps: Deps, principal: Principal, row: AnyRow) -> LateUpload:
    own = row.unit_id == principal.unit_id
    return LateUpload(
        unit=row.unit,
        type=row.type,
        identifier=deps.vault.open(row.identifier_sealed, IDENTIFIER) if own else None,
        number=shown_number(deps.vault.open(row.number_sealed, NUMBER), row.fields)
        if own
        else None,
        version=row.version,
        issued_on=row.issued_on,
        received_at=row.received_at,
        days=(local_day(row.received_at) - row.issued_on).days,
        rule="same_day" if row.exempt else "in_step",
        force_majeure=row.report,
    )
