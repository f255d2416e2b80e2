"""What a browser fetches to keep a page as an app: open to anyone, asked for anew each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from verify.assets import static_dir

DESK: Final = "/desk.webmanifest"
WALLET: Final = "/wallet.webmanifest"
MANIFEST: Final = "application/manifest+json; charset=utf-8"
SCRIPT: Final = "text/javascript; charset=utf-8"
NAMES: Final = (
    (DESK, "zh", "亮证 · 核验台"),
    (DESK, "en", "Liangzheng · Desk"),
    (WALLET, "zh", "亮证 · 我的证照"),
    (WALLET, "en", "Liangzheng · My licences"),
)


@pytest.fixture
def browser(shared_app: Flask) -> FlaskClient:
    """A browser of nobody."""
    return shared_app.test_client()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/desk-worker.js", SCRIPT),
        ("/wallet-worker.js", SCRIPT),
        (DESK, MANIFEST),
        (WALLET, MANIFEST),
    ],
)
def test_it_is_for_anyone_and_never_stale(browser: FlaskClient, address: str, kind: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert (answer.content_type, answer.headers["Cache-Control"]) == (kind, "no-cache")
    assert "Set-Cookie" not in answer.headers
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (browser.get(address, headers=known).status_code) == 304


@pytest.mark.parametrize(("address", "language", "name"), NAMES)
def test_the_app_is_named_in_the_language_of_who_keeps_it(
    browser: FlaskClient, address: str, language: str, name: str
) -> None:
    browser.set_cookie("lang", language)
    assert manifest(browser, address)["name"] == name


def test_the_desk_begins_and_ends_at_the_desk(browser: FlaskClient) -> None:
    of_desk = manifest(browser, DESK)
    assert of_desk["start_url"] == of_desk["scope"] == "/desk"


def test_the_wallet_begins_with_the_licences_and_signing_in_is_of_it(browser: FlaskClient) -> None:
    of_wallet = manifest(browser, WALLET)
    assert (of_wallet["id"], of_wallet["start_url"], of_wallet["scope"]) == (
        "/wallet", "/wallet", "/",
    )  # fmt: skip
    assert of_wallet["display"] == "standalone"
    assert [one["name"] for one in of_wallet["shortcuts"]] == ["亮码", "使用记录", "手机丢了"]
    for one in of_wallet["shortcuts"]:
        # Nobody is signed in here, so the page is there and asks who it is.
        assert browser.get(one["url"], headers={"Accept": "text/html"}).status_code == 401


@pytest.mark.parametrize("address", [DESK, WALLET])
def test_its_icons_are_as_large_as_it_says(browser: FlaskClient, address: str) -> None:
    told = manifest(browser, address)
    own = {(icon["sizes"], icon.get("purpose", "any")) for icon in told["icons"]}
    assert own == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in (*told["icons"], *pictures_of_shortcuts(told)):
        assert size(icon) == icon["sizes"]


def test_nobody_needs_to_be_signed_in_for_the_page_without_a_network(browser: FlaskClient) -> None:
    answer = browser.get("/wallet/offline")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "带证件原件到窗口" in answer.text


def manifest(browser: FlaskClient, address: str) -> dict[str, Any]:
    told: dict[str, Any] = browser.get(address).get_json(force=True)
    return told


def pictures_of_shortcuts(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in told.get("shortcuts", []):
        yield from one["icons"]


def size(icon: dict[str, Any]) -> str:
    with Image.open(static_dir() / icon["src"].split("/", 3)[3]) as picture:
        return f"{picture.width}x{picture.height}"
