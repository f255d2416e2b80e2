"""Tell holders of every use of their data: who, when, for which matter, which fields (M-21).

The record of the verification is the message: `told_at` is empty until the worker has seen it, so a
desk waits for no row more. The worker then leaves messages in the outbox (`tell_of_uses`), and from
there they go the way of all news, into the inbox of each holder of the licence and to the channels
(`deliver_uses`). Whoever lets a delegate show is a holder, and is told too.

Told is what gave something or asked for something: a use, one that a desk tells of afterwards, and a
question to the holder however it ended. What was refused by itself gave nothing; it is in the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, literal, or_, select, update

from wallet.base.clock import rfc3339
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.dispatches import NewDispatch, add_dispatches
from wallet.base.outbox import Message, put_all
from wallet.catalogue.labels import field_labels
from wallet.catalogue.model import LicenceType, UseItem
from wallet.licences.delivery.deliver import (
    connected_channels,
    destination_of,
    holders_of_licences,
    takes,
)
from wallet.licences.delivery.model import ASKED, USED, InboxEntry
from wallet.licences.delivery.notify import USE_TOPIC
from wallet.licences.model import Licence
from wallet.organisations.model import Unit
from wallet.showing.model import Use, Verification

TOLD_AT_ONCE: Final = 500
"""Verifications that are looked at in one transaction."""

_ENDED: Final = Verification.verdict != literal("pending", literal_execute=True)
_UNTOLD: Final = (
    select(Verification.id)
    .where(Verification.told_at.is_(None), _ENDED)
    .order_by(Verification.at)
    .limit(TOLD_AT_ONCE)
)
_TOLD: Final = (
    select(
        Verification.id, Verification.at, Verification.answered_at, Verification.terminal,
        Verification.reason, Verification.shown_by, Verification.offline_reason,
        Verification.verdict, Unit.name.label("unit"),
        UseItem.name.label("item"), UseItem.name_en.label("item_en"),
        Use.licence_id, Use.fields, Use.asked, LicenceType.fields.label("declared"),
    )
    .join(Use, Use.verification_id == Verification.id)
    .join(Licence, Licence.id == Use.licence_id)
    .join(LicenceType, LicenceType.id == Licence.type_id)
    .join(UseItem, UseItem.id == Verification.item_id)
    .join(Unit, Unit.id == Verification.unit_id)
    .where(
        Verification.id.in_(bindparam("verifications", expanding=True)),
        or_(
            Verification.verdict == "accepted",
            Verification.offline_reason == "ok",
            Verification.answered_at.is_not(None),
        ),
    )
    .order_by(Verification.at, Verification.id, Use.licence_id)
)  # fmt: skip


def tell_of_uses(deps: Deps, now: datetime) -> int:
    """Leave a message for each licence in the oldest verifications that nobody has looked at yet; gives
    how many verifications were looked at."""
    with deps.db.begin() as tx:
        # The second condition: another worker may have had one of them since this one chose.
        seen = (
            tx.execute(
                update(Verification)
                .where(Verification.id.in_(_UNTOLD), Verification.told_at.is_(None))
                .values(told_at=now)
                .returning(Verification.id)
            )
            .scalars()
            .all()
        )
        if seen:
            rows = tx.execute(_TOLD, {"verifications": seen}).all()
            put_all(tx, USE_TOPIC, now, [_message(row) for row in rows])
    return len(seen)


def deliver_uses(tx: Connection, deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """An inbox entry for each holder of the licence, and a dispatch for each channel that takes it."""
    licences = {message.payload["licence"] for message in messages}
    types = _type_codes(tx, licences)
    holders = holders_of_licences(tx, licences)
    channels = [channel for channel in connected_channels(tx) if channel.uses]
    entries: list[dict[str, Any]] = []
    dispatches: list[NewDispatch] = []
    for message in messages:
        licence, act, use = (message.payload[name] for name in ("licence", "act", "use"))
        told = {"licence_id": licence, "act": act, "use": use, "delivered_at": now}
        entries += [told | {"holder_id": holder} for holder, _kind in holders[licence]]
        kinds = {kind for _holder, kind in holders[licence]}
        # A stream of its own: what becomes of the licence must not wait for what was done with it.
        stream = f"use.{message.payload['verification']}.{licence}"
        dispatches += [
            NewDispatch(message, destination_of(channel.code), stream)
            for channel in channels
            if takes(channel, types[licence], kinds)
        ]
    if entries:
        tx.execute(insert(InboxEntry), entries)
    add_dispatches(tx, dispatches, now)


def _message(row: AnyRow) -> Mapping[str, Any]:
    served = row.verdict == "accepted" or row.offline_reason == "ok"
    keys = row.fields if served else row.asked or ()
    return {
        "verification": row.id,
        "licence": row.licence_id,
        "act": USED if served else ASKED,
        "use": {
            "at": rfc3339(row.answered_at or row.at),
            "unit": row.unit,
            "terminal": row.terminal,
            "item": row.item,
            "item_en": row.item_en,
            "fields": field_labels(row.declared, keys),
            "fields_en": field_labels(row.declared, keys, "en"),
            "outcome": "accepted" if served else row.verdict,
            "reason": row.offline_reason or row.reason,
            "shown_by": row.shown_by,
            "offline": row.offline_reason is not None,
        },
    }


def _type_codes(tx: Connection, licences: set[int]) -> dict[int, str]:
    rows = tx.execute(
        select(Licence.id, LicenceType.code)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(Licence.id.in_(licences))
    )
    return {row.id: row.code for row in rows}
