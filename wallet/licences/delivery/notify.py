"""Notify a channel of a licence: a webhook that carries the least that it needs.

It tells how the licence stands when it is sent. So one that comes late, or is replayed by an operator,
never takes a channel back behind what it knows. A use is told as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import orjson
from sqlalchemy import Connection, select, update

from wallet import numbers
from wallet.base.clock import local_day, rfc3339
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.dispatches import ClaimedDispatch, Outcome
from wallet.base.webhooks import Request, Sender, read_answer
from wallet.catalogue.model import LicenceType
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.licences.delivery.deliver import REMIND, connected_channels, destination_of
from wallet.licences.delivery.model import CHANNEL_SECRET, Delivery
from wallet.licences.model import IDENTIFIER, Licence, LicenceHolder
from wallet.licences.status.standing import status_on

USE_TOPIC: Final = "licence.used"
"""Messages that tell of a use, with all of it in their payload: `act` and `use`."""
_LONGEST: Final = timedelta(days=366)
_AHEAD: Final = timedelta(seconds=numbers.WEBHOOK_TOLERANCE)


def channel_senders(deps: Deps) -> Mapping[str, Sender]:
    """How to send to each channel that is connected, by destination."""
    with deps.db.read() as tx:
        channels = connected_channels(tx)
    return {
        destination_of(channel.code): Sender(channel.url, partial(_request, channel), _settle)
        for channel in channels
    }


def _request(channel: AnyRow, deps: Deps, dispatch: ClaimedDispatch, now: datetime) -> Request:
    with deps.db.read() as tx:
        licence = tx.execute(
            select(
                Licence,
                LicenceType.code.label("type_code"),
                LicenceType.name.label("type_name"),
            )
            .join(LicenceType, LicenceType.id == Licence.type_id)
            .where(Licence.id == dispatch.payload["licence"])
        ).one()
        noted = tx.execute(
            select(Delivery.act).where(Delivery.dispatch_id == dispatch.id)
        ).scalar_one_or_none()
        holders = tx.execute(
            select(Holder.id, Holder.kind, Holder.code_type, Holder.code_sealed)
            .join(LicenceHolder, LicenceHolder.holder_id == Holder.id)
            .where(LicenceHolder.licence_id == licence.id, Holder.kind.in_(channel.holder_kinds))
            .order_by(LicenceHolder.position)
        ).all()
    act = dispatch.payload["act"] if noted is None else noted
    status = status_on(licence.status, licence.valid_from, licence.valid_until, local_day(now))
    body = {
        "type": dispatch.topic,
        "timestamp": rfc3339(now),
        "data": {
            "act": act,
            "identifier": deps.vault.open(licence.identifier_sealed, IDENTIFIER),
            "licence_type": {"code": licence.type_code, "name": licence.type_name},
            "status": "superseded" if licence.superseded_at else status,
            **({"valid_until": licence.valid_until} if act == REMIND else {}),
            "holders": [_holder(deps, channel, holder) for holder in holders],
            **({"use": dispatch.payload["use"]} if dispatch.topic == USE_TOPIC else {}),
        },
    }
    secret = deps.vault.open(channel.secret_sealed, CHANNEL_SECRET)
    return Request(channel.url, orjson.dumps(body), secret, read=read_answer)


def _holder(deps: Deps, channel: AnyRow, holder: AnyRow) -> dict[str, str]:
    if channel.holder_code:
        code = deps.vault.open(holder.code_sealed, HOLDER_CODE)
        return {"kind": holder.kind, "code_type": holder.code_type, "code": code}
    # Another one in each channel, so that two cannot tell that a holder is the same.
    reference = deps.vault.index(str(holder.id), f"holder for channel {channel.id}")
    return {"kind": holder.kind, "reference": reference.hex()}


def _settle(tx: Connection, dispatch: ClaimedDispatch, outcome: Outcome, now: datetime) -> None:
    """Keep the time of delivery that the channel's answer tells, if it does."""
    if outcome.result == "done" and outcome.members:
        times = told_times(outcome.members, now)
        if times:
            tx.execute(update(Delivery).where(Delivery.dispatch_id == dispatch.id).values(times))


def told_times(members: Mapping[str, Any], now: datetime) -> dict[str, datetime]:
    """`delivered_at` and `read_at` of what a channel tells: RFC 3339 with a zone, of the year that
    has passed. Its clock may be ahead of ours a little."""
    times: dict[str, datetime] = {}
    for name in ("delivered_at", "read_at"):
        try:
            at = datetime.fromisoformat(str(members.get(name)))
        except ValueError:
            continue
        if at.tzinfo and now - _LONGEST <= at <= now + _AHEAD:
            times[name] = min(at, now)
    return times
