"""One licence by two delegations, of its joint holders: which of them it is shown under."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.delegations import accepted, body_of, offered
from tests.support.licences import food_licence, issue, person
from tests.support.people import Visitor, machine
from tests.support.showing import FOOD, OPEN_A_SHOP, RENEWAL, created, refusal, verify
from wallet.base.deps import Deps


@pytest.fixture
def joint(app: Flask, deps: Deps) -> str:
    """A food permit of holder-elder and holder-li."""
    data = deps.config.data
    body = food_licence(data, holders=[person(data, "holder-elder"), person(data)])
    identifier: str = issue(machine(app, data, "issuer"), body)["identifier"]
    return identifier


def give(
    grantor: Visitor, delegate: Visitor, clock: Clock, licence: str, items: list[str] | None
) -> str:
    offer = offered(grantor, body_of(clock.now, "delegate-li", licence, items=items))
    delegation: str = accepted(delegate, offer)["id"]
    return delegation


def shown(delegate: Visitor, desk: Visitor, licence: str, item: str | None, at: str) -> str:
    """Show it for a matter at a desk of a matter; gives the reason of the verdict."""
    opened = delegate.post("/api/v1/me/codes", {"licences": [licence], "item": item})
    reason: str = verify(desk, created(opened)["text"], at)["reason"]
    return reason


def test_the_one_that_names_the_matter(
    joint: str, li: Visitor, elder: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    give(li, granddaughter, clock, joint, [OPEN_A_SHOP])
    give(elder, granddaughter, clock, joint, [RENEWAL])
    for item in (RENEWAL, OPEN_A_SHOP):
        assert shown(granddaughter, zhao, joint, item, item) == "ok"
    assert shown(granddaughter, zhao, joint, RENEWAL, OPEN_A_SHOP) == "wrong_item"


@pytest.mark.parametrize("item", [None, "identity-at-counter", "no-such-item"])
def test_else_the_one_for_any_matter_also_where_it_is_newer(
    joint: str, li: Visitor, elder: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock,
    item: str | None,
) -> None:  # fmt: skip
    narrow = give(li, granddaughter, clock, joint, [OPEN_A_SHOP])
    wide = give(elder, granddaughter, clock, joint, None)
    assert shown(granddaughter, zhao, joint, item, RENEWAL) == "ok"
    uses = granddaughter.get("/api/v1/me/uses").get_json()["items"]
    assert [one["under"]["id"] for one in uses] == [wide]
    assert narrow != wide


def test_a_document_is_given_by_the_one_for_any_matter(
    joint: str, li: Visitor, elder: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    address = f"/api/v1/me/licences/{joint}.pdf"
    give(li, granddaughter, clock, joint, [RENEWAL])
    assert refusal(granddaughter.get(address)) == (403, "delegation_limited")
    give(elder, granddaughter, clock, joint, None)
    assert granddaughter.get(address).status_code == 200


def test_whoever_holds_it_shows_it_as_its_holder(
    joint: str, li: Visitor, elder: Visitor, zhao: Visitor, clock: Clock
) -> None:
    offer = offered(elder, body_of(clock.now, "holder-li", joint, items=[OPEN_A_SHOP]))
    accepted(li, offer)
    opened = li.post("/api/v1/me/codes", {"licences": [joint], "item": OPEN_A_SHOP})
    assert verify(zhao, created(opened)["text"], RENEWAL)["shown_by"] == "holder"
    assert FOOD in {
        one["type"]["code"] for one in li.get("/api/v1/me/licences").get_json()["items"]
    }
