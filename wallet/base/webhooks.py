"""Webhooks: signed requests to other systems, and from them, as Standard Webhooks has them.

Headers `webhook-id`, `webhook-timestamp` (Unix seconds) and `webhook-signature`: `v1,` and the Base64 of
HMAC-SHA256 over id, timestamp and body, joined by dots. No redirect is followed, certificates are
checked, and of an answer only so much is read as a receipt may need.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import socket
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from typing import Any, Final

from sqlalchemy import Connection
from urllib3 import HTTPSConnectionPool, PoolManager, ProxyManager, Timeout, exceptions
from urllib3.connection import HTTPSConnection

from verify.fetch import web_for, within
from wallet import numbers
from wallet.base.deps import Deps
from wallet.base.dispatches import ClaimedDispatch, Outcome

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how a secret begins
_SECRET_BYTES: Final = 32
_SECRET_BYTES_MIN: Final = 24
_PIECE: Final = 1 << 14
_SLUG: Final = re.compile(r"[a-z0-9_]{1,64}")
_RECEIPT: Final = re.compile(r"[\x21-\x7e]{1,128}")
_REFUSALS: Final = frozenset({400, 410, 413, 422})


@dataclass(frozen=True)
class Request:
    """What is sent to whom; `read` says what an answer of that status with those members means."""

    url: str
    body: bytes
    secret: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[int, Mapping[str, Any]], Outcome] = field(default=lambda *_: Outcome("done"))


@dataclass(frozen=True)
class Sender:
    """How dispatches to one destination are sent.

    `request` says what to send: deps, dispatch, now. What it reads, it reads in a transaction that
    ends before anything is sent; it may find that there is nothing to send any more. `settle` keeps what follows from an attempt, in the transaction
    that notes it: tx, dispatch, outcome, now. What is `public` is sent to the public internet alone.
    """

    url: str
    request: Callable[[Deps, ClaimedDispatch, datetime], Request | Outcome]
    settle: Callable[[Connection, ClaimedDispatch, Outcome, datetime], None] = field(
        default=lambda *_: None
    )
    public: bool = False


def new_secret() -> str:
    """A secret for both sides: `whsec_` and 32 random bytes in Base64."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def read_secret(secret: str) -> bytes:
    """The key of such a secret; raises ValueError for any other text, or less than 24 bytes."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    if not secret.startswith(SECRET_PREFIX) or len(key) < _SECRET_BYTES_MIN:
        raise ValueError("not a webhook secret")
    return key


def sign(secret: str, key: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a body that is sent under that id at that time."""
    stamp = str(int(at.timestamp()))
    return {ID: key, TIMESTAMP: stamp, SIGNATURE: _signature(read_secret(secret), key, stamp, body)}


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a request carries such a signature, of about now. Several may be given, as in a
    change of secrets."""
    key, stamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return False
    if abs(int(stamp) - now.timestamp()) > numbers.WEBHOOK_TOLERANCE:
        return False
    expected = _signature(read_secret(secret), key, stamp, body).encode()
    given = headers.get(SIGNATURE, "").encode("utf-8", "replace").split(b" ")
    return any(hmac.compare_digest(one, expected) for one in given)


def open_web(url: str, *, public: bool = False) -> PoolManager:
    """What sends to an address, by the environment's proxy where there is one; to be closed.

    To the `public` internet alone: what is connected to an address of any other network is let go before a byte is sent.
    Behind a proxy it is the proxy that decides.
    """
    web = web_for(url)
    if public and not isinstance(web, ProxyManager):
        web.pool_classes_by_scheme = {"https": _PublicPool}
    return web


def post(web: PoolManager, request: Request, key: str, now: datetime) -> Outcome:
    """Send a request under an id and say what came of it. Never raises for what a peer does."""
    headers = {"content-type": "application/json", "user-agent": "liangzheng"}
    headers |= dict(request.headers) | sign(request.secret, key, now, request.body)
    try:
        status, wait, content = within(
            numbers.DISPATCH_LIMIT, partial(_exchange, web, request, headers)
        )
    except exceptions.SSLError:
        return Outcome("away", "tls")
    except exceptions.NewConnectionError:  # to the library it is a kind of time-out
        return Outcome("away", "unreachable")
    except (exceptions.TimeoutError, TimeoutError):
        return Outcome("away", "timeout")
    except (exceptions.HTTPError, OSError):
        return Outcome("away", "unreachable")
    if content is None:
        return Outcome("away", "answer_too_long")
    outcome = request.read(status, _members(content))
    return Outcome(outcome.result, outcome.error, outcome.receipt, outcome.members, wait)


def read_answer(status: int, members: Mapping[str, Any]) -> Outcome:
    """What the answer of a webhook means: 2xx and 409 (had it) are done, 400, 410, 413 and 422 are
    refusals, everything else may mend."""
    if 200 <= status < 300 or status == 409:
        return Outcome("done", receipt=receipt_of(members), members=members)
    if status in _REFUSALS:
        return Outcome("refused", slug_of(members.get("reason"), f"http_{status}"))
    return Outcome("away", f"http_{status}")


def receipt_of(members: Mapping[str, Any]) -> str | None:
    """The receipt's number in an answer, if it is a short word; a peer may send anything."""
    receipt = members.get("receipt")
    return receipt if isinstance(receipt, str) and _RECEIPT.fullmatch(receipt) else None


def slug_of(reason: object, otherwise: str) -> str:
    """A peer's reason where it is a slug: a sentence might name a person."""
    return reason if isinstance(reason, str) and _SLUG.fullmatch(reason) else otherwise


class _PublicConnection(HTTPSConnection):
    """A connection to no network but the public one, whatever a name is resolved to."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if not ip_address(connected.getpeername()[0]).is_global:
            connected.close()
            raise exceptions.NewConnectionError(self, "not a public address")
        return connected


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


def _signature(secret: bytes, key: str, stamp: str, body: bytes) -> str:
    signed = key.encode("utf-8", "replace") + b"." + stamp.encode() + b"." + body
    return "v1," + b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def _exchange(
    web: PoolManager, request: Request, headers: Mapping[str, str]
) -> tuple[int, int, bytes | None]:
    """Status, seconds to wait, and the body, None when it is too long."""
    with web.request(
        "POST",
        request.url,
        body=request.body,
        headers=headers,
        retries=False,
        redirect=False,
        timeout=Timeout(numbers.DISPATCH_CONNECT, numbers.DISPATCH_WAIT),
        preload_content=False,
        decode_content=False,
    ) as answer:
        content = bytearray()
        while len(content) <= numbers.RECEIPT_MAX and (piece := answer.read1(_PIECE)):
            content += piece
        wait = _retry_after(answer.headers.get("retry-after", ""))
        return answer.status, wait, bytes(content) if len(content) <= numbers.RECEIPT_MAX else None


def _members(content: bytes) -> Mapping[str, Any]:
    try:
        members = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def _retry_after(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0
