"""Delegations, and what they cover: licences, and use items."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import AnyRow, Base, Day, Id, Moment
from wallet.base.periods import is_current
from wallet.holders.addressee import Addressed

FAMILY: Final = "family"
AGENT: Final = "agent"
KINDS: Final = (FAMILY, AGENT)
"""Of a natural person to another (亲友), of an organisation to a person (办事人)."""
TOPIC: Final = "delegation.changed"
"""Outbox: {delegation, act}, the act one of offered, accepted, ended, over."""


class Delegation(Addressed, Base):
    """A holder lets another person show licences, in a scope, for some days.

    It is made out by name and code. `account_id` is whoever answered; it counts from
    `accepted_at` on, and until `answer_until` it may be accepted. `any_item` is false where it is
    for the items in `DelegationItem` alone. `offered_by` is the account that offered it for the
    grantor, `ended_by` the side that ended it: grantor or delegate. `over_at` is when it is over by
    itself, None once somebody has ended it, or both sides were told that it is over.
    """

    __tablename__ = "delegations"
    __table_args__ = (Index("ix_delegations_addressee", "code_type", "code_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    grantor_id: Mapped[int] = mapped_column(ForeignKey("holders.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    any_item: Mapped[bool]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    offered_at: Mapped[datetime]
    offered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    answer_until: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    over_at: Mapped[datetime | None] = mapped_column(index=True)


class DelegationLicence(Base):
    """A licence within the scope of a delegation."""

    __tablename__ = "delegation_licences"

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), primary_key=True)


class DelegationItem(Base):
    """A use item within the scope of a delegation that is not for any."""

    __tablename__ = "delegation_items"

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"), primary_key=True)


IS_WAITING: Final[ColumnElement[bool]] = and_(
    Delegation.accepted_at.is_(None), Delegation.ended_at.is_(None)
)
"""Condition that nobody has answered an offer, or taken it back."""


def is_open(now: datetime) -> ColumnElement[bool]:
    """Condition that an offer may be answered."""
    return and_(IS_WAITING, Delegation.answer_until > now)


def counts(today: Day, at: Moment | None = None) -> ColumnElement[bool]:
    """Condition that a licence may be shown under a delegation on that day.

    With `at`: might at that time, even if the delegation has been ended since.
    """
    not_ended = Delegation.ended_at.is_(None)
    return and_(
        Delegation.accepted_at.is_not(None),
        not_ended if at is None else or_(not_ended, Delegation.ended_at > at),
        is_current(Delegation.starts_on, Delegation.ends_on, today),
    )


def is_for_item(delegation: Id, item: Id) -> ColumnElement[bool]:
    """Condition that a delegation, by id, is for any use item or for this one."""
    named = exists(
        select(DelegationItem.item_id).where(
            DelegationItem.delegation_id == delegation, DelegationItem.item_id == item
        )
    )
    unbound = exists(select(Delegation.id).where(Delegation.id == delegation, Delegation.any_item))
    return or_(named, unbound)


def lives(now: datetime, today: date) -> ColumnElement[bool]:
    """Condition that a delegation counts, or will or may yet."""
    return and_(
        Delegation.ended_at.is_(None),
        Delegation.ends_on >= today,
        or_(Delegation.accepted_at.is_not(None), Delegation.answer_until > now),
    )


COUNTING: Final = ("upcoming", "active")
"""States of a delegation that was accepted and is not over."""


def state_of(row: AnyRow, now: datetime, today: date) -> str:
    """offered, then declined, withdrawn (by the grantor) or lapsed (nobody answered); or accepted:
    upcoming, active, then ended (by either side) or expired."""
    if row.accepted_at is None:
        if row.ended_at is not None:
            return "declined" if row.ended_by == "delegate" else "withdrawn"
        return "lapsed" if row.answer_until <= now or row.ends_on < today else "offered"
    if row.ended_at is not None:
        return "ended"
    if row.ends_on < today:
        return "expired"
    return "upcoming" if row.starts_on > today else "active"
