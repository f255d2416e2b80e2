"""What came late, what differs, how many there should be, and what force majeure held up."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

DIFFERENT_NUMBER = "reconciliation_differences.number"
REPORT_WHAT = "force_majeure_reports.what"
REPORT_MEASURE = "force_majeure_measures.measure"
"""Contexts under which these values are sealed."""

LISTED = text("listed > 0")
"""Reconciliations whose single differences are still kept."""


class LateLicence(Base):
    """A version of a licence that came in after the day of its decision (O-8, M-7).

    Stock that is taken in is never late. Whether an exemption or a force majeure report explains it
    is worked out by who reads.
    """

    __tablename__ = "late_licences"
    __table_args__ = (Index("ix_late_licences_unit_id_received_at", "unit_id", "received_at"),)

    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"))
    issued_on: Mapped[date]
    received_at: Mapped[datetime]


class ForceMajeureReport(Base):
    """A unit cannot issue in time (O-10, M-9), from `started_at` until `cleared_at`.

    `first_day` and `last_day` are the local days of these. `due_at` is the midnight by which the backlog must be through, by the calendar as it was known
    (`holidays_published`). `backlog` is how many licences had waited. `what` may name people.
    """

    __tablename__ = "force_majeure_reports"
    __table_args__ = (UniqueConstraint("unit_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    what_sealed: Mapped[bytes]
    started_at: Mapped[datetime]
    first_day: Mapped[date]
    reported_by: Mapped[str]
    reported_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    last_day: Mapped[date | None]
    due_at: Mapped[datetime | None]
    holidays_published: Mapped[bool | None]
    closed_at: Mapped[datetime | None]
    backlog: Mapped[int | None]


class ForceMajeureType(Base):
    """A licence type that a report is about."""

    __tablename__ = "force_majeure_types"

    report_id: Mapped[int] = mapped_column(ForeignKey("force_majeure_reports.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"), primary_key=True)


class ForceMajeureMeasure(Base):
    """A measure that the unit took, as it tells it."""

    __tablename__ = "force_majeure_measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("force_majeure_reports.id"), index=True)
    told_by: Mapped[str]
    at: Mapped[datetime]
    measure_sealed: Mapped[bytes]


class Reconciliation(Base):
    """The library held against the digest list of a unit's business system (O-8, M-7).

    The list is of a type, and of licences issued from `begins_on` to `ends_on` where it says so. The
    counts are of licences; one may differ in several ways. `listed` of them are still kept one by one.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (
        Index("ix_reconciliations_unit_id_type_id", "unit_id", "type_id"),
        Index("ix_reconciliations_listed", "at", sqlite_where=LISTED, postgresql_where=LISTED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"))
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    at: Mapped[datetime]
    lines: Mapped[int]
    same: Mapped[int]
    missing_here: Mapped[int]
    missing_there: Mapped[int]
    older_here: Mapped[int]
    older_there: Mapped[int]
    status_differs: Mapped[int]
    content_differs: Mapped[int]
    listed: Mapped[int]


class ReconciliationDifference(Base):
    """One way in which one licence differs, kept for some days."""

    __tablename__ = "reconciliation_differences"
    __table_args__ = (
        Index("ix_reconciliation_differences_reconciliation_id_id", "reconciliation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliations.id"))
    kind: Mapped[str]
    number_sealed: Mapped[bytes]
    version_here: Mapped[int | None]
    version_there: Mapped[int | None]
    status_here: Mapped[str | None]
    status_there: Mapped[str | None]


class ExpectedCount(Base):
    """How many licences of a type and year of issue a unit says there are (应归尽归, O-4)."""

    __tablename__ = "expected_counts"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    expected: Mapped[int]
    source: Mapped[str]
    told_by: Mapped[str]
    as_of: Mapped[datetime]
