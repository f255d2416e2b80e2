"""A provider that is down, slow or talks nonsense: a page that says what to do, and desks go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.support.false_provider import (
    DISCOVERY,
    KEYS,
    TOKEN,
    USERINFO,
    FalseProvider,
    Traveller,
)
from tests.support.identity import CLIENT_ID, SECRET
from tests.support.peers import dripping_peer
from tests.support.people import sign_in
from tests.support.server import free_port
from tests.support.shared import deps_of
from tests.support.staff import send_form
from wallet import numbers
from wallet.app import create_app
from wallet.config import Config, OidcClient
from wallet.web.oidc import provider as providers

PAGE = {"Accept": "text/html"}
NONSENSE: list[tuple[int, Any]] = [
    (200, b""),
    (200, b"{"),
    (200, b"<html>"),
    (200, b"[" * 100_000),
    (200, []),
    (200, {}),
    (302, {}),
    (404, {}),
    (500, {}),
    (503, b"down"),
    (200, b'{"a": "' + b"x" * numbers.OIDC_ANSWER_MAX + b'"}'),
]


def is_away(traveller: Traveller, path: str = "/sign-in/citizen") -> None:
    """Nobody is sent anywhere, and told of the counter."""
    answer = traveller.get(path, headers=PAGE)
    assert answer.status_code == 503
    assert 'data-slug="away"' in answer.text
    assert "带身份证到窗口办理" in answer.text


def rested(traveller: Traveller) -> None:
    """Let the time pass for which the process leaves the provider alone."""
    for provider in traveller.http.application.extensions["liangzheng.identity_providers"].values():
        provider._rest_until = 0.0


@pytest.mark.parametrize("said", NONSENSE, ids=lambda said: f"{said[0]} {str(said[1])[:12]}")
def test_discovery_that_is_none(traveller: Traveller, said: tuple[int, Any]) -> None:
    traveller.provider.instead[DISCOVERY] = said
    is_away(traveller)
    del traveller.provider.instead[DISCOVERY]
    is_away(traveller)  # left alone for a while
    assert traveller.provider.asked[DISCOVERY] == 1
    rested(traveller)
    assert traveller.sign_in().status_code == 303


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://evil.example/"},
        {"token_endpoint": "/token"},
        {"token_endpoint": "http://["},
        {"jwks_uri": 7},
        {"userinfo_endpoint": "http://evil.example/"},
        {"end_session_endpoint": ["x"]},
    ],
)
def test_discovery_that_leads_astray(traveller: Traveller, changed: dict[str, Any]) -> None:
    traveller.provider.instead[DISCOVERY] = 200, traveller.provider.discovery(**changed)
    is_away(traveller)


@pytest.mark.parametrize(
    "said",
    [*NONSENSE[:5], *NONSENSE[8:], (429, {})],
    ids=lambda said: f"{said[0]} {str(said[1])[:9]}",
)
@pytest.mark.parametrize("address", [TOKEN, KEYS, USERINFO])
def test_an_answer_that_does_not_come_back(
    traveller: Traveller, address: str, said: tuple[int, Any]
) -> None:
    request = traveller.leave("/sign-in/citizen?next=/wallet/uses")
    traveller.provider.instead[address] = said
    answer = traveller.come_back(request)
    assert answer.status_code == 503
    assert 'href="/sign-in/citizen?anew=1&amp;next=/wallet/uses"' in answer.text
    assert traveller.who() is None
    is_away(traveller)


@pytest.mark.parametrize(
    "said",
    [
        (404, {}),
        (302, {}),
        (413, b"<html>"),
        (400, {"error": "x" * 5000}),
        (401, {"error": ["a"]}),
        (400, {}),
    ],
)
def test_a_provider_that_says_no(traveller: Traveller, said: tuple[int, Any]) -> None:
    traveller.provider.instead[TOKEN] = said
    answer = traveller.sign_in()
    assert (answer.status_code, 'data-slug="refused"' in answer.text) == (400, True)
    del traveller.provider.instead[TOKEN]
    assert traveller.sign_in().status_code == 303


def test_a_provider_that_takes_the_secret_in_the_body_alone(traveller: Traveller) -> None:
    methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    traveller.provider.instead[DISCOVERY] = 200, traveller.provider.discovery(**methods)
    forms: list[str] = []
    answer = traveller.provider.answer

    def noting(method: str, path: str, headers: Any, body: str) -> Any:
        forms.append(body)
        return answer(method, path, headers, body)

    traveller.provider.answer = noting  # type: ignore[method-assign]
    traveller.sign_in()
    assert any("client_secret=" in form for form in forms)


def test_a_provider_without_the_rest_signs_in_all_the_same(traveller: Traveller) -> None:
    less = {"userinfo_endpoint": None, "end_session_endpoint": "",
            "authorization_response_iss_parameter_supported": None}  # fmt: skip
    provider = traveller.provider
    provider.instead[DISCOVERY] = 200, provider.discovery(**less)
    provider.mend = lambda claims: claims | provider.person
    assert traveller.come_back(traveller.leave(), iss=None).status_code == 303
    assert traveller.who() == "李明"
    answer = send_form(traveller, "/sign-out")
    assert (answer.status_code, answer.location) == (302, "/")


def test_nobody_is_sent_to_sign_out_at_a_provider_that_is_away(traveller: Traveller) -> None:
    traveller.sign_in()
    provider = traveller.http.application.extensions["liangzheng.identity_providers"]["citizen"]
    provider._endpoints_until = 0.0
    traveller.provider.instead[DISCOVERY] = 503, {}
    is_away(traveller)
    answer = send_form(traveller, "/sign-out")
    assert (answer.status_code, answer.location) == (302, "/")
    assert traveller.who() is None


@pytest.fixture
def away(config: Config, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes apps whose provider is at some address, and given up soon."""
    made: list[Flask] = []
    monkeypatch.setattr(numbers, "OIDC_WAIT", 0.3)

    def at(issuer: str) -> Flask:
        client = OidcClient(issuer, CLIENT_ID, SECRET, "openid")
        made.append(create_app(replace(config, oidc_citizen=client)))
        return made[-1]

    yield at
    for app in made:
        deps_of(app).db.close()


def test_nobody_listens(away: Any, provider: FalseProvider) -> None:
    is_away(Traveller(away(f"http://127.0.0.1:{free_port()}"), provider))


def test_headers_that_never_end_keep_nobody_waiting(
    away: Any, provider: FalseProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dripping_peer() as issuer:
        app = away(issuer)
        is_away(Traveller(app, provider))
        asked: list[str] = []
        monkeypatch.setattr(providers, "_exchange", lambda *_: asked.append("again"))
        is_away(Traveller(app, provider))
        assert asked == []
        assert sign_in(app, "desk-zhao").get("/api/v1/me").status_code == 200
