"""Rate limits per account or address, by Flask-Limiter; a guard names the one it wants.

Each process counts for itself in memory. The demo allows a hundred times as much.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, request
from flask.typing import RouteCallable
from flask_limiter import Limiter

from wallet import numbers
from wallet.web.guards import Rate, guard_of
from wallet.web.principal import optional_principal


def limit_rates(app: Flask, *, demo: bool) -> None:
    """Wrap every view whose guard names a rate; call it once all routes are known."""
    factor = numbers.DEMO_LIMIT_FACTOR if demo else 1
    rates: dict[Rate, str] = {
        "desk": f"{numbers.DESK_PER_SECOND * factor} per second",
        "holder": f"{numbers.HOLDER_PER_SECOND * factor} per second",
        "public": f"{numbers.PUBLIC_CHECKS_PER_MINUTE * factor} per minute",
    }
    limiter = Limiter(_key, app=app, storage_uri="memory://", strategy="fixed-window")
    shared = {name: limiter.shared_limit(rate, scope=name) for name, rate in rates.items()}
    for endpoint, view in app.view_functions.items():
        declared = guard_of(view)
        if declared is not None and declared.rate is not None:
            app.view_functions[endpoint] = cast(RouteCallable, shared[declared.rate](view))


def _key() -> str:
    principal = optional_principal()
    return principal.account if principal else request.remote_addr or "unknown"
