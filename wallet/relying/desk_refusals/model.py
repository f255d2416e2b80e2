"""Reports of desks that refuse."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

KINDS: Final = ("code", "copy", "paper_asked")
"""What happened: the code on a phone was refused, or a copy on paper; or paper was asked for although it is held."""
TOLD: Final = "desk_refusals.told"
DESK: Final = "desk_refusals.desk"
ANSWER: Final = "desk_refusals.answer"
"""Contexts under which these values are sealed."""


class DeskRefusal(Base):
    """A desk of the unit of an item refused; open until `answered_at`. `desk` and `told` are what the person says, and may
    name people. `reporter` is the account or staff member that wrote it, `holder_id` whom it happened to, None where
    staff did not say; `assistance_id` the session in which it was told."""

    __tablename__ = "desk_refusals"
    __table_args__ = (
        Index("ix_desk_refusals_unit", "unit_id", "id"),
        Index("ix_desk_refusals_holder", "holder_id", "id"),
        Index("ix_desk_refusals_reporter", "reporter", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    on: Mapped[date]
    desk_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    told_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reporter: Mapped[str]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holders.id"))
    assistance_id: Mapped[str | None] = mapped_column(ForeignKey("assistances.id"))
    at: Mapped[datetime]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
