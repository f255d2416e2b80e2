"""Tell who acts for whom: an entry in the inbox of whoever did not bring it about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert

from wallet.base.deps import Deps
from wallet.base.outbox import Message
from wallet.licences.delivery.model import InboxEntry

_TOLD: Final = {
    "asked": ("person",),
    "withdrawn": ("person",),
    "accepted": ("holder",),
    "declined": ("holder",),
    "lapsed": ("holder",),
    "left": ("holder",),
    "removed": ("holder", "person"),
    "entered": ("holder",),
    "ended": ("holder", "person"),
    "over": ("holder", "person"),
}
"""Act → who is told. What a holder is told, all who act for it read."""
ACTS: Final = tuple(f"acting_{act}" for act in _TOLD)
"""What an entry of an inbox says of it."""


def tell_of_acting(tx: Connection, _deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """An entry for each message of `holders.acting.TOPIC` and each side that is told."""
    entries = [
        {
            "holder_id": message.payload[side],
            "act": f"acting_{message.payload['act']}",
            "acted_for_id": message.payload["holder"],
            "acting_id": message.payload["person"],
            "delivered_at": now,
        }
        for message in messages
        for side in _TOLD[message.payload["act"]]
    ]
    if entries:
        tx.execute(insert(InboxEntry), entries)
