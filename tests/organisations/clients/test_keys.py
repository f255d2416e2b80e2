"""A client's own public keys: all that are good are told at once, and one that is left out ends at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from tests.support.assertions import ask_with, assertion_claims, client_key, signed_assertion
from tests.support.clock import Clock
from tests.support.people import Machine, Visitor, sign_in
from tests.support.showing import refusal
from tests.support.units import BESIDE, manager_at, told
from wallet import numbers

CLIENT = "demo-relying"


@pytest.fixture
def sun(app: Flask) -> Visitor:
    """The manager of the city."""
    return sign_in(app, "manager-sun")


def _put(who: Visitor, *keys: Any) -> TestResponse:
    path = f"/api/v1/clients/{CLIENT}/keys"
    return who.http.put(path, json={"keys": list(keys)}, headers=who._csrf())


def _public(key: ECKey, **changes: Any) -> dict[str, Any]:
    members = key.as_dict(private=False) | changes
    return {name: value for name, value in members.items() if value is not None}


def _asks(app: Flask, key: ECKey, clock: Clock) -> TestResponse:
    return ask_with(app, signed_assertion(assertion_claims(CLIENT, clock.now), key))


def test_two_keys_are_good_side_by_side_and_one_that_is_left_out_is_not(
    app: Flask, sun: Visitor, clock: Clock
) -> None:
    old, new = client_key("2026"), client_key("2027")
    assert _put(sun, _public(old)).status_code == 204
    token = _asks(app, old, clock).get_json()["access_token"]
    assert _put(sun, _public(old), _public(new)).status_code == 204
    assert [_asks(app, key, clock).status_code for key in (old, new)] == [200, 200]
    assert Machine(app, token).get("/api/v1/me").status_code == 200
    assert _put(sun, _public(new)).status_code == 204
    assert [_asks(app, key, clock).status_code for key in (old, new)] == [401, 200]
    assert Machine(app, token).get("/api/v1/me").status_code == 401
    (seen,) = (
        one
        for one in sun.get("/api/v1/clients?limit=200").get_json()["items"]
        if one["client_id"] == CLIENT
    )
    assert seen["keys"] == ["2027"]
    assert told(app, "client.keys_set")[-1]["keys"] == [new.thumbprint()]


def test_without_keys_assertions_prove_nothing_any_more(
    app: Flask, sun: Visitor, clock: Clock
) -> None:
    key = client_key()
    assert _put(sun, _public(key)).status_code == 204
    assert _put(sun).status_code == 204
    assert _asks(app, key, clock).status_code == 401


@pytest.mark.parametrize(
    "key",
    [
        _public(client_key(), kid=None),
        _public(client_key(), kid=""),
        _public(client_key(), kid="k" * 65),
        _public(client_key(), kid="k\n"),
        _public(client_key(), kid=7),
        _public(client_key(), use="enc"),
        _public(client_key(), alg="HS256"),
        _public(client_key(), x=None),
        _public(client_key(), x="AAAA"),
        _public(client_key(), y=["x"]),
        client_key().as_dict(private=True),
        ECKey.generate_key("P-384", {"kid": "k1"}).as_dict(private=False),
        RSAKey.generate_key(2048, {"kid": "k1"}).as_dict(private=False),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k1"},
        {},
    ],
    ids=range(15),
)
def test_any_other_key_is_refused(shared_app: Flask, key: dict[str, Any]) -> None:
    sun = sign_in(shared_app, "manager-sun")
    assert refusal(_put(sun, key)) == (422, "invalid_key")
    assert told(shared_app, "client.keys_set") == []


def test_two_of_one_name_and_more_than_four_are_refused(shared_app: Flask) -> None:
    sun = sign_in(shared_app, "manager-sun")
    assert refusal(_put(sun, _public(client_key()), _public(client_key()))) == (422, "invalid_key")
    many = [_public(client_key(f"k{n}")) for n in range(numbers.CLIENT_KEYS + 1)]
    assert _put(sun, *many).status_code == 422
    assert _put(sun, "no key").status_code == 422


def test_a_manager_beside_finds_no_such_client(app: Flask) -> None:
    assert _put(manager_at(app, BESIDE)).status_code == 404


def test_an_ended_client_takes_no_keys(app: Flask, sun: Visitor) -> None:
    assert sun.delete(f"/api/v1/clients/{CLIENT}").status_code == 204
    assert refusal(_put(sun, _public(client_key()))) == (409, "client_ended")
