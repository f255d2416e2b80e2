"""Deliver what became of a licence: into the inbox of each holder, and to the channels (O-9, M-8).

The inbox has it in the moment that this commits, so that is the time of delivery (`delivered_at`),
which may stand as the time of legal service (M-8); a channel's own times are kept beside it. Types
that are exempt from delivery are passed over, and that is noted with the exemption.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import aliased

from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.dispatches import NewDispatch, add_dispatches
from wallet.base.outbox import Message
from wallet.base.periods import is_current
from wallet.catalogue.model import LicenceType
from wallet.holders.model import Holder
from wallet.licences.delivery.model import Channel, Delivery, InboxEntry
from wallet.licences.model import Exemption, Licence, LicenceHolder, StatusChange
from wallet.licences.status.remind import TOPIC
from wallet.licences.status.transitions import EXPIRE

ISSUE: Final = "issue"
RENEW: Final = "renew"
REMIND: Final = "remind"
"""What a holder is told of beside the changes of status: a licence, a new version of one, and that it ends."""


def deliver(tx: Connection, deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """Deliver licences issued, changed, ending and expired; in the order of the messages."""
    licences = _licences(tx, messages)
    holders = holders_of_licences(tx, licences)
    exemptions = _exemptions(tx, now)
    channels = connected_channels(tx)
    acts = _acts(tx, messages, licences)
    entries: list[dict[str, Any]] = []
    deliveries: list[dict[str, Any]] = []
    dispatches: list[NewDispatch] = []
    for message in messages:
        licence = licences[message.payload["licence"]]
        told = {"licence_id": licence.id, "act": acts[message.id]}
        noted = told | {"at": now, "channel_id": None, "exemption_id": None}
        exemption = exemptions.get((licence.unit_id, licence.type_id))
        if exemption is not None:
            deliveries.append(noted | {"exemption_id": exemption, "dispatch_id": None})
            continue
        change = {"change_id": message.payload.get("change"), "delivered_at": now}
        entries += [told | change | {"holder_id": holder} for holder, _ in holders[licence.id]]
        kinds = {kind for _, kind in holders[licence.id]}
        for channel in channels:
            if takes(channel, licence.type_code, kinds):
                stream = stream_of(licence)
                dispatches.append(NewDispatch(message, destination_of(channel.code), stream))
                deliveries.append(noted | {"channel_id": channel.id})
    ids = iter(add_dispatches(tx, dispatches, now))
    for delivery in deliveries:
        if delivery["channel_id"] is not None:
            delivery["dispatch_id"] = next(ids)
    if deliveries:
        tx.execute(insert(Delivery), deliveries)
    if entries:
        tx.execute(insert(InboxEntry), entries)
    tx.execute(
        update(Licence)
        .where(
            Licence.id.in_({entry["licence_id"] for entry in entries if entry["act"] != REMIND}),
            Licence.delivered_at.is_(None),
        )
        .values(delivered_at=now)
    )


def connected_channels(tx: Connection) -> Sequence[AnyRow]:
    """The channels that are sent to."""
    return tx.execute(
        select(Channel)
        .where(Channel.url.is_not(None), Channel.disabled_at.is_(None))
        .order_by(Channel.id)
    ).all()


def takes(channel: AnyRow, type_code: str, kinds: set[str]) -> bool:
    """Whether a licence of that type, with holders of these kinds, is for a channel."""
    return (not channel.type_codes or type_code in channel.type_codes) and not kinds.isdisjoint(
        channel.holder_kinds
    )


def destination_of(channel: str) -> str:
    """The name of a channel in the queue."""
    return f"channel:{channel}"


def stream_of(licence: AnyRow) -> str:
    """What keeps the order of all that becomes of one licence, whichever version it is."""
    return f"{licence.type_id}.{licence.unit_id}.{licence.number_index.hex()}"


def _licences(tx: Connection, messages: Sequence[Message]) -> dict[int, AnyRow]:
    older = aliased(Licence)
    replaces = (
        select(older.id)
        .where(
            older.type_id == Licence.type_id,
            older.unit_id == Licence.unit_id,
            older.number_index == Licence.number_index,
            older.version < Licence.version,
            older.issued_at.is_not(None),
        )
        .exists()
    )
    rows = tx.execute(
        select(
            Licence.id,
            Licence.type_id,
            Licence.unit_id,
            Licence.number_index,
            LicenceType.code.label("type_code"),
            replaces.label("replaces"),
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(Licence.id.in_({message.payload["licence"] for message in messages}))
    )
    return {row.id: row for row in rows}


def holders_of_licences(
    tx: Connection, licences: Collection[int]
) -> Mapping[int, list[tuple[int, str]]]:
    """Who holds each licence, in the order of the licence: id and kind."""
    held: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in tx.execute(
        select(LicenceHolder.licence_id, LicenceHolder.holder_id, Holder.kind)
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .where(LicenceHolder.licence_id.in_(licences))
        .order_by(LicenceHolder.licence_id, LicenceHolder.position)
    ):
        held[row.licence_id].append((row.holder_id, row.kind))
    return held


def _exemptions(tx: Connection, now: datetime) -> dict[tuple[int, int], int]:
    rows = tx.execute(
        select(Exemption.id, Exemption.unit_id, Exemption.type_id)
        .where(
            Exemption.kind == "delivery",
            is_current(Exemption.starts_on, Exemption.ends_on, local_day(now)),
        )
        .order_by(Exemption.id)
    )
    return {(row.unit_id, row.type_id): row.id for row in rows}


def _acts(
    tx: Connection, messages: Sequence[Message], licences: Mapping[int, AnyRow]
) -> dict[int, str]:
    changes = [message.payload["change"] for message in messages if "change" in message.payload]
    done = {
        row.id: row.act
        for row in tx.execute(
            select(StatusChange.id, StatusChange.act).where(StatusChange.id.in_(changes))
        )
    }
    acts: dict[int, str] = {}
    for message in messages:
        if "change" in message.payload:
            acts[message.id] = done[message.payload["change"]]
        elif message.topic == "licence.expired":
            acts[message.id] = EXPIRE
        elif message.topic == TOPIC:
            acts[message.id] = REMIND
        else:
            acts[message.id] = RENEW if licences[message.payload["licence"]].replaces else ISSUE
    return acts
