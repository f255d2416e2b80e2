"""Pages are sent packed to who can unpack them, and their length tells nothing."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask

from tests.support.people import sign_in

PACKED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("path", ["/", "/catalogue", "/v"])
def test_a_page_is_packed_for_a_browser_that_unpacks(shared_app: Flask, path: str) -> None:
    browser = shared_app.test_client()
    packed, plain = browser.get(path, headers=PACKED), browser.get(path)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_length == len(packed.data)


def test_a_page_for_one_person_is_packed_too_and_still_not_kept(shared_app: Flask) -> None:
    answer = sign_in(shared_app, "holder-li").get("/wallet", headers=PACKED)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_length_of_a_packed_page_is_another_each_time(shared_app: Flask) -> None:
    browser = shared_app.test_client()
    lengths = {len(browser.get("/", headers=PACKED).data) for _ in range(30)}
    assert len(lengths) > 5


@pytest.mark.parametrize("path", ["/api/v1/catalogue", "/healthz", "/desk-worker.js"])
def test_nothing_but_a_page_is_packed_on_its_way(shared_app: Flask, path: str) -> None:
    answer = shared_app.test_client().get(path, headers=PACKED)
    assert "Content-Encoding" not in answer.headers
