"""Screens for printing by oneself, from their number until they end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class Kiosk(Base):
    """A browser that waits with a `number`, and then serves one assisted session.

    `token_hash` is of what its cookie keeps. `number` is gone once staff have released it for `assistance_id`.
    `seen_at` is when somebody last touched it.
    """

    __tablename__ = "kiosks"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    number: Mapped[str | None] = mapped_column(index=True)
    assistance_id: Mapped[str | None] = mapped_column(ForeignKey("assistances.id"), index=True)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
