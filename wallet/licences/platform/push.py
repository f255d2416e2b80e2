"""Push licences, their changes and the catalogue to the regional platform (O-7, O-8, M-6, M-7).

Through the same queue as deliveries, in the order of each licence's changes, and as it stands when it
is sent. Where no platform is set up nothing is pushed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, select

from wallet.base.clock import rfc3339
from wallet.base.deps import Deps
from wallet.base.dispatches import ClaimedDispatch, NewDispatch, Outcome, add_dispatches
from wallet.base.outbox import Message
from wallet.base.webhooks import Request, Sender, read_answer, receipt_of, slug_of
from wallet.catalogue.read import published_type
from wallet.licences.delivery.deliver import stream_of
from wallet.licences.model import Licence
from wallet.licences.platform.metadata import licence_metadata

PLATFORM: Final = "platform"
"""The name of the platform in the queue."""
CLIENT_HEADER: Final = "liangzheng-client"
_DONE: Final = frozenset({0, 1})
"""Result codes of the platform: accepted, and had already."""
_REFUSED: Final = frozenset({12, 23})
"""Wrong or missing input, and restricted. Others, such as 13 (the type is not published there) and 100
(not yet permitted), may mend."""
_NOT_AUTHENTICATED: Final = 11


def push(tx: Connection, deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """Put messages of licences and of the catalogue into the queue to the platform."""
    if not deps.config.platform_url:
        return
    ids = {message.payload["licence"] for message in messages if "licence" in message.payload}
    rows = tx.execute(
        select(Licence.id, Licence.type_id, Licence.unit_id, Licence.number_index).where(
            Licence.id.in_(ids)
        )
    )
    streams = {row.id: stream_of(row) for row in rows}
    dispatches = [NewDispatch(message, PLATFORM, _stream(message, streams)) for message in messages]
    add_dispatches(tx, dispatches, now)


def platform_senders(deps: Deps) -> Mapping[str, Sender]:
    """How to send to the platform, where one is set up."""
    url = deps.config.platform_url
    return {PLATFORM: Sender(url, _request)} if url else {}


def read_result(status: int, members: Mapping[str, Any]) -> Outcome:
    """What an answer means: `{code, receipt?, reason?}`, by the code where the status is 2xx."""
    if not 200 <= status < 300:
        return read_answer(status, members)
    code = _code(members.get("code"))
    if code in _DONE:
        return Outcome("done", receipt=receipt_of(members), members=members)
    if code is None:
        return Outcome("away", "bad_answer")
    error = slug_of(members.get("reason"), f"platform_{code}")
    if code == _NOT_AUTHENTICATED:
        return Outcome("away", error)
    return Outcome("refused" if code in _REFUSED else "again", error)


def _code(told: object) -> int | None:
    text = str(told)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else None


def _stream(message: Message, streams: Mapping[int, str]) -> str:
    if "licence" in message.payload:
        return streams[message.payload["licence"]]
    return f"catalogue {message.payload['type']}"


def _request(deps: Deps, dispatch: ClaimedDispatch, now: datetime) -> Request:
    config = deps.config
    body = {"type": dispatch.topic, "timestamp": rfc3339(now), "data": _data(deps, dispatch, now)}
    return Request(
        config.platform_url,
        orjson.dumps(body),
        config.platform_secret,
        {CLIENT_HEADER: config.platform_client_id},
        read_result,
    )


def _data(deps: Deps, dispatch: ClaimedDispatch, now: datetime) -> dict[str, Any]:
    if "licence" not in dispatch.payload:
        return published_type(deps, dispatch.payload["type"])
    with deps.db.read() as tx:
        return licence_metadata(tx, deps, dispatch.payload["licence"], now)
