"""The outbox: what must happen after a commit is a row of that commit; the worker does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class OutboxMessage(Base):
    """One thing to do. `done_at` is set by the worker that did it."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(index=True)


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
