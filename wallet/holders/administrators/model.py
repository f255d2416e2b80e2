"""Offers to act for an organisation, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base
from wallet.holders.addressee import Addressed

_WAITING: Final = text("closed_at IS NULL")


class AdministratorOffer(Addressed, Base):
    """Somebody is asked, by name and code, to act for `holder_id`; `closed_at` is when it was answered, taken
    back, or seen to have lapsed. Once accepted, `Representative` has the same `public_id`."""

    __tablename__ = "administrator_offers"
    __table_args__ = (
        Index("ix_administrator_offers_addressee", "code_type", "code_index"),
        Index(
            "ix_administrator_offers_waiting",
            "answer_until",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"), index=True)
    offered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    offered_at: Mapped[datetime]
    answer_until: Mapped[datetime]
    closed_at: Mapped[datetime | None]


IS_WAITING: Final[ColumnElement[bool]] = AdministratorOffer.closed_at.is_(None)
"""Condition that nobody has answered an offer, or taken it back."""


def is_open(now: datetime) -> ColumnElement[bool]:
    """Condition that an offer may be answered."""
    return and_(IS_WAITING, AdministratorOffer.answer_until > now)
