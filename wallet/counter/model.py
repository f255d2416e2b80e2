"""Assisted sessions at a counter, and the annotated copies 加注件 that are printed in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

MATTER: Final = "assistances.matter"
REFERENCE: Final = "assistances.reference"
PURPOSE: Final = "copies.purpose"
RECIPIENT: Final = "copies.recipient"
TEXT: Final = "copies.text"
REVOCATION: Final = "copies.revocation"
"""Contexts under which these values are sealed."""


class Assistance(Base):
    """A holder is served at a counter by one staff member, from `started_at` on until it is ended or over.

    `evidence` is how the staff know that it is this person's wish: card_seen, signed_slip, guardian or reference;
    `reference` names the proof where there is one, never the proof itself. `matter` is what it is for, free text.
    """

    __tablename__ = "assistances"
    __table_args__ = (
        Index("ix_assistances_staff", "staff_id", "started_at"),
        Index("ix_assistances_unit", "unit_id", "ends_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    terminal: Mapped[str]
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"), index=True)
    evidence: Mapped[str]
    reference_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    matter_sealed: Mapped[bytes]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Copy(Base):
    """An annotated copy 加注件 of one licence: for this purpose and recipient, until the end of `ends_on`.

    `serial` is printed on it and is the `jti` of its code, whose `text` is kept to be printed again. `item_id` and
    `recipient_unit_id` are what it was made for where that is known. `uses` counts how often a desk has accepted
    it; a `single_use` one is accepted once. `key` and `body_hash` are those of the request that made it, and
    `position` its place among the copies that it made.
    """

    __tablename__ = "copies"
    __table_args__ = (
        UniqueConstraint("assistance_id", "key", "position"),
        Index("ix_copies_licence", "licence_id", "printed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    assistance_id: Mapped[str] = mapped_column(ForeignKey("assistances.id"))
    key: Mapped[str]
    position: Mapped[int]
    body_hash: Mapped[bytes]
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    actor: Mapped[str]
    purpose_sealed: Mapped[bytes]
    recipient_sealed: Mapped[bytes]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("use_items.id"))
    recipient_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    ends_on: Mapped[date]
    single_use: Mapped[bool]
    uses: Mapped[int]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    printed_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revocation_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
