"""A check with a trust bundle alone agrees with the reader, and is never surer than its bundle."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.codes import cases, make, signer
from verify.check import OFFLINE_SENTENCE, UNCHECKED, check
from verify.codes import CLOCK_TOLERANCE
from verify.trust import TRUST_LIMIT, IssuerTrust, Trust, gather
from verify.verdict import Verdict

NOW = 1_800_000_000
SIGNER = signer()
CASES = cases()
GOOD = next(case for case in CASES.values() if case["reason"] == "ok")
BUNDLE = IssuerTrust(
    issuer=SIGNER.issuer,
    as_of=NOW,
    keys={kid: issuers[SIGNER.issuer] for kid, issuers in SIGNER.keys.items()},
    lists={},
    types={1: "食品经营许可证"},
    document={},
)
TRUST = gather([BUNDLE])


def aged(seconds: int) -> Trust:
    """The bundle as of so many seconds before `NOW`."""
    return gather([replace(BUNDLE, as_of=NOW - seconds)])


def outcome(verdict: Verdict) -> tuple[str, str]:
    return verdict.outcome, verdict.reason


@pytest.mark.parametrize("name", CASES)
def test_every_hostile_case_gets_the_readers_reason(name: str) -> None:
    verdict = check(make(CASES[name], SIGNER, NOW), TRUST, NOW)
    reason = CASES[name]["reason"]
    assert outcome(verdict) == ("accepted" if reason == "ok" else "refused", reason)
    assert verdict.offline


def test_an_accepted_code_shows_type_and_masked_holder_and_says_what_was_not_checked() -> None:
    verdict = check(make(GOOD, SIGNER, NOW), TRUST, NOW)
    assert (verdict.message, verdict.unchecked) == (OFFLINE_SENTENCE, UNCHECKED)
    (licence,) = verdict.licences
    assert licence.type_name == "食品经营许可证"
    assert (licence.identifier, licence.status, licence.valid_until) == (None, None, None)
    assert all(field.value.endswith("*") for field in licence.fields)


def test_a_refused_code_shows_nothing() -> None:
    verdict = check("https://lz.example/v#x", TRUST, NOW)
    assert (verdict.licences, verdict.unchecked) == ((), ())


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (TRUST_LIMIT - 1, ("accepted", "ok")),
        (TRUST_LIMIT, ("undetermined", "trust_stale")),
        (-CLOCK_TOLERANCE, ("accepted", "ok")),
        (-CLOCK_TOLERANCE - 1, ("undetermined", "trust_stale")),
    ],
)
def test_a_bundle_past_its_limit_or_from_the_future_decides_nothing(
    age: int, expected: tuple[str, str]
) -> None:
    assert outcome(check(make(GOOD, SIGNER, NOW), aged(age), NOW)) == expected


def test_a_stale_bundle_does_not_blame_the_code_for_a_key_it_may_not_know() -> None:
    code = make(GOOD, signer(), NOW)
    assert outcome(check(code, TRUST, NOW)) in (
        ("refused", "bad_signature"),
        ("refused", "unknown_key"),
    )
    assert outcome(check(code, aged(TRUST_LIMIT), NOW)) == ("undetermined", "trust_stale")
    assert outcome(check("no code", aged(TRUST_LIMIT), NOW)) == ("refused", "malformed")


def test_each_code_is_judged_by_the_bundle_of_its_own_issuer() -> None:
    other = replace(BUNDLE, issuer="150700", as_of=NOW - TRUST_LIMIT)
    both = gather([BUNDLE, other])
    assert outcome(check(make(GOOD, SIGNER, NOW), both, NOW)) == ("accepted", "ok")
    assert outcome(check(make(GOOD, SIGNER, NOW), gather([other]), NOW)) == (
        "undetermined",
        "trust_stale",
    )


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert check(text, TRUST, NOW).outcome == "refused"
