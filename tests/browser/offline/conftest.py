"""A desk whose network is gone, and the library that it cannot reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support import desk, offline
from tests.support.browser import OpenPage
from tests.support.offline import Library


@pytest.fixture
def library(data: Path, open_desk: OpenPage) -> Library:
    """The running demo's library."""
    bundle = open_desk(None).request.get("/.well-known/liangzheng-trust").json()
    return offline.library(data, bundle)


@pytest.fixture
def clerk(open_desk: OpenPage) -> Page:
    """A desk that was opened once and whose network is gone since."""
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    offline.cut(page)
    return page
