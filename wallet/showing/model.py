"""Claims of a `jti`, verifications, and the uses that holders see."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

DELEGATED: Final = text("shown_by = 'delegate'")
"""Verifications of what a delegate showed."""


class Claim(Base):
    """What became of a showing: used or withdrawn. The primary key makes it happen once."""

    __tablename__ = "claims"

    jti: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    at: Mapped[datetime]
    verification_id: Mapped[str | None]


class Verification(Base):
    """One judged code. `desk` is a staff session or a client's terminal; `jti` is None where
    the text could not be read; `shower` is the account or delegation that showed it, `served`
    what the desk said afterwards.

    The rest is None but where the desk had judged offline: `offline_reason` is what it found (`ok`
    where it accepted), `received_at` when it told the library, and `conflict_since` when that came
    about for which the library, unlike the desk, does not accept the code. `at` is the desk's time.
    """

    __tablename__ = "verifications"
    __table_args__ = (
        # A partial one: what its holder shows, which is most, costs nothing more.
        Index(
            "ix_verifications_delegated",
            "shower",
            sqlite_where=DELEGATED,
            postgresql_where=DELEGATED,
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    verdict: Mapped[str]
    reason: Mapped[str]
    jti: Mapped[str | None]
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    actor: Mapped[str]
    desk: Mapped[str]
    terminal: Mapped[str]
    shown_by: Mapped[str | None]
    shower: Mapped[str | None]
    served: Mapped[str | None]
    offline_reason: Mapped[str | None]
    received_at: Mapped[datetime | None]
    conflict_since: Mapped[datetime | None]


class Use(Base):
    """A licence that a judged code showed, and the keys of the fields that the desk was given."""

    __tablename__ = "uses"

    verification_id: Mapped[str] = mapped_column(ForeignKey("verifications.id"), primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), primary_key=True, index=True)
    fields: Mapped[list[str]]
