"""Who applies, who decides, and a library in which nobody has applied yet."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.applications import without_applications
from tests.support.hall import deps
from tests.support.people import Visitor, sign_in

__all__ = ["deps"]


@pytest.fixture
def bank(app: Flask) -> Visitor:
    """The responsible person of the bank, who sits at its desk too."""
    without_applications(app)
    return sign_in(app, "desk-bank")


@pytest.fixture
def qian(app: Flask) -> Visitor:
    """The responsible person of the hall."""
    without_applications(app)
    return sign_in(app, "desk-qian")


@pytest.fixture
def sun(app: Flask) -> Visitor:
    """A manager of the city."""
    return sign_in(app, "manager-sun")


@pytest.fixture
def wu(app: Flask) -> Visitor:
    """Another."""
    return sign_in(app, "manager-wu")


@pytest.fixture
def han(app: Flask) -> Visitor:
    """A manager of the region, above the city."""
    return sign_in(app, "manager-han")
