"""A desk that tells of its offline judgements too fast is told to wait; nothing is taken in."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.judgements import finding, judgement, tell
from tests.support.people import Visitor
from tests.support.showing import row_counts, show
from wallet import numbers
from wallet.base.deps import Deps

LIMIT = numbers.REPORTS_PER_SECOND * numbers.DEMO_LIMIT_FACTOR
MOMENT = 1_800_000_100


@pytest.fixture
def app(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The second in which the reports are counted does not pass."""
    monkeypatch.setattr(time, "time", lambda: MOMENT)
    return shared_app


def test_up_to_the_limit_reports_are_taken_in_and_beyond_it_none_is(
    li: Visitor,
    zhao: Visitor,
    qian: Visitor,
    clock: Clock,
    deps: Deps,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (judgement(show(li)["text"], clock.now) for _ in range(2))
    for _ in range(LIMIT):
        finding(zhao, first)
    before = row_counts(deps)
    answer = tell(zhao, second)
    assert (answer.status_code, answer.get_json()["slug"]) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "1"
    assert row_counts(deps) == before
    assert finding(qian, judgement("x", clock.now))["conflict"]
    monkeypatch.setattr(time, "time", lambda: MOMENT + 1)
    assert finding(zhao, second)["verdict"] == "accepted"
