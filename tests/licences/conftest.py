"""Fixtures for licences: the data folder and the issuer's machine client of the shared app."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.support.people import Machine, machine
from tests.support.shared import deps_of


@pytest.fixture(scope="module")
def data(shared_app: Flask) -> Path:
    """The data folder of the shared app."""
    return deps_of(shared_app).config.data


@pytest.fixture(scope="module")
def issuer(shared_app: Flask, data: Path) -> Machine:
    """The client that issues food operation permits."""
    return machine(shared_app, data, "issuer")
