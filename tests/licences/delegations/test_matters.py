"""A delegation for named matters is good for those, and a desk that serves another is told so."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.delegations import accepted, body_of, offered
from tests.support.people import Visitor
from tests.support.showing import (
    FOOD,
    OPEN_A_SHOP,
    RENEWAL,
    SENIOR,
    ask,
    counted_statements,
    identifier_of,
    set_licence,
    show,
    state,
    verify,
)
from wallet.base.deps import Deps


@pytest.fixture
def food(li: Visitor, granddaughter: Visitor, clock: Clock) -> str:
    """delegate-li may show holder-li's food permit for its renewal."""
    identifier = identifier_of(li, FOOD)
    accepted(
        granddaughter, offered(li, body_of(clock.now, "delegate-li", identifier, items=[RENEWAL]))
    )
    return identifier


def test_another_matter_is_refused_and_the_code_is_not_consumed(
    food: str, granddaughter: Visitor, zhao: Visitor
) -> None:
    code = show(granddaughter, FOOD, role="delegate")
    verdict = verify(zhao, code["text"], OPEN_A_SHOP)
    assert (verdict["verdict"], verdict["reason"]) == ("refused", "wrong_item")
    assert (verdict["shown_by"], verdict["licences"]) == ("delegate", [])
    assert "没有授权" in verdict["message"]
    assert state(granddaughter, code)["state"] == "waiting"
    assert verify(zhao, code["text"], RENEWAL)["verdict"] == "accepted"
    assert verify(zhao, code["text"], OPEN_A_SHOP)["reason"] == "already_used"


def test_how_the_licence_stands_is_no_business_of_another_matter(
    food: str, granddaughter: Visitor, zhao: Visitor, deps: Deps
) -> None:
    code = show(granddaughter, FOOD, role="delegate")
    set_licence(deps, food, status="suspended")
    assert verify(zhao, code["text"], OPEN_A_SHOP)["reason"] == "wrong_item"
    assert verify(zhao, code["text"], RENEWAL)["reason"] == "licence_suspended"


def test_the_holder_is_bound_to_no_matter(food: str, li: Visitor, zhao: Visitor) -> None:
    assert verify(zhao, show(li, FOOD)["text"], OPEN_A_SHOP)["verdict"] == "accepted"


def test_a_delegation_for_any_matter_is_good_for_each_that_takes_the_licence(
    granddaughter: Visitor, zhao: Visitor
) -> None:
    for item in ("senior-allowance", "identity-at-counter"):
        code = show(granddaughter, SENIOR, role="delegate")
        assert verify(zhao, code["text"], item)["verdict"] == "accepted"


@pytest.mark.parametrize("item", [RENEWAL, OPEN_A_SHOP])
def test_matters_cost_a_desk_no_query(
    app: Flask, food: str, granddaughter: Visitor, zhao: Visitor, item: str
) -> None:
    code = show(granddaughter, FOOD, role="delegate")
    with counted_statements(app) as statements:
        reason = ask(zhao, code["text"], item).get_json()["reason"]
    writes = 4 if reason == "ok" else 3
    assert len(statements) == 3 + writes
