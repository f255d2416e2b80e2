"""What tests share: one seeded app for a module of tests that leave nothing behind which another would
see, and the wiring of an app, which takes longer than most tests and holds nothing of a demo.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask

from tests.support.demo import DatabaseKind, DemoCopies
from wallet.app import create_app
from wallet.base.deps import Deps, build_deps
from wallet.config import Config
from wallet.web import deps as web_deps

BOTH_KINDS = (
    pytest.param("sqlite", marks=pytest.mark.sqlite),
    pytest.param("postgresql", marks=pytest.mark.postgresql),
)


@contextmanager
def shared_demo(copies: DemoCopies, kind: DatabaseKind, folder: Path) -> Iterator[Flask]:
    """The app of a seeded demo of its own."""
    with copies.copy(kind, folder / "data") as config:
        made = create_app(config)
        try:
            yield made
        finally:
            deps_of(made).db.close()


@dataclass(frozen=True)
class WiredApp:
    """An app, and the settings it was put together for."""

    settings: Config
    app: Flask


@contextmanager
def wired(known: list[WiredApp], config: Config) -> Iterator[Flask]:
    """An app with Deps of its own: one of `known` with the same settings, else a new one that joins them."""
    settings = replace(config, data=Path(), database_url="", secret_key="")
    app = next((one.app for one in known if one.settings == settings), None)
    if app is None:
        app = create_app(config)
        known.append(WiredApp(settings, app))
    else:
        web_deps.attach(app, build_deps(config))
    try:
        yield app
    finally:
        deps_of(app).db.close()


def deps_of(app: Flask) -> Deps:
    """The Deps that an app works with."""
    with app.app_context():
        return web_deps.deps()
