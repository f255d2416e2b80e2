"""What every answer carries, and what a stranger's request cannot make it say."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.demo import PUBLIC_URL
from tests.support.people import Visitor, sign_in

ANSWERS = {
    "/": 200,
    "/v": 200,
    "/catalogue": 200,
    "/catalogue/nothing": 404,
    "/wallet": 401,
    "/api/docs": 200,
    "/api/openapi.json": 200,
    "/api/v1/catalogue": 200,
    "/api/v1/me": 401,
    "/api/v1/nothing": 404,
    "/.well-known/jwks.json": 200,
    "/healthz": 200,
    "/static/css/base.css": 200,
    "/static/nothing": 404,
    "/preferences": 302,
}


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_answer_carries_the_security_headers(
    shared_app: Flask, path: str, accept: str
) -> None:
    with shared_app.test_client() as browser:
        answer = browser.get(path, headers={"Accept": accept, "Origin": "https://evil.example"})
        assert answer.status_code == ANSWERS[path]
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["Content-Security-Policy"].split(";")
        )
        answer.close()
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe-inline" not in str(policy)
    assert "'unsafe-eval'" not in policy["script-src"].split()
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert [name for name, _value in answer.headers if name.startswith("Access-Control")] == []
    assert "Server" not in answer.headers


def test_personal_answers_are_not_kept_by_caches(shared_app: Flask) -> None:
    visitor = sign_in(shared_app, "holder-li")
    for path in ("/wallet", "/api/v1/me", "/api/v1/me/licences", "/api/v1/me/uses", "/account"):
        assert visitor.get(path).headers["Cache-Control"] == "no-store"


def test_a_preflight_from_elsewhere_is_granted_nothing(shared_app: Flask) -> None:
    answer = shared_app.test_client().options(
        "/api/v1/public/verifications",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert [name for name, _value in answer.headers if name.startswith("Access-Control")] == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "evil.example:80@x"])
def test_the_host_header_enters_neither_codes_nor_redirects(shared_app: Flask, host: str) -> None:
    visitor = sign_in(shared_app, "holder-li")
    licences = visitor.get("/api/v1/me/licences").get_json()["items"]
    identifier = next(entry["identifier"] for entry in licences if entry["status"] == "valid")
    spoofed = {"Host": host, "X-Forwarded-Host": "evil.example", **visitor._csrf()}
    cookie = visitor.http.get_cookie("session")
    assert cookie is not None
    stranger = shared_app.test_client(use_cookies=False)
    opened = stranger.post(
        "/api/v1/me/codes",
        json={"licences": [identifier]},
        headers={**spoofed, "Cookie": f"session={cookie.value}"},
    )
    assert opened.status_code in (201, 400)
    if opened.status_code == 201:
        assert opened.get_json()["text"].startswith(f"{PUBLIC_URL}/v#")
    assert "evil" not in opened.text
    redirected = stranger.get("/preferences?next=/wallet", headers={"Host": host})
    assert redirected.headers.get("Location", "/wallet") == "/wallet"


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("/wallet", "/wallet"),
        ("/wallet?x=1", "/wallet?x=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        (" //evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("evil.example", "/"),
        ("", "/"),
    ],
)
def test_a_redirect_stays_on_this_host(shared_app: Flask, target: str, place: str) -> None:
    answer = shared_app.test_client().get("/preferences", query_string={"next": target})
    assert (answer.status_code, answer.location) == (302, place)


def test_only_known_preferences_are_kept(shared_app: Flask) -> None:
    visitor = Visitor(shared_app)
    visitor.get("/preferences?lang=xx&care=yes")
    assert visitor.http.get_cookie("lang") is None
    assert visitor.http.get_cookie("care") is None
    visitor.get("/preferences?lang=en&care=1")
    assert '<html lang="en"' in visitor.get("/").text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/..%2fpyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/css/../../pyproject.toml",
        "/static//etc/passwd",
        "/static/..\\pyproject.toml",
        "/static/%00",
        "/static/css",
        "/static/",
    ],
)
def test_static_files_do_not_lead_out_of_their_folder(shared_app: Flask, path: str) -> None:
    answer = shared_app.test_client().get(path, follow_redirects=True)
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/v1/me", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/api/v1/licences", {"POST", "OPTIONS"}),
        ("PUT", "/api/v1/me/codes/x", {"GET", "HEAD", "OPTIONS", "DELETE"}),
        ("TRACE", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/oauth/token", {"POST", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_allowed_is_405_and_says_which_are(
    shared_app: Flask, method: str, path: str, allowed: set[str]
) -> None:
    answer = shared_app.test_client().open(path, method=method)
    assert (answer.status_code, answer.get_json()["slug"]) == (405, "method_not_allowed")
    assert {name.strip() for name in answer.headers["Allow"].split(",")} == allowed
