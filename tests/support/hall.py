"""Fixtures for showing and relying: an app, its Deps, and the people who meet at a desk.

A module whose tests leave nothing behind that another would see shares one app: it says
`app = shared`.
"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.shared import deps_of
from wallet.base.deps import Deps


@pytest.fixture
def deps(app: Flask) -> Deps:
    """The Deps that the app works with."""
    return deps_of(app)


@pytest.fixture
def li(app: Flask, clock: Clock) -> Visitor:
    """holder-li's phone."""
    return sign_in(app, "holder-li")


@pytest.fixture
def elder(app: Flask, clock: Clock) -> Visitor:
    """holder-elder, signed in."""
    return sign_in(app, "holder-elder")


@pytest.fixture
def granddaughter(app: Flask, clock: Clock) -> Visitor:
    """delegate-li's phone."""
    return sign_in(app, "delegate-li")


@pytest.fixture
def zhao(app: Flask, clock: Clock) -> Visitor:
    """desk-zhao's desk."""
    return sign_in(app, "desk-zhao")


@pytest.fixture
def qian(app: Flask, clock: Clock) -> Visitor:
    """Another desk of the same hall."""
    return sign_in(app, "desk-qian")


@pytest.fixture
def bank(app: Flask, clock: Clock) -> Visitor:
    """desk-bank's desk, whose items ask the holder."""
    return sign_in(app, "desk-bank")


@pytest.fixture
def reception(app: Flask, clock: Clock) -> Machine:
    """The machine client of the same hall."""
    return machine(app, deps_of(app).config.data, "relying")
