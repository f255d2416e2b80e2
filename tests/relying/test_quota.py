"""A quota is so many codes in a local day; beyond it none is judged, and none consumed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.beyond import alerts, beyond, change_grant
from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    RENEWAL,
    ask,
    counted_statements,
    events,
    midnight_after,
    show,
    state,
    verify,
)
from wallet.base.deps import Deps
from wallet.relying.model import GrantDay


@pytest.mark.parametrize("quota", [0, 1, 3])
def test_the_last_of_the_quota_is_judged_and_the_next_is_not(
    li: Visitor, zhao: Visitor, deps: Deps, quota: int
) -> None:
    change_grant(deps, quota_per_day=quota)
    for _ in range(quota):
        assert verify(zhao, show(li)["text"])["verdict"] == "accepted"
    code = show(li)
    assert "今天" in beyond(ask(zhao, code["text"]))
    assert events(deps)[-1][1]["cause"] == "quota"
    assert [(row.item, row.cause) for row in alerts(deps)] == [(RENEWAL, "quota")]
    assert state(li, code)["state"] == "waiting"
    change_grant(deps, quota_per_day=None)
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_a_refused_code_counts_and_one_that_cannot_be_read_does_not(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    change_grant(deps, quota_per_day=9)
    assert verify(zhao, "not a code")["reason"] == "malformed"
    code = show(li)
    li.delete(f"/api/v1/me/codes/{code['id']}")
    assert verify(zhao, code["text"])["reason"] == "withdrawn"
    assert [row.judged for row in deps.db.rows(select(GrantDay))] == [1]


def test_a_new_local_day_begins_anew(app: Flask, deps: Deps, clock: Clock) -> None:
    change_grant(deps, quota_per_day=1)
    clock.now = midnight_after(clock.now) - timedelta(seconds=2)
    for _ in range(2):
        li, zhao = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
        assert [ask(zhao, show(li)["text"]).status_code for _ in range(2)] == [200, 403]
        clock.advance(3)


def test_without_a_quota_nothing_is_counted(li: Visitor, zhao: Visitor, deps: Deps) -> None:
    verify(zhao, show(li)["text"])
    assert deps.db.rows(select(GrantDay)) == []


def test_a_quota_costs_one_statement_more(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    change_grant(deps, quota_per_day=9)
    verify(zhao, show(li)["text"])
    text = show(li)["text"]
    with counted_statements(app) as statements:
        verify(zhao, text)
    assert [words for words in statements if "grant_days" in words] == [
        next(words for words in statements if words.startswith("UPDATE grant_days"))
    ]
    assert len(statements) == 8
