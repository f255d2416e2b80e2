"""The national platform as a source of licences of other regions (O-18, M-17): what an adapter does, and one over the web.

It is asked for one licence by its identifier (GB/T 36904), with the cause of use that such services demand. What it
says is put in the words of a verdict. Only a plain yes about the very licence that was asked for is one: whatever else
it says, and that it says nothing, is no yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import uuid4

import orjson

from verify.verdict import Outcome, Reason
from wallet import numbers
from wallet.base.clock import rfc3339
from wallet.base.dispatches import Outcome as Exchange
from wallet.base.webhooks import Request, open_web, post
from wallet.errors import Invalid

CLIENT_HEADER: Final = "liangzheng-client"
_DECIDED: Final[Mapping[int, Reason]] = {
    10: "unknown_licence",
    21: "licence_revoked",
    22: "licence_expired",
}
"""Result codes that say what becomes of the licence. Of the others, 11 (not authenticated), 12 (input missing), 13 (not
published), 23 (restricted) and 100 (not permitted) are about whoever asks, or leave open what is meant."""
_GOOD: Final = 0


@dataclass(frozen=True)
class Found:
    """What the platform knows of a licence, as a verdict says it: accepted, refused, or undetermined with the reason
    `trust_stale`; `error` is then a slug of what was in the way, for the operator."""

    outcome: Outcome
    reason: Reason
    error: str | None = None


class LicencePlatform(Protocol):
    """Whoever knows of licences of other regions."""

    def look_up(self, identifier: str, cause: str, now: datetime) -> Found:
        """How the licence with this identifier stands, asked for a cause of at most `numbers.LOOK_UP_CAUSE_MAX` characters.

        Raises Invalid without a cause, and nothing for what the platform does.
        """
        ...


@dataclass(frozen=True)
class WebPlatform:
    """The platform at an address: signed requests (Standard Webhooks), answers `{code, identifier?}`."""

    url: str
    client_id: str
    secret: str = field(repr=False)

    def look_up(self, identifier: str, cause: str, now: datetime) -> Found:
        """As `LicencePlatform` has it. One request, never repeated: a desk waits for it."""
        if not 0 < len(cause.strip()) <= numbers.LOOK_UP_CAUSE_MAX:
            raise Invalid(f"cause：请写明用证事由，最多 {numbers.LOOK_UP_CAUSE_MAX} 个字。")
        asked = {"identifier": identifier, "cause": cause.strip(), "at": rfc3339(now)}
        request = Request(
            self.url,
            orjson.dumps(asked),
            self.secret,
            {CLIENT_HEADER: self.client_id},
            _read,
        )
        with open_web(self.url) as web:
            exchange = post(web, request, uuid4().hex, now)
        if exchange.result != "done":
            return _undetermined(exchange.error or "bad_answer")
        return read_found(exchange.members or {}, identifier)


def read_found(members: Mapping[str, Any], identifier: str) -> Found:
    """What an answer about a licence means."""
    code = members.get("code")
    if type(code) is not int:
        return _undetermined("bad_answer")
    if code in _DECIDED:
        return Found("refused", _DECIDED[code])
    if code != _GOOD:
        return _undetermined(f"platform_{code}" if 0 <= code <= 999 else "bad_answer")
    if members.get("identifier") != identifier:
        return _undetermined("another_licence")
    return Found("accepted", "ok")


def _read(status: int, members: Mapping[str, Any]) -> Exchange:
    if status == 200:
        return Exchange("done", members=members)
    return Exchange("away", f"http_{status}")


def _undetermined(error: str) -> Found:
    return Found("undetermined", "trust_stale", error)
