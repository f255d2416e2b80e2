"""Claims of a `jti`, verifications, and the uses and look-ups that holders see."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

_PENDING: Final = text("verdict = 'pending'")
_FOREIGN: Final = text("region IS NOT NULL")
_UNTOLD: Final = text("told_at IS NULL")
LOOK_UP_CAUSE: Final = "look_ups.cause"
LOOK_UP_CASE: Final = "look_ups.case"
REFUSAL_REASON: Final = "holding_refusals.reason"
REFUSAL_BASIS: Final = "holding_refusals.basis"
"""Contexts under which these values are sealed."""
DELEGATED: Final = text("shown_by = 'delegate'")
"""Verifications of what a delegate showed."""


class Claim(Base):
    """What became of a showing; the primary key makes it happen once.

    `state` is used, withdrawn, or that of a question to the holder: pending, then used, refused,
    expired or withdrawn (`questions`). `at` is since when.
    """

    __tablename__ = "claims"

    jti: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    at: Mapped[datetime]
    verification_id: Mapped[str | None]


class Verification(Base):
    """One judged code. `desk` is a staff session or a client's terminal; `jti` is None where
    the text could not be read; `shower` is the account, delegation or hand-over that showed it, `served`
    what the desk said afterwards. `region` is the library of another region that issued it, None of our own.

    Where the item asks the holder, verdict and reason are pending until the question has ended:
    `answered_at` is when it did, whichever way.

    `told_at` is when the worker took it up to tell the holders, or found that there is nothing to
    tell; a verification that names no licence is told of from the beginning.

    The rest is None but where the desk had judged offline: `offline_reason` is what it found (`ok`
    where it accepted), `received_at` when it told the library, and `conflict_since` when that came
    about for which the library, unlike the desk, does not accept the code. `at` is the desk's time.
    """

    __tablename__ = "verifications"
    __table_args__ = (
        Index("ix_verifications_actor", "actor", "at"),
        Index(
            "ix_verifications_pending",
            "at",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index(
            "ix_verifications_untold",
            "at",
            sqlite_where=_UNTOLD,
            postgresql_where=_UNTOLD,
        ),
        Index(
            "ix_verifications_region",
            "region",
            sqlite_where=_FOREIGN,
            postgresql_where=_FOREIGN,
        ),
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
    region: Mapped[str | None]
    shown_by: Mapped[str | None]
    shower: Mapped[str | None]
    served: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    offline_reason: Mapped[str | None]
    received_at: Mapped[datetime | None]
    conflict_since: Mapped[datetime | None]


class HandOver(Base):
    """Licences that staff show in an assisted session, for the holder whom they serve, to one desk by its number.

    `jti` is the showing's, so that it is used, asked for or withdrawn as any other. `unit_id` is where the staff member
    works, `desk_unit_id` and `terminal` name the desk. `key` and `body_hash` are those of the request that made it.
    """

    __tablename__ = "hand_overs"
    __table_args__ = (UniqueConstraint("assistance_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jti: Mapped[str] = mapped_column(unique=True)
    assistance_id: Mapped[str] = mapped_column(ForeignKey("assistances.id"))
    key: Mapped[str]
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    licences: Mapped[list[int]] = mapped_column(JSON)
    desk_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    terminal: Mapped[str]
    sent_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Use(Base):
    """A licence that a judged code showed, and the keys of the fields that the desk was given;
    `asked` are those that the holder was asked for, None where nobody was asked."""

    __tablename__ = "uses"

    verification_id: Mapped[str] = mapped_column(ForeignKey("verifications.id"), primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), primary_key=True, index=True)
    fields: Mapped[list[str]]
    asked: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class LookUp(Base):
    """A licence that a unit was told the library holds: every look-up is in the history of whoever
    holds it (M-21).

    `kind` is holdings (`POST /holdings`), merchant_check (M-16), or of an assisted session (`assisted`), where staff see
    what the person holds: then `detail` is the evidence or the act, and there is no item. `look_up` is the public id
    of what it was part of, shared by all of its rows; of a copy that staff ended in no session its serial. A look-up of a holder that found no licence names
    its `holder_id` alone, one of somebody whom nobody knows neither. `desk` and `terminal` are where it was
    asked, as of a verification, and `shower` who showed the code by which, if there was one.
    `cause` and `case` are told where the kind asks for them, and may name people.
    `told_at` is when its holder was told, or that nothing more than the history tells them.
    """

    __tablename__ = "look_ups"
    __table_args__ = (
        Index("ix_look_ups_licence_id_at", "licence_id", "at"),
        Index("ix_look_ups_holder_id_at", "holder_id", "at"),
        Index("ix_look_ups_look_up", "look_up"),
        Index("ix_look_ups_untold", "at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    look_up: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("licences.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holders.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("use_items.id"))
    detail: Mapped[str | None]
    actor: Mapped[str]
    desk: Mapped[str | None]
    terminal: Mapped[str] = mapped_column(default="")
    shower: Mapped[str | None]
    cause_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    case_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    told_at: Mapped[datetime | None]


class HoldingRefusal(Base):
    """A desk asked for paper although it was told that the library holds it (O-13, M-12).

    `licences` are the ids of those that would have satisfied the material, by its name in the item.
    Reason and basis are what the clerk typed, and may name people.
    """

    __tablename__ = "holding_refusals"
    __table_args__ = (
        UniqueConstraint("look_up", "material"),
        Index("ix_holding_refusals_unit_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    look_up: Mapped[str]
    material: Mapped[str]
    licences: Mapped[list[int]] = mapped_column(JSON)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"))
    actor: Mapped[str]
    terminal: Mapped[str]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    basis_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
