"""Managers see where desks below them wanted paper that the library holds, and how often lately."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from tests.relying.holdings.test_want_paper import want
from tests.support.hall import deps, li, zhao
from tests.support.holdings import DRIVING_CARD, OPERATOR_CARD, holdings
from tests.support.people import Visitor, sign_in
from tests.support.showing import OPERATOR, refusal, show
from tests.support.units import BESIDE, DISTRICT, manager_at
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.showing.model import HoldingRefusal

__all__ = ["deps", "li", "zhao"]


def _wanted(li: Visitor, zhao: Visitor) -> None:
    told = holdings(zhao, {"code": show(li, OPERATOR)["text"]})
    for material in (OPERATOR_CARD, DRIVING_CARD):
        assert want(zhao, told["id"], material).status_code == 201


def test_they_are_shown_above_the_unit_and_nowhere_beside(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    _wanted(li, zhao)
    above, beside = manager_at(app, DISTRICT), manager_at(app, BESIDE)
    page = above.get("/manager/papers").text
    for said in (DRIVING_CARD, "照片看不清", "《条例》第九条", "desk-zhao", "3 号窗口"):
        assert said in page
    assert "李明" not in page
    assert "照片看不清" not in beside.get("/manager/papers").text
    told = 'href="/manager/papers"'
    assert [told in who.get("/manager").text for who in (above, beside)] == [True, False]
    listed = above.get("/api/v1/holding-refusals").get_json()["items"]
    assert [one["material"] for one in listed] == [DRIVING_CARD, OPERATOR_CARD]
    assert beside.get("/api/v1/holding-refusals").get_json()["items"] == []
    assert refusal(zhao.get("/api/v1/holding-refusals")) == (403, "not_permitted")


def test_they_come_page_by_page(app: Flask, li: Visitor, zhao: Visitor, deps: Deps) -> None:
    _wanted(li, zhao)
    sun = sign_in(app, "manager-sun")
    page = sun.get("/api/v1/holding-refusals?limit=1").get_json()
    following = f"/api/v1/holding-refusals?limit=1&cursor={page['next_cursor']}"
    last = sun.get(following).get_json()
    assert [one["material"] for one in page["items"] + last["items"]] == [
        DRIVING_CARD, OPERATOR_CARD,
    ]  # fmt: skip
    assert last["next_cursor"] is None


def test_the_home_counts_those_of_thirty_days(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    _wanted(li, zhao)
    sun = sign_in(app, "manager-sun")
    assert "<strong>2</strong>次库里有" in sun.get("/manager").text
    long_ago = read_clock() - timedelta(days=numbers.PAPER_WANTED_DAYS, minutes=1)
    with deps.db.begin() as tx:
        tx.execute(update(HoldingRefusal).values(at=long_ago))
    assert 'href="/manager/papers"' not in sun.get("/manager").text
