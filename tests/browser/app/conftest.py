"""Phones that keep the wallet as an app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.watch import Watch


@pytest.fixture
def watch(address: str) -> Iterator[Watch]:
    """Watches all pages; who has signed out and goes back is refused."""
    watching = Watch(address, refusals=(401, 422))
    yield watching
    assert watching.troubles == []
