"""Rate limits per account or address; a guard names the one it wants.

Each process counts for itself in memory. The demo allows a hundred times as much.
"""

from __future__ import annotations

from collections import Counter

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from wallet import numbers
from wallet.web.deps import now
from wallet.web.guards import Rate, guard_of
from wallet.web.principal import optional_principal


class FixedWindow:
    """At most `limit` hits of each key in a window of so many seconds."""

    def __init__(self, limit: int, seconds: int) -> None:
        self._limit = limit
        self._seconds = seconds
        self._window = 0
        self._hits: Counter[str] = Counter()

    def hit(self, key: str, at: float) -> bool:
        """Count one; false when it is beyond the limit. `at` is Unix time in seconds."""
        window = int(at) // self._seconds
        if window != self._window:  # everything that was counted belongs to a window gone by
            self._window = window
            self._hits.clear()
        self._hits[key] += 1
        return self._hits[key] <= self._limit


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
        if not windows[declared.rate].hit(_who(), now().timestamp()):
            raise TooManyRequests


def _who() -> str:
    principal = optional_principal()
    return principal.account if principal else request.remote_addr or "unknown"
