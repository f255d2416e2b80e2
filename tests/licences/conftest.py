"""Fixtures for licences: an app that a module shares, and the issuer's machine client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.demo import DemoCopies
from tests.support.people import Machine, machine
from tests.support.shared import BOTH_KINDS, deps_of, shared_demo


@pytest.fixture(scope="module", params=BOTH_KINDS)
def shared_app(
    request: pytest.FixtureRequest,
    demo_copies: DemoCopies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """An app for tests whose licences do not meet."""
    with shared_demo(demo_copies, request.param, tmp_path_factory.mktemp("shared")) as app:
        yield app


@pytest.fixture(scope="module")
def data(shared_app: Flask) -> Path:
    """The data folder of the shared app."""
    return deps_of(shared_app).config.data


@pytest.fixture(scope="module")
def issuer(shared_app: Flask, data: Path) -> Machine:
    """The client that issues food operation permits."""
    return machine(shared_app, data, "issuer")
