"""Numbers that desks show just now, and the showings that holders have sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class DeskNumber(Base):
    """A desk's number; a desk has one, and no two have the same. `desk` is the key of `Desk`,
    `terminal` its label. A clerk's ends with the clerk's session, whose id is never given out again;
    `session_id` is None for a client, whose tokens change. A row whose `ends_at` has passed counts no more and is deleted when somebody
    draws next."""

    __tablename__ = "desk_numbers"

    number: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    terminal: Mapped[str]
    session_id: Mapped[int | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class SentShowing(Base):
    """A showing that waits to be taken by one desk, under its sealed id; gone once it has been.

    `session_id` is the session in which its holder sent it: who has signed out shows nothing."""

    __tablename__ = "sent_showings"

    jti: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(index=True)
    showing_id: Mapped[str]
    session_id: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(index=True)
