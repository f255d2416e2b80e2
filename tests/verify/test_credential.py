"""A credential reads back as it was signed, and nothing else reads as one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.codes import encoded, sign, signer
from verify.codes import LIVE, encode
from verify.credential import read_credential, sign_credential
from verify.jws import decode_bytes
from verify.verdict import Refused

SIGNER = signer()
CLAIMS: dict[str, Any] = {
    "iss": SIGNER.issuer,
    "number": "JY11506020012070",
    "holders": [{"name": "𠮷田·李明", "kind": "person"}],
    "fields": {"remarks": "ᠮᠣᠩᠭᠣᠯ"},
}
REASONS_OF_TEXT = (
    "malformed", "wrong_kind", "unknown_key", "unknown_issuer", "bad_signature",
)  # fmt: skip
TEXT = sign_credential(CLAIMS, SIGNER)


def written(header: object, payload: object) -> str:
    """A JWS over any header and payload, signed by the library's key."""
    parts = [encoded(json.dumps(part).encode()) for part in (header, payload)]
    signing_input = ".".join(parts)
    return f"{signing_input}.{encoded(sign(SIGNER.private, signing_input.encode()))}"


def reason_of(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read_credential(text, SIGNER.keys)
    return refused.value.reason


def header(**changes: Any) -> dict[str, Any]:
    return {"alg": "ES256", "kid": SIGNER.kid, "typ": "lz-licence+jwt", **changes}


def test_what_was_signed_is_read_back() -> None:
    assert read_credential(TEXT, SIGNER.keys) == CLAIMS
    assert read_credential(written(header(), CLAIMS), SIGNER.keys) == CLAIMS


def test_the_same_face_has_the_same_payload_in_whatever_order_it_comes() -> None:
    turned = dict(reversed(CLAIMS.items()))
    payload = sign_credential(turned, SIGNER).split(".")[1]
    assert payload == TEXT.split(".")[1]
    assert (
        decode_bytes(payload)
        == json.dumps(CLAIMS, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )


def test_a_live_code_is_no_credential() -> None:
    assert reason_of(encode(LIVE, CLAIMS, SIGNER)) == "wrong_kind"


def test_an_unknown_key_or_issuer_is_named() -> None:
    assert reason_of(written(header(kid="zzzz"), CLAIMS)) == "unknown_key"
    assert reason_of(written(header(), CLAIMS | {"iss": "150700"})) == "unknown_issuer"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (written(header(alg="none"), CLAIMS), "malformed"),
        (written(header(alg="HS256"), CLAIMS), "malformed"),
        (written(header(kid=["k1k1"]), CLAIMS), "malformed"),
        (written(header(jku="https://elsewhere.example"), CLAIMS), "malformed"),
        (written(header(), []), "malformed"),
        (written(header(), "text"), "malformed"),
        (written(header(), {"iss": ["150600"]}), "unknown_issuer"),
        (written(header(), {}), "unknown_issuer"),
        (sign_credential(CLAIMS, signer()), "bad_signature"),
        (TEXT.rpartition(".")[0] + ".", "bad_signature"),
    ],
)
def test_a_wrong_algorithm_payload_or_signature_is_refused(text: str, reason: str) -> None:
    assert reason_of(text) == reason


@pytest.mark.parametrize("depth", [2_000, 100_000])
def test_json_however_deep_is_refused(depth: int) -> None:
    deep = encoded(b"[" * depth + b"]" * depth)
    plain = encoded(json.dumps(header()).encode())
    assert reason_of(f"{deep}.{deep}.AAAA") == "malformed"
    assert reason_of(f"{plain}.{deep}.AAAA") == "malformed"


@settings(deadline=None, max_examples=150)
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_refused_and_nothing_else_is_raised(text: str) -> None:
    for candidate in (text, f"{text}.{text}.{text}", TEXT.replace(".", f".{text}", 1)):
        if candidate != TEXT:
            assert reason_of(candidate) in REASONS_OF_TEXT
