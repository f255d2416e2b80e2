"""Debian's Chromium, driven by Playwright, with a video file as its camera where one is given."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    sync_playwright,
)

from wallet.web.cookies import CSRF_COOKIE

APT = "apt-get install -y chromium fonts-noto-cjk"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)

OpenPage = Callable[[str | None], Page]
"""persona → a page on which it has signed in; None → a page of nobody."""
OpenSeeingPage = Callable[[str, Path], Page]
"""(persona, MJPEG file) → a page on which it has signed in and whose camera plays the file."""


@contextmanager
def playwright() -> Iterator[Playwright]:
    """Playwright for one test run."""
    with sync_playwright() as started:
        yield started


@contextmanager
def chromium(started: Playwright, camera: Path | None = None) -> Iterator[Browser]:
    """A browser; `camera` is an MJPEG file (concatenated JPEGs) that plays over and over."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        raise RuntimeError(f"the tests need Chromium; install it with: {APT}")
    video = [f"--use-file-for-fake-video-capture={camera}"] if camera else []
    browser = started.chromium.launch(executable_path=executable, args=[*_ARGUMENTS, *video])
    try:
        yield browser
    finally:
        browser.close()


def phone_context(
    browser: Browser, address: str, scheme: Literal["light", "dark"] = "light"
) -> BrowserContext:
    """A phone of 390 × 844 with touch."""
    return browser.new_context(
        base_url=address,
        viewport=PHONE,
        color_scheme=scheme,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )


def desk_context(browser: Browser, address: str) -> BrowserContext:
    """A desk of 1280 × 800 whose camera may be used."""
    return browser.new_context(
        base_url=address,
        viewport=DESK,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["camera"],
    )


def sign_in(context: BrowserContext, persona: str) -> None:
    """Sign a persona of the demo in, in this browser context."""
    answer = context.request.post("/demo/session", form={"persona": persona})
    assert answer.ok, answer.status


def sign_out_elsewhere(started: Playwright, address: str, context: BrowserContext) -> None:
    """End this context's session at the server; its pages are not told."""
    kept = context.storage_state()
    token = next(one["value"] for one in kept["cookies"] if one["name"] == CSRF_COOKIE)
    other = started.request.new_context(base_url=address, storage_state=kept)
    answer = other.post("/sign-out", form={"csrf_token": token})
    assert answer.ok, answer.status
    other.dispose()
