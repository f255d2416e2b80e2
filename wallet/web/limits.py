"""Rate limits per desk, account or address; a guard names the one it wants.

Each process counts for itself in memory. The demo allows a hundred times as much.
"""

from __future__ import annotations

from flask import Flask, current_app, request
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from wallet import numbers
from wallet.web.guards import Rate, guard_of
from wallet.web.principal import optional_principal


def limit_rates(app: Flask, *, demo: bool) -> None:
    """Count every request to a view whose guard names a rate, once the guard has let it pass."""
    factor = numbers.DEMO_LIMIT_FACTOR if demo else 1
    limiter = FixedWindowRateLimiter(MemoryStorage())
    rates: dict[Rate, RateLimitItem] = {
        "desk": RateLimitItemPerSecond(numbers.DESK_PER_SECOND * factor),
        "holder": RateLimitItemPerSecond(numbers.HOLDER_PER_SECOND * factor),
        "public": RateLimitItemPerMinute(numbers.PUBLIC_CHECKS_PER_MINUTE * factor),
    }

    @app.before_request
    def count() -> None:
        if request.endpoint is None:
            return
        declared = guard_of(current_app.view_functions[request.endpoint])
        if declared is None or declared.rate is None:
            return
        if not limiter.hit(rates[declared.rate], declared.rate, _who()):
            raise TooManyRequests


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
