"""The outbox: what must happen after a commit is a row of that commit; the worker does it.

A message is fanned out once, into a dispatch (`wallet.base.dispatches`) for each destination that it
concerns, and whatever else its topic leads to, in one transaction with `done_at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Index, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

_WAITING: Final = text("done_at IS NULL")


class OutboxMessage(Base):
    """One thing to do. `done_at` is set by the worker that fanned it out."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Message:
    """A message that is to be fanned out."""

    id: int
    topic: str
    payload: Mapping[str, Any]
    created_at: datetime


def put(tx: Connection, topic: str, now: datetime, **payload: Any) -> None:
    """Leave a message in the caller's transaction."""
    put_all(tx, topic, now, [payload])


def put_all(
    tx: Connection, topic: str, now: datetime, payloads: Sequence[Mapping[str, Any]]
) -> None:
    """As `put`, of several messages of one topic."""
    if payloads:
        rows = [
            {"topic": topic, "payload": payload, "created_at": now, "done_at": None}
            for payload in payloads
        ]
        tx.execute(insert(OutboxMessage), rows)


def oldest_message(tx: Connection) -> datetime | None:
    """Since when the oldest message waits to be fanned out, None where there is none."""
    oldest: datetime | None = tx.execute(
        select(func.min(OutboxMessage.created_at)).where(OutboxMessage.done_at.is_(None))
    ).scalar_one()
    return oldest


def take_messages(
    tx: Connection, topics: Iterable[str], limit: int, now: datetime
) -> list[Message]:
    """The oldest messages of these topics, done with the caller's transaction.

    A second worker waits here for the first instead of passing by: dispatches of one licence must
    come into being in the order of its changes.
    """
    rows = tx.execute(
        select(OutboxMessage)
        .where(OutboxMessage.done_at.is_(None), OutboxMessage.topic.in_(sorted(topics)))
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update()
    ).all()
    tx.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_([row.id for row in rows]))
        .values(done_at=now)
    )
    return [Message(row.id, row.topic, row.payload, row.created_at) for row in rows]
