"""Blocks of numbered slips, and what became of each of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

CONTENT: Final = "slips.content"
"""Context under which what stood on a slip is sealed."""
ENTERED: Final = "entered"
SPOILT: Final = "spoilt"
OUTCOMES: Final = (ENTERED, SPOILT)


class SlipBlock(Base):
    """Slips that were issued to a unit in one go, to lie in the drawer until they are needed."""

    __tablename__ = "slip_blocks"
    __table_args__ = (Index("ix_slip_blocks_unit", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    count: Mapped[int]


class Slip(Base):
    """One numbered slip. Without an `outcome` it is blank, or filled in and not entered yet.

    One that was entered says when somebody was served (`seen_at`), which staff member wrote it, for which item and
    holder where they are known, and whether the person was `served`; the sealed content is what stood on it. One that was spoilt has the
    reason as its content. `late` is one that was entered after the days in which it should have been.
    """

    __tablename__ = "slips"
    __table_args__ = (Index("ix_slips_block", "block_id", "position"),)

    number: Mapped[str] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("slip_blocks.id"))
    position: Mapped[int]
    outcome: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    seen_at: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("use_items.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holders.id"))
    served: Mapped[bool | None]
    late: Mapped[bool | None]
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
