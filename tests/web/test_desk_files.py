"""What a desk's browser fetches to keep the page: open to anyone, asked for anew each time."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from PIL import Image

from verify.assets import static_dir


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/desk-worker.js", "text/javascript; charset=utf-8"),
        ("/desk.webmanifest", "application/manifest+json; charset=utf-8"),
    ],
)
def test_it_is_for_anyone_and_never_stale(shared_app: Flask, address: str, kind: str) -> None:
    answer = shared_app.test_client().get(address)
    assert answer.status_code == 200
    assert (answer.content_type, answer.headers["Cache-Control"]) == (kind, "no-cache")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("language", "name"), [("zh", "亮证 · 核验台"), ("en", "Liangzheng · Desk")]
)
def test_the_app_is_named_in_the_clerks_language(
    shared_app: Flask, language: str, name: str
) -> None:
    client = shared_app.test_client()
    client.set_cookie("lang", language)
    manifest = client.get("/desk.webmanifest").get_json(force=True)
    assert manifest["name"] == name
    assert manifest["start_url"] == manifest["scope"] == "/desk"


def test_its_icons_are_as_large_as_it_says(shared_app: Flask) -> None:
    manifest = shared_app.test_client().get("/desk.webmanifest").get_json(force=True)
    assert {size(icon): icon["sizes"] for icon in manifest["icons"]} == {
        "192x192": "192x192",
        "512x512": "512x512",
    }


def size(icon: dict[str, Any]) -> str:
    with Image.open(static_dir() / icon["src"].split("/", 3)[3]) as picture:
        return f"{picture.width}x{picture.height}"
