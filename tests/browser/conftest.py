"""A running demo and real browsers: a phone and a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.support import browser as browsers
from tests.support.browser import OpenPage, OpenSeeingPage
from tests.support.server import running_demo
from tests.support.watch import Watch

Opens = Callable[[BrowserContext, str | None], Page]
PATIENCE = 20_000
"""Milliseconds that a test waits for what must happen."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the running demo."""
    return tmp_path_factory.mktemp("browser") / "data"


@pytest.fixture(scope="session")
def address(data: Path) -> Iterator[str]:
    """The address of a demo that runs for all browser tests."""
    with running_demo(data) as served:
        yield served


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright for all browser tests."""
    expect.set_options(timeout=PATIENCE)
    with browsers.playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a video of its own."""
    with browsers.chromium(playwright) as started:
        yield started


@pytest.fixture
def watch(address: str) -> Iterator[Watch]:
    """Watches all pages of a test; at its end nothing may have gone wrong on any of them."""
    watching = Watch(address)
    yield watching
    assert watching.troubles == []


@pytest.fixture
def contexts(watch: Watch) -> Iterator[Opens]:
    """Signs a persona (None: nobody) in, in a new context, and opens a page that is watched."""
    with ExitStack() as stack:

        def open_page(context: BrowserContext, persona: str | None) -> Page:
            stack.enter_context(context)
            watch.over(context)
            context.set_default_timeout(PATIENCE)
            if persona is not None:
                browsers.sign_in(context, persona)
            return context.new_page()

        yield open_page


@pytest.fixture
def open_phone(browser: Browser, address: str, contexts: Opens) -> OpenPage:
    """Opens phones; each has its own cookies."""
    return lambda persona: contexts(browsers.phone_context(browser, address), persona)


@pytest.fixture
def open_dark_phone(browser: Browser, address: str, contexts: Opens) -> OpenPage:
    """Opens phones that are set to dark."""
    return lambda persona: contexts(browsers.phone_context(browser, address, "dark"), persona)


@pytest.fixture
def open_desk(browser: Browser, address: str, contexts: Opens) -> OpenPage:
    """Opens desks; each has its own cookies."""
    return lambda persona: contexts(browsers.desk_context(browser, address), persona)


@pytest.fixture
def open_desk_with_camera(
    playwright: Playwright,
    address: str,
    watch: Watch,
) -> Iterator[OpenSeeingPage]:
    """Opens desks whose camera plays a video: (persona, MJPEG file) → page."""
    with ExitStack() as stack:

        def open_page(persona: str, video: Path) -> Page:
            seeing = stack.enter_context(browsers.chromium(playwright, video))
            context = stack.enter_context(browsers.desk_context(seeing, address))
            watch.over(context)
            browsers.sign_in(context, persona)
            return context.new_page()

        yield open_page
