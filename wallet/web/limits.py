"""Rate limits per desk, account or address; a guard names the one it wants.

Each process counts for itself in memory. The demo allows a hundred times as much. The counter is
our own few lines: the store of the library there is starts a timer thread every few requests,
which the show and verify paths would pay for (docs/performance.md).
"""

from __future__ import annotations

import time
from collections import Counter

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from wallet import numbers
from wallet.web.guards import Rate, guard_of
from wallet.web.principal import optional_principal


class FixedWindow:
    """At most `limit` hits of a key in each window of so many seconds."""

    def __init__(self, limit: int, seconds: int) -> None:
        self.limit = limit
        self.seconds = seconds
        self._window = 0
        self._hits: Counter[str] = Counter()

    def hit(self, key: str) -> bool:
        """Count one; false when it is beyond the limit."""
        window = int(time.time()) // self.seconds
        if window != self._window:  # whatever was counted belongs to a window gone by
            self._window = window
            self._hits.clear()
        self._hits[key] += 1
        return self._hits[key] <= self.limit


def limit_rates(app: Flask, *, demo: bool) -> None:
    """Count every request to a view whose guard names a rate, once the guard has let it pass."""
    factor = numbers.DEMO_LIMIT_FACTOR if demo else 1
    windows: dict[Rate, FixedWindow] = {
        "desk": FixedWindow(numbers.DESK_PER_SECOND * factor, 1),
        "holder": FixedWindow(numbers.HOLDER_PER_SECOND * factor, 1),
        "public": FixedWindow(numbers.PUBLIC_CHECKS_PER_MINUTE * factor, 60),
    }

    @app.before_request
    def count() -> None:
        if request.endpoint is None:
            return
        declared = guard_of(current_app.view_functions[request.endpoint])
        if declared is None or declared.rate is None:
            return
        window = windows[declared.rate]
        if not window.hit(_who()):
            raise TooManyRequests(retry_after=window.seconds)


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
