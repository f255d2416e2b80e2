"""One seeded app for a whole module of tests that leave nothing behind which another would see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from tests.support.demo import DatabaseKind, DemoCopies
from wallet.app import create_app
from wallet.base.deps import Deps
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


def deps_of(app: Flask) -> Deps:
    """The Deps that an app works with."""
    with app.app_context():
        return web_deps.deps()
