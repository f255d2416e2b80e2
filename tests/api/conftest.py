"""Fixtures for the API."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.operations import Callers
from tests.support.people import machine, sign_in
from tests.support.shared import deps_of


@pytest.fixture(scope="module")
def callers(shared_app: Flask) -> Callers:
    """Those who pass the guards."""
    return {
        "holder": sign_in(shared_app, "holder-li"),
        "desk": sign_in(shared_app, "desk-zhao"),
        "issuer": sign_in(shared_app, "issuer-chen"),
        "manager": sign_in(shared_app, "manager-sun"),
        "issuing": machine(shared_app, deps_of(shared_app).config.data, "issuer"),
    }
