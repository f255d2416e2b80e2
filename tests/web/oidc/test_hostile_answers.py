"""Whatever comes back that is not exactly right signs nobody in, and is no error of the server."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.false_provider import (
    DISCOVERY,
    KEY,
    KEYS,
    OTHER_KEY,
    TOKEN,
    USERINFO,
    Claims,
    FalseProvider,
    Traveller,
    signed,
)
from tests.support.identity import CLIENT_ID, SECRET
from tests.support.shared import deps_of
from wallet import numbers
from wallet.web.oidc.attempt import UsedAttempt
from wallet.worker import work_once


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], claims: Claims, signature: str = "") -> str:
    """A token with any header and signature."""
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}.{signature}"


def hmac_with(key: bytes) -> Callable[[Claims], str]:
    """Signed with HS256 under a key that others know."""

    def sign(claims: Claims) -> str:
        signing = unsigned({"alg": "HS256", "kid": "one"}, claims).rstrip(".")
        return f"{signing}.{b64(hmac.digest(key, signing.encode(), sha256))}"

    return sign


def refused(traveller: Traveller, answer: TestResponse, reason: str, status: int = 400) -> None:
    """Nobody is signed in, and a page says why, without a word of the person or the code."""
    assert answer.status_code == status
    assert f'data-slug="{reason}"' in answer.text
    assert "session" not in {
        cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")
    }
    assert traveller.who() is None
    for secret in ("李明", "150602", "code-0", "Traceback", SECRET):
        assert secret not in answer.text


CLAIMS: Final[dict[str, Callable[[Claims], Claims]]] = {
    "another issuer": lambda claims: claims | {"iss": "https://evil.example"},
    "issuer with a slash": lambda claims: claims | {"iss": f"{claims['iss']}/"},
    "no issuer": lambda claims: claims | {"iss": None},
    "another audience": lambda claims: claims | {"aud": "somebody"},
    "audiences without us": lambda claims: claims | {"aud": ["somebody", "else"]},
    "an audience beside us": lambda claims: claims | {"aud": [CLIENT_ID, "else"]},
    "the same, for us": lambda claims: claims | {"aud": [CLIENT_ID, "else"], "azp": CLIENT_ID},
    "no audience": lambda claims: claims | {"aud": []},
    "audience in an object": lambda claims: claims | {"aud": {"a": CLIENT_ID}},
    "issued to somebody else": lambda claims: claims | {"azp": "somebody"},
    "another nonce": lambda claims: claims | {"nonce": "n" * 43},
    "an empty nonce": lambda claims: claims | {"nonce": ""},
    "no nonce": lambda claims: {name: claims[name] for name in claims if name != "nonce"},
    "a list of nonces": lambda claims: claims | {"nonce": [claims["nonce"]]},
    "nonce not asked for": lambda claims: claims | {"nonce": None, "nonce_supported": False},
    "expired": lambda claims: claims | {"exp": claims["iat"] - 31},
    "just expired": lambda claims: claims | {"exp": claims["iat"] - 30},
    "no expiry": lambda claims: {name: claims[name] for name in claims if name != "exp"},
    "expiry as text": lambda claims: claims | {"exp": str(claims["exp"])},
    "expiry true": lambda claims: claims | {"exp": True},
    "expiry not a number": lambda claims: claims | {"exp": float("nan")},
    "issued in the future": lambda claims: claims | {"iat": claims["iat"] + 31},
    "not yet valid": lambda claims: claims | {"nbf": claims["iat"] + 31},
    "no sub": lambda claims: {name: claims[name] for name in claims if name != "sub"},
    "sub of a number": lambda claims: claims | {"sub": 7},
    "userinfo of another": lambda claims: claims | {"sub": "sub-2"},
    "another access token": lambda claims: claims | {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "proved too long ago": lambda claims: claims | {
        "auth_time": claims["iat"] - numbers.HOLDER_SESSION_LIFE - 31
    },
    "proved in the future": lambda claims: claims | {"auth_time": claims["iat"] + 31},
    "proved at no time": lambda claims: claims | {"auth_time": float("nan")},
    "proved very long from now": lambda claims: claims | {"auth_time": 10**400},
}  # fmt: skip


@pytest.mark.parametrize("case", CLAIMS)
def test_a_token_with_wrong_claims(traveller: Traveller, case: str) -> None:
    traveller.provider.mend = CLAIMS[case]
    refused(traveller, traveller.sign_in(), "refused")


@pytest.mark.parametrize(
    "mend",
    [
        lambda claims: claims | {"exp": claims["iat"] - 29},
        lambda claims: claims | {"iat": claims["iat"] + 30},
        lambda claims: claims | {"aud": [CLIENT_ID], "azp": CLIENT_ID},
        lambda claims: claims | {"auth_time": claims["iat"] - numbers.HOLDER_SESSION_LIFE - 30},
        lambda claims: {name: claims[name] for name in claims if name != "auth_time"},
    ],
)
def test_a_token_that_is_just_good(traveller: Traveller, mend: Callable[[Claims], Claims]) -> None:
    traveller.provider.mend = mend
    assert traveller.sign_in().status_code == 303


TOKENS: Final[dict[str, Callable[[Claims], str]]] = {
    "alg none": lambda claims: unsigned({"alg": "none"}, claims),
    "alg nOnE": lambda claims: unsigned({"alg": "nOnE", "kid": "one"}, claims),
    "no alg": lambda claims: unsigned({"kid": "one"}, claims),
    "HS256 under the client's secret": hmac_with(SECRET.encode()),
    "HS256 under the public key": hmac_with(KEY.as_pem(private=False)),
    "another key of that name": lambda claims: signed({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY),
    "a key that is unknown": lambda claims: signed({"alg": "RS256", "kid": "two"}, claims),
    "a key named by a number": lambda claims: unsigned({"alg": "RS256", "kid": 1}, claims, "AAAA"),
    "its own key": lambda claims: unsigned(
        {"alg": "RS256", "jwk": OTHER_KEY.as_dict(private=False)}, claims, "AAAA"
    ),
    "a weaker algorithm than ours": lambda claims: jws.serialize_compact(
        {"alg": "RS512", "kid": "one"}, json.dumps(claims), KEY, ["RS512"]
    ),
    "an extension we do not know": lambda claims: unsigned(
        {"alg": "RS256", "kid": "one", "crit": ["x"], "x": 1}, claims, "AAAA"
    ),
    "no signature": lambda claims: signed({"alg": "RS256", "kid": "one"}, claims).rsplit(".", 1)[0] + ".",
    "cut off": lambda claims: signed({"alg": "RS256", "kid": "one"}, claims)[:-40],
    "two parts": lambda claims: "e30.e30",
    "five parts": lambda claims: "e30.e30.e30.e30.e30",
    "no JSON": lambda claims: f"{b64(b'{')}.{b64(b'{')}.AAAA",
    "very deep": lambda claims: f"{b64(b'[' * 5000)}.{b64(b'[' * 5000)}.AAAA",
    "too long": lambda claims: signed({"alg": "RS256", "kid": "one"}, claims | {"x": "x" * numbers.ID_TOKEN_MAX}),
    "empty": lambda claims: "",
    "not ASCII": lambda claims: "汉.汉.汉",
}  # fmt: skip


@pytest.mark.parametrize("case", TOKENS)
def test_a_token_that_is_not_signed_as_it_must_be(traveller: Traveller, case: str) -> None:
    traveller.provider.sign = TOKENS[case]
    refused(traveller, traveller.sign_in(), "refused")


@pytest.mark.parametrize("answer", [{}, {"id_token": 7}, {"id_token": None}, {"id_token": ["a"]}])
def test_an_answer_without_a_token(traveller: Traveller, answer: Any) -> None:
    traveller.provider.instead[TOKEN] = 200, answer
    refused(traveller, traveller.sign_in(), "refused")


def test_another_state_or_none(traveller: Traveller) -> None:
    request = traveller.leave()
    for state in ("", None, "s" * 43, request["state"][:-1], request["state"] + "x", "汉"):
        refused(traveller, traveller.come_back(request, state=state), "lost")


def test_the_state_of_another_browser(app: Flask, provider: FalseProvider) -> None:
    thief, victim = Traveller(app, provider), Traveller(app, provider)
    refused(victim, victim.come_back(thief.leave()), "lost")


def test_the_cookie_of_another_state(app: Flask, provider: FalseProvider) -> None:
    thief, victim = Traveller(app, provider), Traveller(app, provider)
    request, own = thief.leave(), victim.leave()
    cookie = victim.http.get_cookie(f"sign_in_{own['state'][:8]}")
    assert cookie is not None
    victim.http.set_cookie(f"sign_in_{request['state'][:8]}", cookie.value)
    refused(victim, victim.come_back(request), "lost")
    other_first = "B" if cookie.value[0] == "A" else "A"
    for forged in ("", "AAAA", "汉", cookie.value[:-4], other_first + cookie.value[1:]):
        victim.http.set_cookie(f"sign_in_{own['state'][:8]}", forged)
        refused(victim, victim.come_back(own), "lost")


def test_the_answer_of_one_provider_at_the_door_of_the_other(traveller: Traveller) -> None:
    request = traveller.leave()
    at_the_other = request | {"redirect_uri": request["redirect_uri"].replace("citizen", "staff")}
    refused(traveller, traveller.come_back(at_the_other), "lost")


def test_an_answer_that_names_another_provider_or_none(traveller: Traveller) -> None:
    for named in ("https://evil.example", None, ""):
        refused(traveller, traveller.come_back(traveller.leave(), iss=named), "refused")


def test_a_sign_in_is_good_once(app: Flask, traveller: Traveller) -> None:
    traveller.provider.good_for = 9  # a provider that does not see to it
    request = traveller.leave()
    kept = traveller.http.get_cookie(f"sign_in_{request['state'][:8]}")
    assert kept is not None
    code = traveller.provider.approve(request)
    assert traveller.come_back(request, code=code).status_code == 303
    assert traveller.http.get_cookie(f"sign_in_{request['state'][:8]}") is None
    thief = Traveller(app, traveller.provider)
    thief.http.set_cookie(f"sign_in_{request['state'][:8]}", kept.value)
    refused(thief, thief.come_back(request, code=code), "used")


def test_a_code_is_good_once(app: Flask, traveller: Traveller) -> None:
    request = traveller.leave()
    code = traveller.provider.approve(request)
    assert traveller.come_back(request, code=code).status_code == 303
    second = Traveller(app, traveller.provider)
    refused(second, second.come_back(second.leave(), code=code), "refused")


def test_a_code_of_another_browser_lacks_its_verifier(app: Flask, provider: FalseProvider) -> None:
    thief, victim = Traveller(app, provider), Traveller(app, provider)
    stolen = provider.approve(victim.leave())
    refused(thief, thief.come_back(thief.leave(), code=stolen), "refused")


@pytest.mark.parametrize("code", [None, "", "x", "汉", "x" * 5000])
def test_no_code_of_the_provider(traveller: Traveller, code: str | None) -> None:
    refused(traveller, traveller.come_back(traveller.leave(), code=code), "refused")


def test_a_sign_in_ends_after_ten_minutes(traveller: Traveller, clock: Clock) -> None:
    request = traveller.leave()
    clock.advance(numbers.OIDC_ATTEMPT_LIFE)
    refused(traveller, traveller.come_back(request), "lost")
    request = traveller.leave()
    clock.advance(numbers.OIDC_ATTEMPT_LIFE - 1)
    assert traveller.come_back(request).status_code == 303


@pytest.mark.parametrize(
    ("error", "reason"),
    [("access_denied", "cancelled"), ("server_error", "refused"), ("", "refused")],
)
def test_an_error_of_the_provider(traveller: Traveller, error: str, reason: str) -> None:
    request = traveller.leave()
    answer = traveller.come_back(request, code=None, error=error, error_description="<b>李明</b>")
    refused(traveller, answer, reason)
    refused(traveller, traveller.come_back(request), "lost")


def test_several_tabs_finish_each_its_own(traveller: Traveller) -> None:
    first, second = traveller.leave("/sign-in/citizen?next=/wallet/uses"), traveller.leave()
    assert traveller.come_back(second).location == "/"
    assert traveller.come_back(first).location == "/wallet/uses"


def test_of_many_tabs_a_few_are_kept(traveller: Traveller) -> None:
    requests = [traveller.leave() for _ in range(10)]
    kept = [
        request
        for request in requests
        if traveller.http.get_cookie(f"sign_in_{request['state'][:8]}")
    ]
    assert len(kept) == 3
    assert requests[-1] in kept


def test_what_nobody_finished_leaves_no_row_and_what_was_finished_is_forgotten(
    app: Flask, traveller: Traveller, clock: Clock
) -> None:
    def rows() -> int:
        count: int = deps_of(app).db.rows(select(func.count()).select_from(UsedAttempt))[0][0]
        return count

    work_once(deps_of(app), clock.advance(7 * 24 * 3600))
    traveller.leave()
    traveller.come_back(traveller.leave(), code="x")
    assert rows() == 0
    traveller.sign_in()
    work_once(deps_of(app), clock.advance(numbers.OIDC_ATTEMPT_LIFE - 1))
    assert rows() == 1
    work_once(deps_of(app), clock.advance(1))
    assert rows() == 0


WEAK: Final = {"kty": "RSA", "n": b64(b"\xff" * 128), "e": "AQAB", "kid": "one"}
SHARED: Final = OctKey.import_key(SECRET.encode()).as_dict() | {"kid": "one"}


@pytest.mark.parametrize(
    "keys", [[WEAK], [SHARED], [None, 7, {"kty": []}, {"kty": "EC", "crv": "SM2"}], []]
)
def test_a_key_of_another_kind_or_a_weak_one_is_none(traveller: Traveller, keys: Any) -> None:
    traveller.provider.keys = keys
    refused(traveller, traveller.sign_in(), "refused")


def test_a_good_key_among_others_is_found(traveller: Traveller) -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec"}, private=True)
    traveller.provider.keys = [
        {"kty": "OKP"},
        OTHER_KEY.as_dict(private=False) | {"kid": "x"},
        key.as_dict(private=False),
    ]
    traveller.provider.sign = lambda claims: signed({"alg": "ES256", "kid": "ec"}, claims, key)
    assert traveller.sign_in().status_code == 303


def test_discovery_and_keys_are_asked_for_once(app: Flask, provider: FalseProvider) -> None:
    for _ in range(3):
        assert Traveller(app, provider).sign_in().status_code == 303
    assert (provider.asked[DISCOVERY], provider.asked[KEYS], provider.asked[USERINFO]) == (1, 1, 3)


def test_unknown_keys_cause_no_storm(app: Flask, provider: FalseProvider) -> None:
    provider.sign = lambda claims: signed({"alg": "RS256", "kid": "two"}, claims)
    for _ in range(5):
        refused(Traveller(app, provider), Traveller(app, provider).sign_in(), "refused")
    assert provider.asked[KEYS] == 1


def test_a_key_that_is_new_is_fetched(traveller: Traveller) -> None:
    assert traveller.sign_in().status_code == 303
    known = traveller.http.application.extensions["liangzheng.identity_providers"]["citizen"]
    known._keys_asked -= numbers.OIDC_KEYS_PAUSE
    traveller.provider.keys = [OTHER_KEY.as_dict(private=False) | {"kid": "two"}]
    traveller.provider.sign = lambda claims: signed(
        {"alg": "RS256", "kid": "two"}, claims, OTHER_KEY
    )
    assert traveller.sign_in().status_code == 303
