"""Rate limits per desk, account, address or code; a guard names the one that its view wants.

They count in the fast store: together where the processes share a Redis, else each for itself. The
demo allows a hundred times as much.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from flask import Flask, current_app, request

from wallet import numbers
from wallet.base.deps import Deps
from wallet.base.encryption import derive_key
from wallet.errors import TooMany
from wallet.web.deps import deps
from wallet.web.guards import Rate, guard_of
from wallet.web.principal import optional_principal

_Rate = Rate | Literal["code", "reports", "number", "refused", "assistance"]
_LIMITS: Final[Mapping[_Rate, tuple[int, int]]] = {
    "desk": (numbers.DESK_PER_SECOND, 1),
    "holder": (numbers.HOLDER_PER_SECOND, 1),
    "public": (numbers.PUBLIC_CHECKS_PER_MINUTE, 60),
    "code": (numbers.CODE_PER_MINUTE, 60),
    "reports": (numbers.REPORTS_PER_SECOND, 1),
    "refused": (numbers.CLIENT_REFUSALS_PER_MINUTE, 60),
    "assistance": (numbers.ASSISTANCES_PER_MINUTE, 60),
    "number": (numbers.DESK_NUMBER_TRIES, numbers.DESK_NUMBER_LIFE),
}
"""How many in how many seconds."""


def limit_rates(app: Flask) -> None:
    """Count every request to a view whose guard names a rate, once the guard has let it pass."""

    @app.before_request
    def count() -> None:
        if request.endpoint is None:
            return
        declared = guard_of(current_app.view_functions[request.endpoint])
        if declared is not None and declared.rate is not None:
            _count(deps(), declared.rate, _who())


def count_code(deps: Deps, jti: str) -> None:
    """Count a judgement of a code; raises TooMany when it comes again and again.

    It spares the database a flood of one code.
    """
    _count(deps, "code", jti)


def count_report(deps: Deps, desk: str) -> None:
    """Count a desk's report of many judgements; raises TooMany when they come too fast."""
    _count(deps, "reports", desk)


def count_number(deps: Deps, account: str) -> None:
    """Count a holder's try of a desk number; raises TooMany when there are many: nobody may try all."""
    _count(deps, "number", account)


def count_assistance(deps: Deps, account: str) -> None:
    """Count a session that staff begin, in vain or not; raises TooMany when there are many."""
    _count(deps, "assistance", account)


def count_refused(deps: Deps, account: str) -> None:
    """Count a client's vain try to prove who it is; raises TooMany when there are many.

    One that succeeds is not counted, so that nobody shuts another out. It spares the audit trail a flood.
    """
    _count(deps, "refused", account)


def _count(deps: Deps, rate: _Rate, who: str) -> None:
    limit, seconds = _LIMITS[rate]
    if deps.config.demo:
        limit *= numbers.DEMO_LIMIT_FACTOR
    # Hashed with a key: an address, or what a client calls its terminal, may tell of a person.
    name = hmac.digest(_key(deps.config.secret_key), who.encode("utf-8", "replace"), hashlib.sha256)
    if deps.fast.count(f"{rate}:{name.hex()[:32]}", seconds) > limit:
        raise TooMany("请稍候再试。", retry_after=seconds)


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return derive_key(secret, "limits")


def _who() -> str:
    principal = optional_principal()
    if principal is None:
        return request.remote_addr or "unknown"
    if principal.kind == "client":
        # A client stands for many desks: each of its terminals has the limit of a desk.
        body = request.get_json(silent=True)
        terminal = body.get("terminal") if isinstance(body, dict) else None
        return f"{principal.account} {str(terminal)[:64]}"
    return principal.account
