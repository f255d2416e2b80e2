"""Dispatches: a message on its way to one destination, until that has taken it.

Whoever sends claims first: the claim counts an attempt and puts `next_at` behind the time that
sending takes at most, so a worker that dies in between leaves the dispatch to another. Every attempt
carries the same `key`, by which the destination drops what it has had. After the last attempt, or
when the destination refuses for good, it is a dead letter, until an operator replays or drops it.

Dispatches of one `stream` reach a destination in order: one waits as long as an earlier one does. A
dead letter holds nothing up.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from wallet import numbers
from wallet.base import audit
from wallet.base.database import Base
from wallet.base.outbox import Message, OutboxMessage

_KEY_BYTES: Final = 16
_WAITING: Final = text("state = 'waiting'")
_LITERAL: Final = literal("waiting", literal_execute=True)
"""Written out, since no database uses a partial index for a parameter."""


class Dispatch(Base):
    """A message to a destination. `state` is waiting, done, dead or dropped, `ended_at` since when.

    `key` identifies it to the destination, in every attempt. `last_error` is a slug, `receipt` what
    the destination answered.
    """

    __tablename__ = "dispatches"
    __table_args__ = (
        Index(
            "ix_dispatches_waiting",
            "destination",
            "id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_dispatches_stream",
            "destination",
            "stream",
            "id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    destination: Mapped[str]
    stream: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    receipt: Mapped[str | None]


@dataclass(frozen=True)
class NewDispatch:
    """A message for a destination; `stream` names what keeps its order, such as a licence."""

    message: Message
    destination: str
    stream: str


@dataclass(frozen=True)
class ClaimedDispatch:
    """A dispatch that this worker sends now; `attempts` counts this one."""

    id: int
    key: str
    destination: str
    message_id: int
    topic: str
    payload: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: done, to be tried `again`, or `refused` for good.

    `away` is again, and nothing else is sent there now: it is the destination that fails, not this
    message.

    `error` is a slug; `members` are those of the destination's answer; `wait` the seconds that it
    asked for.
    """

    result: Literal["done", "again", "away", "refused"]
    error: str | None = None
    receipt: str | None = None
    members: Mapping[str, Any] | None = None
    wait: int = 0


@dataclass(frozen=True)
class Backlog:
    """How a destination stands: dispatches that wait, since when the oldest, and dead letters."""

    destination: str
    waiting: int
    oldest: datetime | None
    dead: int


def add_dispatches(tx: Connection, dispatches: Sequence[NewDispatch], now: datetime) -> list[int]:
    """Put them into the queue, in the order given; gives their ids in the same order."""
    rows = [
        {
            "key": secrets.token_urlsafe(_KEY_BYTES),
            "message_id": new.message.id,
            "destination": new.destination,
            "stream": new.stream,
            "state": "waiting",
            "attempts": 0,
            "created_at": new.message.created_at,
            "next_at": now,
        }
        for new in dispatches
    ]
    if not rows:
        return []
    statement = insert(Dispatch).returning(Dispatch.id, sort_by_parameter_order=True)
    return list(tx.execute(statement, rows).scalars())


def claim_due(tx: Connection, destination: str, now: datetime, limit: int) -> list[ClaimedDispatch]:
    """Those that may be sent to a destination now, oldest first; this worker's for a while."""
    earlier = aliased(Dispatch)
    held_up = (
        select(earlier.id)
        .where(
            earlier.state == _LITERAL,
            earlier.destination == Dispatch.destination,
            earlier.stream == Dispatch.stream,
            earlier.id < Dispatch.id,
        )
        .exists()
    )
    ids = (
        tx.execute(
            select(Dispatch.id)
            .where(
                Dispatch.state == _LITERAL,
                Dispatch.destination == destination,
                Dispatch.next_at <= now,
                ~held_up,
            )
            .order_by(Dispatch.id)
            .limit(limit)
            # Two workers on PostgreSQL share the rows between them.
            .with_for_update(skip_locked=True)
        )
        .scalars()
        .all()
    )
    tx.execute(
        update(Dispatch)
        .where(Dispatch.id.in_(ids))
        .values(
            attempts=Dispatch.attempts + 1,
            next_at=now + timedelta(seconds=numbers.DISPATCH_CLAIM),
        )
    )
    rows = tx.execute(
        select(Dispatch, OutboxMessage.topic, OutboxMessage.payload)
        .join(OutboxMessage, OutboxMessage.id == Dispatch.message_id)
        .where(Dispatch.id.in_(ids))
        .order_by(Dispatch.id)
    )
    return [
        ClaimedDispatch(
            row.id, row.key, row.destination, row.message_id, row.topic, row.payload, row.attempts
        )
        for row in rows
    ]


def release(tx: Connection, claimed: Iterable[ClaimedDispatch], now: datetime) -> None:
    """Give back what was not sent; the claim then counted no attempt."""
    for dispatch in claimed:
        tx.execute(
            update(Dispatch)
            .where(_ours(dispatch))
            .values(attempts=Dispatch.attempts - 1, next_at=now)
        )


def note_outcome(
    tx: Connection, dispatch: ClaimedDispatch, outcome: Outcome, now: datetime
) -> bool:
    """Keep what came of an attempt; False where somebody else has claimed it since."""
    values: dict[str, Any] = {"last_error": outcome.error}
    if outcome.result == "done":
        values |= {"state": "done", "ended_at": now, "receipt": outcome.receipt}
    elif outcome.result == "refused" or dispatch.attempts >= numbers.DISPATCH_ATTEMPTS:
        values |= {"state": "dead", "ended_at": now}
    else:
        values["next_at"] = now + timedelta(seconds=_pause_after(dispatch.attempts, outcome.wait))
    noted = tx.execute(update(Dispatch).where(_ours(dispatch)).values(values)).rowcount == 1
    if noted and values.get("state") == "dead":
        told = {"dispatch": dispatch.id, "destination": dispatch.destination}
        audit.record(tx, "dispatch.died", now, **told, error=outcome.error)
    return noted


def backlogs(tx: Connection) -> list[Backlog]:
    """Every destination for which something waits or is dead, by name."""
    waiting = {
        row.destination: row
        for row in tx.execute(
            select(
                Dispatch.destination,
                func.count().label("count"),
                func.min(Dispatch.created_at).label("oldest"),
            )
            .where(Dispatch.state == _LITERAL)
            .group_by(Dispatch.destination)
        )
    }
    dead: dict[str, int] = {
        row.destination: row.dead
        for row in tx.execute(
            select(Dispatch.destination, func.count().label("dead"))
            .where(Dispatch.state == "dead")
            .group_by(Dispatch.destination)
        )
    }
    return [
        Backlog(
            name,
            waiting[name].count if name in waiting else 0,  # type: ignore[arg-type]
            waiting[name].oldest if name in waiting else None,
            dead.get(name, 0),
        )
        for name in sorted(waiting.keys() | dead.keys())
    ]


def dead_letters(destination: str | None = None) -> ColumnElement[bool]:
    """Condition on `Dispatch`: a dead letter, of that destination if one is named."""
    dead = Dispatch.state == "dead"
    return dead if destination is None else dead & (Dispatch.destination == destination)


def waiting_destinations(tx: Connection, prefix: str) -> list[str]:
    """The destinations with that beginning for which something waits."""
    found = (
        select(Dispatch.destination)
        .where(
            Dispatch.state == _LITERAL,
            Dispatch.destination >= prefix,
            Dispatch.destination < prefix + "\U0010ffff",
        )
        .distinct()
    )
    return list(tx.execute(found).scalars())


def drop_waiting(tx: Connection, destination: str, now: datetime) -> None:
    """Give up what waits for a destination that is no longer sent to."""
    tx.execute(
        update(Dispatch)
        .where(Dispatch.state == _LITERAL, Dispatch.destination == destination)
        .values(state="dropped", ended_at=now)
    )


def replay(tx: Connection, which: ColumnElement[bool], now: datetime) -> int:
    """Let dead letters be sent again, from the first attempt on; gives how many."""
    values = {"state": "waiting", "attempts": 0, "next_at": now, "ended_at": None}
    return _end_deaths(tx, which, now, "dispatch.replayed", values)


def drop(tx: Connection, which: ColumnElement[bool], now: datetime) -> int:
    """Give dead letters up for good; gives how many."""
    values = {"state": "dropped", "ended_at": now}
    return _end_deaths(tx, which, now, "dispatch.dropped", values)


def _end_deaths(
    tx: Connection, which: ColumnElement[bool], now: datetime, event: str, values: dict[str, Any]
) -> int:
    rows = tx.execute(
        update(Dispatch)
        .where(dead_letters(), which)
        .values(values)
        .returning(Dispatch.id, Dispatch.destination)
    ).all()
    told = [{"dispatch": row.id, "destination": row.destination} for row in sorted(rows)]
    audit.record_all(tx, event, now, told)
    return len(rows)


def _ours(dispatch: ClaimedDispatch) -> ColumnElement[bool]:
    return (
        (Dispatch.id == dispatch.id)
        & (Dispatch.attempts == dispatch.attempts)
        & (Dispatch.state == _LITERAL)
    )


def _pause_after(attempts: int, asked: int) -> float:
    """Seconds until the next attempt, twice as long each time, at random so that they spread."""
    longest = min(numbers.DISPATCH_PAUSE_MAX, numbers.DISPATCH_PAUSE * 2 ** (attempts - 1))
    pause = random.uniform(longest / 2, longest)  # noqa: S311 - no secret
    return max(pause, min(asked, numbers.DISPATCH_PAUSE_MAX))
