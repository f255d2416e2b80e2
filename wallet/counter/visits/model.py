"""Lists of home service and their entries; both are deleted some days after the day of the list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

PERSON: Final = "visits.person"
"""Context under which code type, code, name and matter of an entry are sealed, as one JSON text."""


class VisitList(Base):
    """Whom a staff member is to visit on one day; good once a colleague has confirmed it, until the end of that day."""

    __tablename__ = "visit_lists"
    __table_args__ = (Index("ix_visit_lists_unit", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    day: Mapped[date] = mapped_column(index=True)
    prepared_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None]


class Visit(Base):
    """An entry: a person, and the session that was begun last for them; one that was struck is not visited."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_list", "list_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("visit_lists.id", ondelete="CASCADE"))
    position: Mapped[int]
    person_sealed: Mapped[bytes]
    struck_at: Mapped[datetime | None]
    assistance_id: Mapped[str | None] = mapped_column(ForeignKey("assistances.id"))
