"""Tell of delegations: an entry in the inbox of whoever did not bring it about.

What is over by itself nobody has brought about. The row knows when that will be (`over_at`), so a
round of the worker reads no more than there is to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from wallet.base import outbox
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.outbox import Message
from wallet.holders.addressee import person_of
from wallet.holders.model import Account
from wallet.licences.delegations.model import TOPIC, Delegation
from wallet.licences.delivery.model import InboxEntry

ACTS: Final = (
    "delegation_offered",
    "delegation_accepted",
    "delegation_declined",
    "delegation_withdrawn",
    "delegation_ended",
    "delegation_lapsed",
    "delegation_expired",
)
"""What a holder is told of a delegation."""


def tell(tx: Connection, deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """An entry for each message of `model.TOPIC` and each side that is told and has an account.

    Who has none yet finds an offer when signing in for the first time.
    """
    ids = {message.payload["delegation"] for message in messages}
    rows = {
        row.id: row
        for row in tx.execute(
            select(Delegation, Account.holder_id.label("delegate_id"))
            .outerjoin(Account, Account.id == Delegation.account_id)
            .where(Delegation.id.in_(ids))
        )
    }
    entries = []
    for message in messages:
        row = rows[message.payload["delegation"]]
        act = _act(row, message.payload["act"])
        for holder in _told(tx, deps, row, act):
            told = {"holder_id": holder, "delegation_id": row.id, "act": f"delegation_{act}"}
            entries.append(told | {"delivered_at": now})
    if entries:
        tx.execute(insert(InboxEntry), entries)


def tell_of_ends(deps: Deps, now: datetime, limit: int) -> int:
    """Leave a message for at most so many delegations that are over by themselves; gives how many."""
    with deps.db.begin() as tx:
        # Two workers on PostgreSQL share the rows between them.
        over = due_ends(now, limit).with_for_update(skip_locked=True)
        rows = tx.execute(over).all()
        if rows:
            ids = [row.id for row in rows]
            tx.execute(update(Delegation).where(Delegation.id.in_(ids)).values(over_at=None))
            outbox.put_all(tx, TOPIC, now, [{"delegation": id, "act": "over"} for id in ids])
    return len(rows)


def due_ends(now: datetime, limit: int) -> AnySelect:
    """Query of at most so many delegations that are over by themselves and were not told of."""
    due = Delegation.over_at <= now
    return select(Delegation.id).where(due).order_by(Delegation.over_at).limit(limit)


def _act(row: AnyRow, act: str) -> str:
    if act == "over":
        return "lapsed" if row.accepted_at is None else "expired"
    if act != "ended" or row.accepted_at is not None:
        return act
    return "declined" if row.ended_by == "delegate" else "withdrawn"


def _told(tx: Connection, deps: Deps, row: AnyRow, act: str) -> list[int]:
    """The holders that are told. That an offer has lapsed is nothing to whoever let it."""
    if act in ("accepted", "lapsed") or (act != "offered" and row.ended_by == "delegate"):
        return [row.grantor_id]
    delegate: int | None = row.delegate_id
    if delegate is None:
        delegate = person_of(tx, deps.vault, row)
    others = [] if delegate is None else [delegate]
    return [row.grantor_id, *others] if act == "expired" else others
