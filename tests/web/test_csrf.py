"""A cookie session changes nothing without its CSRF token, and cannot be fixed beforehand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.http import parse_cookie

from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from wallet.app import create_app
from wallet.config import Config
from wallet.web.cookies import CSRF_HEADER

UNSAFE = [
    ("POST", "/api/v1/me/codes"),
    ("POST", "/api/v1/me/codes/x/next"),
    ("DELETE", "/api/v1/me/codes/x"),
    ("POST", "/api/v1/public/verifications"),
    ("POST", "/sign-out"),
]


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_without_the_right_token_nothing_is_done(shared_app: Flask, method: str, path: str) -> None:
    visitor, another = (sign_in(shared_app, "holder-li") for _ in range(2))
    for token in (None, "", "0" * 64, "汉", another._csrf()[CSRF_HEADER]):
        headers = {} if token is None else {CSRF_HEADER: token.encode().decode("latin-1")}
        answer = visitor.http.open(path, method=method, json={"licences": []}, headers=headers)
        assert (answer.status_code, answer.get_json()["slug"]) == (403, "csrf_failed")
    assert visitor.get("/api/v1/me").status_code == 200


def test_the_right_token_passes_in_the_header_or_in_a_form(shared_app: Flask) -> None:
    visitor = sign_in(shared_app, "holder-li")
    assert visitor.post("/api/v1/me/codes", {"licences": []}).status_code == 422
    cookie = visitor.http.get_cookie("csrf_token")
    assert cookie is not None
    answer = visitor.http.post("/sign-out", data={"csrf_token": cookie.value})
    assert answer.status_code == 302
    assert visitor.get("/api/v1/me").status_code == 401


def test_reading_needs_no_token(shared_app: Flask) -> None:
    visitor = sign_in(shared_app, "holder-li")
    for method in ("GET", "HEAD", "OPTIONS"):
        assert visitor.http.open("/api/v1/me", method=method).status_code == 200


@pytest.mark.parametrize(
    "override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
)
def test_a_method_override_is_ignored(shared_app: Flask, override: str) -> None:
    visitor = sign_in(shared_app, "holder-li")
    answer = visitor.get("/api/v1/me/codes/x?_method=DELETE", headers={override: "DELETE"})
    assert answer.status_code == 404
    posted = visitor.http.post("/api/v1/me", headers={override: "GET"}, data={"_method": "GET"})
    assert posted.status_code == 405


def test_each_sign_in_gives_a_new_session_whatever_the_browser_brought(shared_app: Flask) -> None:
    visitor = Visitor(shared_app)
    visitor.http.set_cookie("session", "h.fixed-by-someone-else")
    tokens = ["h.fixed-by-someone-else"]
    for _ in range(3):
        assert visitor.http.post("/demo/session", data={"persona": "holder-li"}).status_code == 303
        cookie = visitor.http.get_cookie("session")
        assert cookie is not None
        tokens.append(cookie.value)
    assert len(set(tokens)) == 4


def test_signing_in_over_a_live_session_of_another_person_leaves_that_person_out(
    shared_app: Flask,
) -> None:
    visitor = sign_in(shared_app, "holder-li")
    first = visitor.get("/api/v1/me").get_json()["account"]
    visitor.http.post("/demo/session", data={"persona": "holder-elder"})
    assert visitor.get("/api/v1/me").get_json()["account"] != first


def _attributes(header: str) -> set[str]:
    return {part.strip() for part in header.split(";")[1:]}


@pytest.mark.parametrize("https", [False, True])
def test_cookies_carry_the_flags_of_the_public_address(config: Config, *, https: bool) -> None:
    address = "https://lz.example" if https else "http://lz.example"
    app = create_app(replace(config, public_url=address))
    answer = app.test_client().post("/demo/session", data={"persona": "holder-li"})
    headers = {
        next(iter(parse_cookie(header))): _attributes(header)
        for header in answer.headers.getlist("Set-Cookie")
    }
    secure = {"Secure"} if https else set()
    name = "__Host-session" if https else "session"
    assert headers == {
        name: {"HttpOnly", "Path=/", "SameSite=Lax"} | secure,
        "csrf_token": {"Path=/", "SameSite=Lax"} | secure,
    }
    deps_of(app).db.close()


@pytest.mark.parametrize(
    ("address", "demo", "told"),
    [
        ("https://lz.example", False, True),
        ("https://lz.example", True, False),
        ("http://lz.example", False, False),
    ],
)
def test_a_browser_is_told_to_keep_to_https_where_it_will_last(
    config: Config, address: str, *, demo: bool, told: bool
) -> None:
    app = create_app(replace(config, public_url=address, demo=demo))
    answer = app.test_client().get("/healthz")
    assert ("Strict-Transport-Security" in answer.headers) is told
    deps_of(app).db.close()


def test_over_https_a_session_cookie_without_the_host_prefix_is_nobody(config: Config) -> None:
    app = create_app(replace(config, public_url="https://lz.example"))
    browser = app.test_client()
    browser.post("/demo/session", data={"persona": "holder-li"}, base_url="https://lz.example")
    cookie = browser.get_cookie("__Host-session", domain="lz.example")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("session", cookie.value, domain="lz.example")
    assert thief.get("/api/v1/me", base_url="https://lz.example").status_code == 401
    assert browser.get("/api/v1/me", base_url="https://lz.example").status_code == 200
    deps_of(app).db.close()
