"""Grants: one licence, one interface (一证一接口)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class Grant(Base):
    """A unit may use one licence type for one item and see these fields, in a period (O-16)."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("unit_id", "item_id", "type_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"))
    fields: Mapped[list[str]]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    suspended_at: Mapped[datetime | None]
