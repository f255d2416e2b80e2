"""A check with a trust bundle alone agrees with the reader, and is never surer than its bundle."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bundles import a_bundle, kept
from tests.support.codes import cases, make, signer, statuses
from verify.check import UNCHECKED_LIVE, UNCHECKED_PAPER, check
from verify.codes import CLOCK_TOLERANCE
from verify.status_list import STATUS_LIST_LIFE, PublishedList, pack
from verify.trust import TRUST_LIMIT, IssuerTrust, Trust, gather, read_bundle
from verify.verdict import Verdict, offline_sentence

NOW = 1_800_000_000
SIGNER = signer()
CASES = cases()
GOOD = next(case for case in CASES.values() if case["reason"] == "ok")
PAPER = {"kind": "paper"}
LIST = PublishedList(
    issuer=SIGNER.issuer,
    number=0,
    issued_at=NOW - 60,
    expires_at=NOW - 60 + STATUS_LIST_LIFE,
    entries=pack(bytes(statuses().get(place, 0) for place in range(16))),
)
BUNDLE = IssuerTrust(
    issuer=SIGNER.issuer,
    as_of=NOW,
    keys={kid: issuers[SIGNER.issuer] for kid, issuers in SIGNER.keys.items()},
    lists={0: kept(LIST, SIGNER)},
    types={1: "食品经营许可证"},
    document={},
)
TRUST = gather([BUNDLE])


def aged(seconds: int) -> Trust:
    """The bundle as of so many seconds before `NOW`."""
    return gather([replace(BUNDLE, as_of=NOW - seconds, lists={})])


def outcome(verdict: Verdict) -> tuple[str, str]:
    return verdict.outcome, verdict.reason


@pytest.mark.parametrize("name", CASES)
def test_every_hostile_case_gets_the_readers_reason(name: str) -> None:
    verdict = check(make(CASES[name], SIGNER, NOW), TRUST, NOW)
    reason = CASES[name]["reason"]
    expected = {"ok": "accepted", "trust_stale": "undetermined"}.get(reason, "refused")
    assert outcome(verdict) == (expected, reason)
    assert verdict.offline


@pytest.mark.parametrize("as_of", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_with_a_bundle_of_any_time_that_it_may_have_there_is_a_verdict(as_of: str) -> None:
    trust = gather([read_bundle(a_bundle(SIGNER, as_of=as_of))])
    assert outcome(check(make(GOOD, SIGNER, NOW), trust, NOW)) == ("undetermined", "trust_stale")


def test_an_accepted_code_shows_type_and_masked_holder_and_says_what_was_not_checked() -> None:
    verdict = check(make(GOOD, SIGNER, NOW), TRUST, NOW)
    assert (verdict.message, verdict.unchecked) == (offline_sentence("live"), UNCHECKED_LIVE)
    (licence,) = verdict.licences
    assert licence.type_name == "食品经营许可证"
    assert (licence.identifier, licence.status, licence.valid_until) == (None, None, None)
    assert all(field.value.endswith("*") for field in licence.fields)


def test_an_accepted_copy_says_so_and_is_as_true_as_the_lists() -> None:
    verdict = check(make(PAPER, SIGNER, NOW), TRUST, NOW)
    assert (verdict.message, verdict.unchecked) == (offline_sentence("paper"), UNCHECKED_PAPER)
    assert (verdict.shown_by, verdict.issuer) == ("paper", SIGNER.issuer)
    assert verdict.status_as_of.timestamp() == NOW - 60
    assert [licence.type_name for licence in verdict.licences] == ["食品经营许可证"]


def test_a_revoked_copy_is_refused_as_of_the_lists() -> None:
    verdict = check(make({**PAPER, "claims": {"c": 10}}, SIGNER, NOW), TRUST, NOW)
    assert (verdict.reason, verdict.shown_by) == ("copy_revoked", "paper")
    assert verdict.status_as_of.timestamp() == NOW - 60
    assert (verdict.licences, verdict.unchecked) == ((), ())


def test_the_older_of_two_lists_says_how_old_a_status_is() -> None:
    older = replace(LIST, number=1, issued_at=NOW - 600)
    trust = gather([replace(BUNDLE, lists={0: kept(LIST, SIGNER), 1: kept(older, SIGNER)})])
    for claims in ({"l": 1 << 20}, {"c": 1 << 20}):
        verdict = check(make({**PAPER, "claims": claims}, SIGNER, NOW), trust, NOW)
        assert verdict.outcome == "accepted"
        assert verdict.status_as_of.timestamp() == NOW - 600


def test_a_stale_list_leaves_a_copy_undetermined() -> None:
    ending = replace(LIST, expires_at=NOW)
    trust = gather([replace(BUNDLE, lists={0: kept(ending, SIGNER)})])
    assert outcome(check(make(PAPER, SIGNER, NOW), trust, NOW)) == ("undetermined", "trust_stale")
    assert outcome(check(make(PAPER, SIGNER, NOW - 1), trust, NOW - 1)) == ("accepted", "ok")


def test_a_code_of_another_city_is_judged_by_its_bundle_and_says_so() -> None:
    there = signer()
    other = replace(BUNDLE, issuer="150200", keys={there.kid: there.private.public_key()})
    code = make({"claims": {"iss": "150200"}}, there, NOW)
    verdict = check(code, gather([BUNDLE, other]), NOW)
    assert (verdict.outcome, verdict.issuer) == ("accepted", "150200")
    assert verdict.message == offline_sentence("live", foreign_issuer="150200")
    assert "150200" in verdict.message
    assert "150200" in offline_sentence("paper", "en", "150200")
    at_home = check(code, gather([other, BUNDLE]), NOW)
    assert at_home.message == offline_sentence("live")


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


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    for text in (data.decode("latin-1"), data.decode("utf-8", "surrogateescape")):
        assert check(text, TRUST, NOW).outcome == "refused"
