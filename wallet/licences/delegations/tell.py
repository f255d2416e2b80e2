"""Tell of delegations: an entry in the inbox of whoever did not bring it about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.outbox import Message
from wallet.holders.addressee import person_of
from wallet.holders.model import Account
from wallet.licences.delegations.model import Delegation
from wallet.licences.delivery.model import InboxEntry

ACTS: Final = (
    "delegation_offered",
    "delegation_accepted",
    "delegation_declined",
    "delegation_withdrawn",
    "delegation_ended",
)
"""What a holder is told of a delegation."""


def tell(tx: Connection, deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """An entry for each message of `offer.TOPIC` whose other side has an account, in their order.

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
        holder = _other_side(tx, deps, row, act)
        if holder is not None:
            told = {"holder_id": holder, "delegation_id": row.id, "act": f"delegation_{act}"}
            entries.append(told | {"delivered_at": now})
    if entries:
        tx.execute(insert(InboxEntry), entries)


def _act(row: AnyRow, act: str) -> str:
    if act != "ended" or row.accepted_at is not None:
        return act
    return "declined" if row.ended_by == "delegate" else "withdrawn"


def _other_side(tx: Connection, deps: Deps, row: AnyRow, act: str) -> int | None:
    by_delegate = act == "accepted" or (act != "offered" and row.ended_by == "delegate")
    if by_delegate:
        grantor: int = row.grantor_id
        return grantor
    delegate: int | None = row.delegate_id
    return delegate if delegate is not None else person_of(tx, deps.vault, row)
