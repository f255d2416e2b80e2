"""Whoever signs in goes on to where they were, on this host."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from wallet import numbers

PAGE = {"Accept": "text/html"}
ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
    "javascript:alert(1)", "/\t/evil.example", "/\r\nSet-Cookie: a=b", "", "/" + "x" * 512,
]  # fmt: skip


@pytest.mark.parametrize("next_path", ELSEWHERE)
def test_nobody_is_led_elsewhere(shared_app: Flask, next_path: str) -> None:
    visitor = Visitor(shared_app)
    answer = visitor.http.post("/demo/session", data={"persona": "holder-li", "next": next_path})
    assert (answer.status_code, answer.location) == (303, "/")
    answer = visitor.get("/", query_string={"next": next_path})
    assert answer.location == "/wallet"


def test_a_session_that_ended_in_the_middle_leads_to_sign_in_and_back(
    app: Flask, clock: Clock
) -> None:
    visitor = sign_in(app, "holder-li")
    clock.advance(numbers.HOLDER_SESSION_IDLE)
    ended = visitor.get("/wallet/uses?cursor=a", headers=PAGE)
    assert ended.status_code == 401
    assert 'href="/?next=/wallet/uses%3Fcursor%3Da"' in ended.text
    page = visitor.get("/?next=/wallet/uses%3Fcursor%3Da")
    assert '<input type="hidden" name="next" value="/wallet/uses?cursor=a">' in page.text
    signed_in = visitor.http.post(
        "/demo/session", data={"persona": "holder-li", "next": "/wallet/uses"}
    )
    assert (signed_in.status_code, signed_in.location) == (303, "/wallet/uses")


def test_who_is_signed_in_already_goes_on(shared_app: Flask) -> None:
    answer = sign_in(shared_app, "holder-li").get("/?next=/wallet/uses")
    assert (answer.status_code, answer.location) == (302, "/wallet/uses")


def test_a_sign_in_ends_the_session_that_the_browser_brought(app: Flask) -> None:
    visitor = sign_in(app, "holder-li")
    cookie = visitor.http.get_cookie("session")
    assert cookie is not None
    visitor.http.post("/demo/session", data={"persona": "desk-zhao"})
    thief = Visitor(app)
    thief.http.set_cookie("session", cookie.value)
    assert thief.get("/api/v1/me").status_code == 401
