"""`POST /oauth/token` with `private_key_jwt` (RFC 7523): short-lived, for us, and good once."""

from __future__ import annotations

from typing import Any, Final

import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.assertions import (
    ask_with,
    assertion_claims,
    client_key,
    register_key,
    signed_assertion,
)
from tests.support.clock import Clock
from tests.support.demo import PUBLIC_URL
from tests.support.shared import deps_of
from wallet import numbers
from wallet.organisations.model import ClientAssertion

CLIENT: Final = "demo-issuer"
TOLERANCE: Final = 30


@pytest.fixture(scope="module")
def key(shared_app: Flask) -> ECKey:
    """A key whose public half is registered for the client, which keeps its secret."""
    made = client_key()
    register_key(deps_of(shared_app), CLIENT, made)
    return made


def _claims(clock: Clock, **changes: Any) -> dict[str, Any]:
    return assertion_claims(CLIENT, clock.now, **changes)


def _assertions_seen(app: Flask) -> int:
    with deps_of(app).db.read() as tx:
        return tx.execute(select(func.count()).select_from(ClientAssertion)).scalar_one()


def _assert_refused(answer: TestResponse) -> None:
    assert answer.content_type == "application/problem+json"
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client"), answer.text


@pytest.mark.parametrize("audience", [PUBLIC_URL, f"{PUBLIC_URL}/oauth/token"])
def test_an_assertion_gives_a_token_that_works(
    shared_app: Flask, clock: Clock, key: ECKey, audience: str
) -> None:
    answer = ask_with(shared_app, signed_assertion(_claims(clock, aud=audience), key))
    assert answer.status_code == 200, answer.text
    bearer = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
    assert shared_app.test_client().get("/api/v1/me", headers=bearer).status_code == 200


def test_an_assertion_is_good_once(shared_app: Flask, clock: Clock, key: ECKey) -> None:
    assertion = signed_assertion(_claims(clock), key)
    assert ask_with(shared_app, assertion).status_code == 200
    _assert_refused(ask_with(shared_app, assertion))
    _assert_refused(
        ask_with(
            shared_app, signed_assertion(_claims(clock, jti="same"), key).replace(".", ".A", 1)
        )
    )
    same = _claims(clock, jti="same")
    assert ask_with(shared_app, signed_assertion(same, key)).status_code == 200
    _assert_refused(ask_with(shared_app, signed_assertion(same | {"iat": same["iat"] - 1}, key)))


def test_an_assertion_may_last_five_minutes_and_no_longer(
    shared_app: Flask, clock: Clock, key: ECKey
) -> None:
    now = int(clock.now.timestamp())
    longest = now + numbers.CLIENT_ASSERTION_LIFE_MAX + TOLERANCE
    assert (
        ask_with(shared_app, signed_assertion(_claims(clock, exp=longest), key)).status_code == 200
    )
    _assert_refused(ask_with(shared_app, signed_assertion(_claims(clock, exp=longest + 1), key)))


def test_an_expired_assertion_is_refused(shared_app: Flask, clock: Clock, key: ECKey) -> None:
    now = int(clock.now.timestamp())
    assert (
        ask_with(
            shared_app, signed_assertion(_claims(clock, exp=now - TOLERANCE + 5), key)
        ).status_code
        == 200
    )
    _assert_refused(
        ask_with(shared_app, signed_assertion(_claims(clock, exp=now - TOLERANCE - 5), key))
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": None},
        {"aud": 7},
        {"aud": []},
        {"iss": "demo-relying"},
        {"iss": None},
        {"sub": "demo-relying", "iss": "demo-relying"},
        {"sub": "nobody", "iss": "nobody"},
        {"sub": f"{CLIENT}\0", "iss": f"{CLIENT}\0"},
        {"sub": None},
        {"sub": 7, "iss": 7},
        {"sub": ["demo-issuer"]},
        {"sub": {"a": 1}},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": ["x"]},
        {"jti": "j" * 129},
        {"jti": "j\0"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": 10**400},
        {"exp": -1},
        {"exp": [1]},
        {"iat": "now"},
        {"iat": 10**30},
        {"nbf": 10**30},
    ],
)
def test_wrong_claims_are_refused(
    shared_app: Flask, clock: Clock, key: ECKey, changes: dict[str, Any]
) -> None:
    before = _assertions_seen(shared_app)
    _assert_refused(ask_with(shared_app, signed_assertion(_claims(clock, **changes), key)))
    assert _assertions_seen(shared_app) == before


GARBAGE: Final = [
    "",
    ".",
    "..",
    "...",
    "a.b.c",
    "eyJhbGciOiJub25lIn0.e30.",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJkZW1vLWlzc3VlciJ9.",
    "W10.W10.AA",
    "bnVsbA.bnVsbA.AA",
    "eyJhbGciOjd9.e30.AA",
    "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsieCJdfQ.e30.AA",
    "汉字.汉字.汉字",
    "\0",
    "%00",
    "A" * 30_000,
    "eyJ" * 5_000 + ".e30.AA",
]


@pytest.mark.parametrize("assertion", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_and_never_a_fault(
    shared_app: Flask, key: ECKey, assertion: str
) -> None:
    assert key.kid == "k1"
    _assert_refused(ask_with(shared_app, assertion))


def test_an_assertion_signed_by_another_key_is_refused(
    shared_app: Flask, clock: Clock, key: ECKey
) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "k1"})
    _assert_refused(ask_with(shared_app, signed_assertion(_claims(clock), stranger)))


def test_an_assertion_of_a_client_without_registered_keys_is_refused(
    shared_app: Flask, clock: Clock, key: ECKey
) -> None:
    claims = _claims(clock, iss="demo-relying", sub="demo-relying")
    _assert_refused(ask_with(shared_app, signed_assertion(claims, key)))


def test_another_type_of_assertion_is_refused(shared_app: Flask, clock: Clock, key: ECKey) -> None:
    saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
    _assert_refused(
        ask_with(shared_app, signed_assertion(_claims(clock), key), client_assertion_type=saml)
    )
