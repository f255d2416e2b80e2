"""Every member of an offline verdict is what it should be, whatever became of the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from tests.support.bundles import kept
from tests.support.codes import make, signer
from verify.check import UNCHECKED_LIVE, UNCHECKED_PAPER, check
from verify.status_list import INVALID, STATUS_LIST_LIFE, PublishedList, pack
from verify.trust import TRUST_LIMIT, IssuerTrust, gather
from verify.verdict import Field, JudgedLicence, Verdict, offline_sentence, sentence

NOW: Final = 1_800_000_000
LISTED: Final = NOW - 600
SIGNER: Final = signer()
LIST: Final = PublishedList(
    SIGNER.issuer, 0, LISTED, LISTED + STATUS_LIST_LIFE, pack(bytes([0, 0, 0, INVALID]))
)
BUNDLE: Final = IssuerTrust(
    issuer=SIGNER.issuer,
    as_of=NOW - 60,
    keys={kid: issuers[SIGNER.issuer] for kid, issuers in SIGNER.keys.items()},
    lists={0: kept(LIST, SIGNER)},
    types={1: "食品经营许可证"},
    document={},
)
HOLDER: Final = Field("holder", "持证人", "Holder", "李*")
FOOD: Final = JudgedLicence("1", "食品经营许可证", "食品经营许可证", None, None, None, (HOLDER,))


def verdict_on(recipe: dict[str, Any], bundle: IssuerTrust = BUNDLE) -> Verdict:
    """The verdict, with an id that is the same each time."""
    verdict = check(make(recipe, SIGNER, NOW), gather([bundle]), NOW)
    assert len(verdict.id) == 22
    return replace(verdict, id="v1")


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_an_accepted_live_code() -> None:
    assert verdict_on({}) == Verdict(
        id="v1",
        outcome="accepted",
        reason="ok",
        message=offline_sentence("live"),
        checked_at=at(NOW),
        status_as_of=at(NOW - 60),
        offline=True,
        unchecked=UNCHECKED_LIVE,
        licences=(FOOD,),
        issuer=SIGNER.issuer,
    )


def test_an_accepted_paper_code() -> None:
    assert verdict_on({"kind": "paper"}) == Verdict(
        id="v1",
        outcome="accepted",
        reason="ok",
        message=offline_sentence("paper"),
        checked_at=at(NOW),
        status_as_of=at(LISTED),
        offline=True,
        unchecked=UNCHECKED_PAPER,
        licences=(FOOD,),
        shown_by="paper",
        issuer=SIGNER.issuer,
    )


def test_a_revoked_paper_code() -> None:
    assert verdict_on({"kind": "paper", "claims": {"c": 3}}) == Verdict(
        id="v1",
        outcome="refused",
        reason="copy_revoked",
        message=sentence("copy_revoked"),
        checked_at=at(NOW),
        status_as_of=at(LISTED),
        offline=True,
        shown_by="paper",
        issuer=SIGNER.issuer,
    )


def test_a_code_that_is_refused_by_the_reader() -> None:
    assert verdict_on({"exp": -30}) == Verdict(
        id="v1",
        outcome="refused",
        reason="expired",
        message=sentence("expired"),
        checked_at=at(NOW),
        status_as_of=at(NOW),
        offline=True,
    )


def undetermined(as_of: int, issuer: str | None, shown_by: str | None = None) -> Verdict:
    return Verdict(
        id="v1",
        outcome="undetermined",
        reason="trust_stale",
        message=sentence("trust_stale"),
        checked_at=at(NOW),
        status_as_of=at(as_of),
        offline=True,
        shown_by=shown_by,
        issuer=issuer,
    )


def test_a_good_code_that_an_old_bundle_cannot_decide_on() -> None:
    as_of = NOW - TRUST_LIMIT
    old = replace(BUNDLE, as_of=as_of)
    assert verdict_on({}, old) == undetermined(as_of, SIGNER.issuer)
    assert verdict_on({"kind": "paper"}, old) == undetermined(as_of, SIGNER.issuer, "paper")


def test_a_copy_whose_list_the_bundle_lacks() -> None:
    for claims in ({"l": 1 << 20}, {"c": 1 << 20}):
        recipe = {"kind": "paper", "claims": claims}
        assert verdict_on(recipe) == undetermined(BUNDLE.as_of, SIGNER.issuer, "paper")


def test_a_code_that_an_old_bundle_does_not_know() -> None:
    old = replace(BUNDLE, as_of=NOW - TRUST_LIMIT)
    assert verdict_on({"header": {"kid": "none"}}, old) == undetermined(NOW, None)


def test_an_organisation_has_no_masked_name_and_a_type_without_name_its_number() -> None:
    verdict = verdict_on({"claims": {"n": {"absent": True}, "t": [1, 27]}})
    assert verdict.licences == (
        replace(FOOD, fields=()),
        JudgedLicence("27", "27", "27", None, None, None, ()),
    )


def test_what_no_bundle_could_mend_is_refused_whatever_its_age() -> None:
    old = replace(BUNDLE, as_of=NOW - TRUST_LIMIT)
    reasons = [
        verdict_on({"header": {"typ": typ}}, old).reason for typ in ("JWT", None, "lz-live+jwt")
    ]
    assert reasons == ["wrong_kind", "malformed", "trust_stale"]


def test_what_was_not_checked_has_the_names_that_others_were_told() -> None:
    assert UNCHECKED_LIVE == ("double_use", "freeze", "licence_status", "item")
    assert UNCHECKED_PAPER == ("double_use", "item", "recipient")


def test_no_two_verdicts_share_an_id() -> None:
    text = make({}, SIGNER, NOW)
    assert len({check(text, gather([BUNDLE]), NOW).id for _ in range(100)}) == 100
