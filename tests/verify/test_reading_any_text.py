"""Whatever the text, the reader refuses it or gives the one code that was signed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.codes import encoded, make, signer
from verify.codes import CODE_TEXT_MAX, KINDS, LiveCode, PaperCode, read
from verify.verdict import REASONS, Refused

NOW = 1_800_000_000
SIGNER = signer()
GOOD = make({}, SIGNER, NOW)
CODE = read(GOOD, SIGNER.keys, NOW)
MARK = GOOD.index("#") + 1

any_text = st.text(st.characters(exclude_categories=()), max_size=300)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | any_text
    | st.sampled_from(["ES256", "lz-live+jwt", SIGNER.kid, SIGNER.issuer]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)
almost_members = st.dictionaries(
    st.sampled_from("alg kid typ crit iss jti iat exp end h t n l c i u".split()), any_json
)
relaxed = settings(deadline=None, max_examples=150)


def judged(text: str) -> LiveCode | PaperCode | str:
    try:
        return read(text, SIGNER.keys, NOW)
    except Refused as refused:
        return refused.reason


@relaxed
@given(any_text)
def test_any_text_is_refused_and_nothing_else_is_raised(text: str) -> None:
    assert judged(text) in REASONS
    assert judged(f"{GOOD[:MARK]}{text}") in REASONS


@relaxed
@given(any_json | almost_members, any_json | almost_members, st.binary(max_size=70))
def test_any_signed_looking_text_is_refused(header: object, claims: object, mac: bytes) -> None:
    parts = [json.dumps(part).encode() for part in (header, claims)]
    assert judged(".".join(map(encoded, [*parts, mac]))) in REASONS


@relaxed
@given(st.sampled_from(["live", "paper"]), almost_members)
def test_any_claims_under_a_good_signature_are_refused_or_keep_every_rule(
    kind: str, claims: dict[str, object]
) -> None:
    code = judged(make({"kind": kind, "claims": claims}, SIGNER, NOW))
    if isinstance(code, LiveCode | PaperCode):
        assert code.issued_at - 30 <= NOW < code.ends_at + 30
        assert code.ends_at - code.issued_at <= KINDS[f"lz-{kind}+jwt"].life
        assert len(code.jti) == 16
    else:
        assert code in REASONS


@relaxed
@given(st.integers(0, len(GOOD) - 1), st.characters(exclude_categories=()))
def test_a_changed_character_is_refused_or_lies_in_the_address(at: int, other: str) -> None:
    text = GOOD[:at] + other + GOOD[at + 1 :]
    assert judged(text) == CODE or (judged(text) in REASONS and text != GOOD)


@pytest.mark.parametrize("kind", ["live", "paper"])
def test_every_changed_bit_is_refused_or_lies_in_the_address(kind: str) -> None:
    good = make({"kind": kind}, SIGNER, NOW)
    code = read(good, SIGNER.keys, NOW)
    for at in range(len(good)):
        for bit in range(8):
            text = good[:at] + chr(ord(good[at]) ^ (1 << bit)) + good[at + 1 :]
            if at < MARK - 1 and "#" not in text[: MARK - 1]:
                assert judged(text) == code
            else:
                assert judged(text) in REASONS


@relaxed
@given(st.integers(0, len(GOOD)), any_text.filter(bool))
def test_an_inserted_text_is_refused_or_lies_in_the_address(at: int, more: str) -> None:
    text = GOOD[:at] + more + GOOD[at:]
    inside_address = at < MARK and "#" not in more and len(text) <= CODE_TEXT_MAX
    assert judged(text) == CODE if inside_address else judged(text) in REASONS


@relaxed
@given(st.integers(0, len(GOOD) - 1))
def test_a_code_cut_off_is_refused(length: int) -> None:
    assert judged(GOOD[:length]) in REASONS
