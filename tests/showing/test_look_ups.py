"""Whatever a unit looked up is in the holder's history, among the uses, in one order."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.showing.test_uses import uses
from tests.support.clock import Clock
from tests.support.delegations import listed
from tests.support.look_ups import looked_up, paper_asked
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, MARRIAGE, SENIOR, identifier_of, refusal, show, verify
from wallet.base.deps import Deps


def ids(holder: Visitor, query: str = "") -> list[str]:
    return [use["id"] for use in uses(holder, query)["items"]]


def test_it_says_who_why_and_what_was_found(li: Visitor, deps: Deps, clock: Clock) -> None:
    food = identifier_of(li, FOOD)
    looked_up(deps, clock.now, "found", food, cause="核对申请人的许可证", case="2026-017")
    (told,) = uses(li)["items"]
    assert (told["id"], told["kind"], told["outcome"]) == ("found", "holdings", "looked_up")
    assert (told["cause"], told["case"]) == ("核对申请人的许可证", "2026-017")
    assert (told["identifier"], told["licence_type"]) == (food, "食品经营许可证")
    assert (told["unit"], told["terminal"]) == ("东胜区政务服务大厅（演示）", "3 号窗口")
    assert told["fields"] == told["asked"] == told["paper_asked"] == []


def test_one_that_found_nothing_is_there_too(li: Visitor, deps: Deps, clock: Clock) -> None:
    looked_up(deps, clock.now, "none")
    (told,) = uses(li)["items"]
    assert (told["id"], told["licence_type"], told["identifier"]) == ("none", None, None)


def test_paper_that_was_wanted_nonetheless_stands_with_it(
    li: Visitor, deps: Deps, clock: Clock
) -> None:
    looked_up(deps, clock.now, "found", identifier_of(li, FOOD))
    paper_asked(deps, clock.now, "found", "食品经营许可证")
    (told,) = uses(li)["items"]
    (paper,) = told["paper_asked"]
    assert (paper["material"], paper["reason"]) == ("食品经营许可证", "照片看不清")
    page = li.get("/wallet/uses").text
    assert "窗口仍要求交纸质的“食品经营许可证”" in page
    assert "《办法》第九条" in page


def test_a_joint_holder_is_told_and_a_stranger_is_not(
    app: Flask, li: Visitor, elder: Visitor, deps: Deps, clock: Clock
) -> None:
    looked_up(deps, clock.now, "joint", identifier_of(li, MARRIAGE), login="holder-elder")
    assert ids(li) == ["joint"]
    assert ids(elder) == ids(sign_in(app, "holder-company")) == []


def test_a_child_is_named_to_its_guardian(app: Flask, deps: Deps, clock: Clock) -> None:
    father = sign_in(app, "holder-company")
    permit = identifier_of(father, "residence-permit", "delegate")
    looked_up(deps, clock.now, "of a child", permit, login="holder-company")
    (told,) = uses(father)["items"]
    assert told["holder"] == "张禾"


def test_a_delegate_is_not_told(
    elder: Visitor, granddaughter: Visitor, deps: Deps, clock: Clock
) -> None:
    looked_up(deps, clock.now, "hers", identifier_of(elder, SENIOR), login="holder-elder")
    assert (ids(elder), ids(granddaughter)) == (["hers"], [])


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_go_through_uses_and_look_ups_without_a_gap_or_a_repeat(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, size: int
) -> None:
    food, expected = identifier_of(li, FOOD), []
    for round in range(3):
        used = verify(zhao, show(li)["text"])["id"]
        for name in ("a", "b"):
            looked_up(deps, clock.now, f"{name}{round}", food)
        # Of one instant the use comes first.
        expected += [[used, f"b{round}", f"a{round}"]]
        clock.advance(1)
    found, cursor = [], ""
    while True:
        page = uses(li, f"?limit={size}{cursor}")
        found += [use["id"] for use in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == [id for part in reversed(expected) for id in part]


def test_filters_know_them(li: Visitor, zhao: Visitor, deps: Deps, clock: Clock) -> None:
    used = verify(zhao, show(li)["text"])["id"]
    clock.advance(1)
    looked_up(deps, clock.now, "found", identifier_of(li, FOOD))
    looked_up(deps, clock.now, "none")
    assert ids(li, "?outcome=looked_up") == ["none", "found"]
    assert ids(li, "?outcome=accepted") == ids(li, "?by=me") == [used]
    assert ids(li, f"?type={FOOD}") == ["found", used]
    assert ids(li, "?by=others") == ids(li, "?by=others&role=own") == ["none", "found"]
    assert ids(li, "?role=delegate") == []
    assert ids(li, "?from=2999-01-01") == []
    assert "只查有没有" in li.get("/wallet/uses?outcome=looked_up").text


def test_what_a_delegate_s_code_was_asked_is_under_that_delegation(
    elder: Visitor, li: Visitor, deps: Deps, clock: Clock
) -> None:
    senior = identifier_of(elder, SENIOR)
    (delegation,) = [one for one in listed(elder) if one["state"] == "active"]
    more = {"login": "holder-elder", "shower": "delegation:1"}
    looked_up(deps, clock.now, "shown for her", senior, **more)
    looked_up(deps, clock.now, "not shown", senior, login="holder-elder")
    assert ids(elder, f"?delegation={delegation['id']}") == ["shown for her"]
    assert refusal(li.get(f"/api/v1/me/uses?delegation={delegation['id']}"))[0] == 404
