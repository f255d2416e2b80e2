"""Each claim and each number of a code, just inside its limits and just outside."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_letters, ascii_uppercase, digits
from typing import Any, Final

import pytest

from tests.support.codes import make, signer
from verify import codes, status_list
from verify.codes import read
from verify.verdict import Refused

NOW: Final = 1_800_000_000
LAST: Final = 253_402_300_799
SIGNER: Final = signer()
BASE64URL: Final = f"{ascii_letters}{digits}-_"

INSIDE: Final[list[tuple[str, str, Any]]] = [
    *(("live", "jti", BASE64URL[at : at + 16]) for at in range(0, 64, 16)),
    *(("paper", "jti", text) for text in (digits + "ABCDEF", ascii_uppercase[-16:])),
    *(("live", "h", text) for text in (BASE64URL, BASE64URL[:14], "-" * 128)),
    *(("live", "t", value) for value in (1, 99_999, [1, 99_999], [1] * 16)),
    *(("paper", "t", value) for value in (1, 99_999)),
    *(("paper", name, value) for name in "lc" for value in (0, 1_099_511_627_775)),
    *(("paper", name, value) for name in "iu" for value in (1, 2_147_483_647)),
    *((kind, "n", text) for kind in ("live", "paper") for text in ("李*", "a*", "**", "!*")),
]
OUTSIDE: Final[list[tuple[str, str, Any]]] = [
    *(("live", "jti", text) for text in ("A" * 15, "A" * 17, "A" * 15 + "!", "A" * 15 + "=")),
    *(("paper", "jti", text) for text in ("A" * 15, "A" * 17, "A" * 15 + "!", "A" * 15 + "a")),
    *(("live", "h", text) for text in ("A" * 13, "A" * 129, "A" * 14 + "!", 14)),
    *(("live", "t", value) for value in (0, 100_000, [1], [1] * 17, [1, 0], [0, 1], [1, "1"], [])),
    *(("paper", "t", value) for value in (0, 100_000, [1, 2], "1", True, 1.0)),
    *(("paper", name, value) for name in "lc" for value in (-1, 1_099_511_627_776, True, 1.0)),
    *(("paper", name, value) for name in "iu" for value in (0, 2_147_483_648, True, None)),
    *(
        (kind, "n", text)
        for kind in ("live", "paper")
        for text in ("李", "*", "李李*", " *", "", 1)
    ),
    *((kind, "iat", value) for kind in ("live", "paper") for value in (-1, "0", None)),
    *(
        (kind, "iss", text)
        for kind in ("live", "paper")
        for text in ("", "A" * 65, "1506_00", "1506!", 1)
    ),
]


def reason_of(recipe: dict[str, Any], by: Any = SIGNER, now: float = NOW) -> str:
    try:
        read(make(recipe, by, int(now)), by.keys, now)
    except Refused as refused:
        return refused.reason
    return "ok"


@pytest.mark.parametrize(("kind", "name", "value"), INSIDE, ids=str)
def test_a_claim_just_inside_is_good(kind: str, name: str, value: Any) -> None:
    assert reason_of({"kind": kind, "claims": {name: value}}) == "ok"


@pytest.mark.parametrize(("kind", "name", "value"), OUTSIDE, ids=str)
def test_a_claim_just_outside_is_malformed(kind: str, name: str, value: Any) -> None:
    assert reason_of({"kind": kind, "claims": {name: value}}) == "malformed"


@pytest.mark.parametrize("kind", ["live", "paper"])
@pytest.mark.parametrize("issuer", ["1", "A" * 64, ascii_letters, f"{digits}.:-"])
def test_an_issuer_of_any_allowed_form_is_good(kind: str, issuer: str) -> None:
    assert reason_of({"kind": kind}, replace(SIGNER, issuer=issuer)) == "ok"


@pytest.mark.parametrize(("kind", "life"), [("live", 60), ("paper", 91 * 24 * 3600)])
def test_a_code_may_live_as_long_as_its_cap_and_no_second_longer(kind: str, life: int) -> None:
    assert reason_of({"kind": kind, "exp": life}) == "ok"
    assert reason_of({"kind": kind, "exp": life + 1}) == "malformed"


@pytest.mark.parametrize(("kind", "end"), [("live", "exp"), ("paper", "end")])
def test_times_are_from_the_first_second_of_unix_to_the_last_that_can_be_written(
    kind: str, end: str
) -> None:
    first = {"kind": kind, "claims": {"iat": 0, end: 0}}
    assert reason_of(first, now=0) == "ok"
    assert reason_of({"kind": kind, "claims": {"iat": 0, end: -1}}, now=0) == "malformed"
    last = {"kind": kind, "claims": {"iat": LAST, end: LAST}}
    assert reason_of(last, now=LAST) == "ok"
    beyond = {"kind": kind, "claims": {"iat": LAST, end: LAST + 1}}
    assert reason_of(beyond, now=LAST) == "malformed"


@pytest.mark.parametrize(("kind", "ended"), [("live", "expired"), ("paper", "copy_expired")])
def test_a_code_is_good_for_the_tolerance_before_and_after_its_times(kind: str, ended: str) -> None:
    assert reason_of({"kind": kind, "iat": 30}) == "ok"
    assert reason_of({"kind": kind, "iat": 31, "exp": 60}) == "not_yet_valid"
    assert reason_of({"kind": kind, "iat": -60, "exp": -29}) == "ok"
    assert reason_of({"kind": kind, "iat": -60, "exp": -30}) == ended


@pytest.mark.parametrize(
    ("kind", "claims"), [("live", "iss jti iat exp h t"), ("paper", "iss jti iat end t l c")]
)
def test_every_claim_but_the_optional_ones_must_be_there(kind: str, claims: str) -> None:
    for name in claims.split():
        assert reason_of({"kind": kind, "claims": {name: {"absent": True}}}) == "malformed"
    optional = {name: {"absent": True} for name in "niu"}
    assert reason_of({"kind": kind, "claims": optional}) == "ok"


def test_the_numbers_are_those_that_others_were_told() -> None:
    assert (codes.CODE_TEXT_MAX, codes.LIVE_TEXT_MAX, codes.JTI_BYTES) == (2048, 367, 12)
    assert (codes.LIVE_CODE_LIFE, codes.LIVE_CODE_REFRESH, codes.CLOCK_TOLERANCE) == (60, 30, 30)
    assert codes.PAPER_CODE_LIFE == 91 * 24 * 3600
    assert (codes.LIVE.typ, codes.PAPER.typ) == ("lz-live+jwt", "lz-paper+jwt")
    assert status_list.STATUS_LIST_SIZE == 1 << 20
    assert (status_list.STATUS_LIST_TTL, status_list.STATUS_LIST_LIFE) == (900, 86_400)
    assert (status_list.VALID, status_list.INVALID, status_list.SUSPENDED) == (0, 1, 2)
    assert status_list.STATUS_LIST_TYP == "statuslist+jwt"
    assert status_list.STATUS_LIST_PATH == "/status-lists/"
