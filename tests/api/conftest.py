"""Fixtures for the API: an app that a module shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.demo import DemoCopies
from tests.support.operations import Callers
from tests.support.people import machine, sign_in
from tests.support.shared import BOTH_KINDS, deps_of, shared_demo


@pytest.fixture(scope="module", params=BOTH_KINDS)
def shared_app(
    request: pytest.FixtureRequest,
    demo_copies: DemoCopies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """An app for tests that leave nothing behind which another would see."""
    with shared_demo(demo_copies, request.param, tmp_path_factory.mktemp("shared")) as app:
        yield app


@pytest.fixture(scope="module")
def callers(shared_app: Flask) -> Callers:
    """Those who pass the guards."""
    return {
        "holder": sign_in(shared_app, "holder-li"),
        "desk": sign_in(shared_app, "desk-zhao"),
        "issuing": machine(shared_app, deps_of(shared_app).config.data, "issuer"),
    }
