"""Who meets at a counter."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.licences.delegations.test_limits import CODES
from tests.support.clock import Clock
from tests.support.hall import bank, deps, elder, granddaughter, li, zhao
from tests.support.licences import food_licence, issue
from tests.support.people import Visitor, machine, sign_in
from tests.support.shared import deps_of

__all__ = ["bank", "deps", "elder", "granddaughter", "li", "zhao"]


@pytest.fixture
def wang(app: Flask) -> Visitor:
    """Counter staff."""
    return sign_in(app, "counter-wang")


@pytest.fixture
def liu(app: Flask, clock: Clock) -> Visitor:
    """A second staff member of the same unit."""
    return sign_in(app, "counter-liu")


@pytest.fixture
def never_signed_in(app: Flask) -> dict[str, str]:
    """Somebody who holds a licence and has no account, as a session names them."""
    data = deps_of(app).config.data
    served = {"code_type": "111", "code": CODES[0], "name": "郝平安"}
    issue(machine(app, data, "issuer"), food_licence(data, holders=[{"kind": "person", **served}]))
    return served
