"""A code that comes again and again is told to wait; nothing is judged and nothing recorded."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from tests.support.people import Visitor
from tests.support.showing import ask, claims_of, row_counts, show, verify
from wallet import numbers
from wallet.base.deps import Deps
from wallet.errors import TooMany
from wallet.web.limits import count_code

LIMIT = numbers.CODE_PER_MINUTE * numbers.DEMO_LIMIT_FACTOR
MOMENT = 1_800_000_000


@pytest.fixture
def app(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """These tests' showings do not meet; the minute in which they are counted does not pass."""
    monkeypatch.setattr(time, "time", lambda: MOMENT)
    return shared_app


def come(deps: Deps, text: str, times: int) -> None:
    """Let the code come so often, as if to other desks."""
    for _ in range(times):
        count_code(deps, claims_of(text)["jti"])


def test_up_to_the_limit_it_is_judged_and_beyond_it_is_not(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    text = show(li)["text"]
    come(deps, text, LIMIT - 1)
    assert verify(zhao, text)["verdict"] == "accepted"
    before = row_counts(deps)
    answer = ask(zhao, text)
    assert (answer.status_code, answer.get_json()["slug"]) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "60"
    assert row_counts(deps) == before


def test_another_code_is_judged_meanwhile(li: Visitor, zhao: Visitor, deps: Deps) -> None:
    come(deps, show(li)["text"], LIMIT)
    assert verify(zhao, show(li)["text"])["verdict"] == "accepted"


def test_in_the_next_minute_it_is_judged_again(
    li: Visitor, zhao: Visitor, qian: Visitor, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = show(li)["text"]
    assert verify(zhao, text)["verdict"] == "accepted"
    come(deps, text, LIMIT - 1)
    assert ask(qian, text).status_code == 429
    monkeypatch.setattr(time, "time", lambda: MOMENT + 60)
    assert verify(qian, text)["reason"] == "already_used"


def test_a_desk_that_repeats_itself_still_has_its_first_answer(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    text = show(li)["text"]
    first = verify(zhao, text)
    come(deps, text, LIMIT - 2)
    again = verify(zhao, text)
    assert (again["id"], again["repeated"]) == (first["id"], True)


def test_what_was_never_signed_is_not_counted_as_the_code_that_it_names(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    text = show(li)["text"]
    forged = text[:-8] + "AAAAAAAA"
    for _ in range(3):
        assert verify(zhao, forged)["reason"] == "bad_signature"
    come(deps, text, LIMIT)
    with pytest.raises(TooMany):
        come(deps, text, 1)
