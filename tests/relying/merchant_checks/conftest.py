"""The platform of the demo, and the client that issues what it checks."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.merchants import platform_of
from tests.support.people import Machine, machine
from tests.support.shared import deps_of


@pytest.fixture
def platform(app: Flask) -> Machine:
    """The demo's platform."""
    return platform_of(app)


@pytest.fixture
def issuer(app: Flask) -> Machine:
    """The client that issues food operation permits."""
    return machine(app, deps_of(app).config.data, "issuer")
