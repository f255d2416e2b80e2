"""How a view reaches Deps and the time: both belong to the edge, journeys are handed them."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import Flask, current_app, g

from wallet.base.clock import read_clock
from wallet.base.deps import Deps

_EXTENSION = "liangzheng"


def attach(app: Flask, deps: Deps) -> None:
    """Give the app its Deps."""
    app.extensions[_EXTENSION] = deps


def deps() -> Deps:
    """The Deps of the app that serves this request."""
    return cast(Deps, current_app.extensions[_EXTENSION])


def now() -> datetime:
    """The one time of this request, read at its first use."""
    if "now" not in g:
        g.now = read_clock()
    return cast(datetime, g.now)
