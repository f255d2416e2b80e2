"""A batch of offline judgements is taken in as a whole or refused as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.judgements import findings, judgement, tell
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import refusal, row_counts
from verify.judgements import JUDGEMENTS_MAX
from wallet.numbers import JUDGEMENTS_BODY_MAX


@pytest.fixture
def zhao(shared_app: Flask, clock: Clock) -> Visitor:
    """desk-zhao's desk."""
    return sign_in(shared_app, "desk-zhao")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "A" * 21},
        {"id": "A" * 23},
        {"id": "A" * 21 + "="},
        {"id": "A" * 21 + "\n"},
        {"id": None},
        {"code": None},
        {"code": 1},
        {"item": ""},
        {"item": "x" * 65},
        {"item": "a\nb"},
        {"judged_at": 1_800_000_000},
        {"judged_at": "2026-11-22T10:00:00"},
        {"judged_at": "2026-11-22"},
        {"judged_at": "2026-11-22T10:00:60Z"},
        {"judged_at": "2026-11-22T24:00:00Z"},
        {"judged_at": "2026-02-30T10:00:00Z"},
        {"judged_at": "20261122T100000Z"},
        {"judged_at": "2026-11-22t10:00:00z"},
        {"judged_at": "2026-11-22T10:00:00+24:00"},
        {"judged_at": "0001-01-01T00:00:00+14:00"},
        {"judged_at": "9999-12-31T23:59:59-14:00"},
        {"judged_at": "２０26-11-22T10:00:00Z"},
        {"verdict": "pending", "reason": "consent_pending"},
        {"verdict": None},
        {"verdict": "accepted", "reason": "expired"},
        {"verdict": "refused", "reason": "ok"},
        {"reason": "because"},
        {"reason": ["ok"]},
        {"fields": []},
    ],
    ids=str,
)
def test_one_wrong_judgement_refuses_the_batch_and_is_named(
    shared_app: Flask, zhao: Visitor, clock: Clock, changed: dict[str, Any]
) -> None:
    before = row_counts(deps_of(shared_app))
    good = judgement("x", clock.now)
    answer = tell(zhao, good, {**good, **changed})
    assert refusal(answer) == (422, "invalid")
    (named,) = answer.get_json()["errors"]
    assert named.startswith("judgements.1.")
    assert named.rpartition(".")[2] in changed
    assert row_counts(deps_of(shared_app)) == before


@pytest.mark.parametrize("number", [0, JUDGEMENTS_MAX + 1])
def test_a_batch_of_none_or_too_many_is_refused(zhao: Visitor, clock: Clock, number: int) -> None:
    batch = [judgement("x", clock.now) for _ in range(number)]
    assert refusal(tell(zhao, *batch)) == (422, "invalid")


def test_the_largest_batch_of_the_longest_texts_is_taken_in(zhao: Visitor, clock: Clock) -> None:
    batch = [judgement("x" * 4296, clock.now) for _ in range(JUDGEMENTS_MAX)]
    assert {found["reason"] for found in findings(zhao, *batch)} == {"malformed"}
    longer = [judgement("x" * JUDGEMENTS_BODY_MAX, clock.now)]
    assert refusal(tell(zhao, *longer)) == (413, "too_large")


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.123Z", "2026-11-22T10:00:00.123456789+08:00",
     "2000-01-01T00:00:00-23:59", "2099-12-31T23:59:59Z"],
)  # fmt: skip
def test_a_time_of_this_century_as_rfc_3339_writes_it_is_taken(
    zhao: Visitor, clock: Clock, text: str
) -> None:
    one = {**judgement("x", datetime.now(clock.now.tzinfo)), "judged_at": text}
    (found,) = findings(zhao, one)
    assert found["reason"] in ("trust_stale", "malformed")
    assert findings(zhao, one) == [found]
