"""The people who meet at a desk, and a company's administrator."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.hall import deps, elder, granddaughter, li, zhao
from tests.support.people import Visitor, sign_in

__all__ = ["deps", "elder", "granddaughter", "li", "zhao"]


@pytest.fixture
def company(app: Flask, clock: Clock) -> Visitor:
    """holder-company's phone."""
    return sign_in(app, "holder-company")
