"""A running demo and real browsers: a phone and a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.support import browser as browsers
from tests.support.server import running_demo

OpenPage = Callable[[str], Page]
"""persona → a page on which it has signed in."""


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
    with browsers.playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a video of its own."""
    with browsers.chromium(playwright) as started:
        yield started


@pytest.fixture
def open_phone(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Opens phones; each has its own cookies."""
    with ExitStack() as stack:

        def open_page(persona: str) -> Page:
            context = stack.enter_context(browsers.phone_context(browser, address))
            browsers.sign_in(context, persona)
            return context.new_page()

        yield open_page


@pytest.fixture
def open_desk(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Opens desks; each has its own cookies."""
    with ExitStack() as stack:

        def open_page(persona: str) -> Page:
            context = stack.enter_context(browsers.desk_context(browser, address))
            browsers.sign_in(context, persona)
            return context.new_page()

        yield open_page


@pytest.fixture
def open_desk_with_camera(
    playwright: Playwright, address: str
) -> Iterator[Callable[[str, Path], Page]]:
    """Opens desks whose camera plays a video: (persona, MJPEG file) → page."""
    with ExitStack() as stack:

        def open_page(persona: str, video: Path) -> Page:
            seeing = stack.enter_context(browsers.chromium(playwright, video))
            context = stack.enter_context(browsers.desk_context(seeing, address))
            browsers.sign_in(context, persona)
            return context.new_page()

        yield open_page
