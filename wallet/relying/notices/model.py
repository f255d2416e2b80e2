"""The table of notices to units."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class GrantNotice(Base):
    """What a unit is told of one of its grants.

    `kind` is `ending`, `ended`, `suspended` or `resumed`. Of the first two `ends_on` is the last day as it was then,
    and `stage` how many days before it they are due, 0 for ended: each is told once, and anew where the day was
    changed. Of the others both are None.
    """

    __tablename__ = "grant_notices"
    __table_args__ = (
        UniqueConstraint("grant_id", "ends_on", "stage"),
        Index("ix_grant_notices_unit", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    ends_on: Mapped[date | None]
    stage: Mapped[int | None]
