"""Applications to use licences, their proofs, the filing of social scenarios, and who may approve those."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

_IS_OPEN = text("state IN ('draft', 'submitted', 'returned', 'reviewed', 'approved')")


class Application(Base):
    """What a unit asks to be granted for one item (O-14, O-16, M-13, M-14, M-16); `content` is what
    `content.AskedContentSchema` loads.

    `state` is draft, submitted, returned, reviewed, approved, granted, rejected or withdrawn; a unit has at most one
    open application for an item. `authors` are the accounts of the party that wrote it, `reviewer` is the one that
    passed it.
    """

    __tablename__ = "applications"
    __table_args__ = (
        Index(
            "uq_applications_open",
            "unit_id",
            "item_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"))
    state: Mapped[str]
    content: Mapped[dict[str, Any]]
    authors: Mapped[list[str]]
    reviewer: Mapped[str | None]
    changed_at: Mapped[datetime]


class ApplicationStep(Base):
    """One step of an application, kept for good; `unit_id` is where the account worked then.

    `act` is written, submitted, returned, reviewed, approved, filed, granted, rejected, withdrawn, noted or objected.
    """

    __tablename__ = "application_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    act: Mapped[str]
    account: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    reason: Mapped[str | None]
    at: Mapped[datetime]


class ApplicationProof(Base):
    """A file that shows what an application says, sealed as its name is: a registration certificate, an official
    letter. `size` is in bytes."""

    __tablename__ = "application_proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    name_sealed: Mapped[bytes]
    media_type: Mapped[str]
    size: Mapped[int]
    file_sealed: Mapped[bytes]
    added_at: Mapped[datetime]


class Filing(Base):
    """报备 A social scenario, filed before it goes live (O-17, M-15): by the unit that approved it, with the
    managing unit above it, None where there is none.

    `measures` says how the data are kept safe. `answer` is noted or objected, None until the unit above has
    looked at it.
    """

    __tablename__ = "filings"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    with_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    measures: Mapped[str]
    filed_by: Mapped[str]
    filed_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class ApprovalRight(Base):
    """开放对接权限 A managing unit may approve social scenarios of the parties below it, on these local days
    (M-15, O-17), as far as a managing unit above it has not ended that."""

    __tablename__ = "approval_rights"
    __table_args__ = (
        Index(
            "uq_approval_rights_open",
            "unit_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
