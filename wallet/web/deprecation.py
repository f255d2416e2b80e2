"""Routes that will go: announced in every answer, in the OpenAPI document, and long enough before.

`Deprecation` (RFC 9745) says since when a route should no longer be used, `Sunset` (RFC 8594) from when on it may be
gone, and `Link` where that is explained. docs/versioning.md is the policy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from flask import Flask, Response, current_app, request
from werkzeug.http import http_date

from wallet import numbers
from wallet.base.working_days import start_of_day

POLICY: Final = "/api/docs"
"""Where an answer links to: the page of the API, which marks the route and names its successor."""
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Deprecation:
    """Since which local day a route should no longer be used, from which on it may be gone, and what to call instead."""

    since: date
    sunset: date
    instead: str

    @property
    def headers(self) -> dict[str, str]:
        """As every answer of the route carries them."""
        return {
            "Deprecation": f"@{int(start_of_day(self.since).timestamp())}",
            "Sunset": http_date(start_of_day(self.sunset)),
            "Link": f'<{POLICY}>; rel="deprecation"; type="text/html"',
        }


def deprecated(since: date, sunset: date, instead: str) -> Callable[[View], View]:
    """Announce that a view's route will go, at least `DEPRECATION_DAYS` before; raises ValueError for less."""
    if sunset - since < timedelta(days=numbers.DEPRECATION_DAYS):
        raise ValueError(f"a route is announced {numbers.DEPRECATION_DAYS} days before it goes")

    def announce(view: View) -> View:
        view.__deprecation__ = Deprecation(since, sunset, instead)  # type: ignore[attr-defined]
        return view

    return announce


def deprecation_of(view: Callable[..., Any]) -> Deprecation | None:
    """What is announced of a view's route, if anything."""
    return getattr(view, "__deprecation__", None)


def announce_deprecations(app: Flask) -> None:
    """Put the headers on every answer of a route that is announced, refusals too."""

    @app.after_request
    def announce(response: Response) -> Response:
        if request.endpoint is not None:
            told = deprecation_of(current_app.view_functions[request.endpoint])
            if told is not None:
                response.headers.extend(told.headers)
        return response
