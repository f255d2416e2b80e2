"""Who meets at a counter."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.hall import bank, deps, elder, granddaughter, li, zhao
from tests.support.people import Visitor, sign_in

__all__ = ["bank", "deps", "elder", "granddaughter", "li", "zhao"]


@pytest.fixture
def wang(app: Flask) -> Visitor:
    """Counter staff."""
    return sign_in(app, "counter-wang")
