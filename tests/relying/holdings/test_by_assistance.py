"""Whoever is served at a counter is looked up at the desks around it, as long as the session is open."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.showing.test_uses import uses
from tests.support.clock import Clock
from tests.support.grants import change_item
from tests.support.holdings import (
    DRIVING_CARD,
    ON_POST,
    OPERATOR_CARD,
    REGISTRATION,
    ask_holdings,
    held,
    holdings,
)
from tests.support.people import Visitor, sign_in
from tests.support.representatives import persona
from tests.support.showing import DRIVING, OPERATOR, refusal
from wallet import numbers
from wallet.base.deps import Deps


def begun(app: Flask) -> tuple[Visitor, dict[str, Any]]:
    """A session for holder-li with counter-wang, of the district's assisted service."""
    wang = sign_in(app, "counter-wang")
    body = {
        "holder": vars(persona("holder-li")),
        "evidence": {"kind": "card_seen"},
        "matter": "办理上岗登记",
    }
    answer = wang.post("/api/v1/assistances", body)
    assert answer.status_code == 201, answer.text
    return wang, {"assistance": answer.get_json()["id"]}


def test_a_desk_of_the_same_district_learns_what_the_library_holds(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    _wang, by = begun(app)
    told = holdings(zhao, by)
    assert held(told) == {OPERATOR_CARD: OPERATOR, DRIVING_CARD: DRIVING, REGISTRATION: "not_held"}
    assert {one["id"] for one in uses(li)["items"] if one["kind"] == "holdings"} == {told["id"]}


def test_once_the_session_is_over_nothing_is_told(app: Flask, zhao: Visitor, clock: Clock) -> None:
    wang, by = begun(app)
    assert wang.delete(f"/api/v1/assistances/{by['assistance']}").status_code == 204
    assert refusal(ask_holdings(zhao, by)) == (409, "assistance_ended")
    _wang, by = begun(app)
    clock.advance(numbers.ASSISTANCE_LIFE)
    assert refusal(ask_holdings(sign_in(app, "desk-zhao"), by)) == (409, "assistance_ended")


def test_elsewhere_there_is_no_such_session(app: Flask, bank: Visitor) -> None:
    _wang, by = begun(app)
    liu = sign_in(app, "desk-liu")
    assert refusal(ask_holdings(liu, by, "food-permit-change")) == (404, "assistance_unknown")
    assert refusal(ask_holdings(bank, by, "bank-merchant-account")) == (404, "assistance_unknown")
    assert refusal(ask_holdings(bank, {"assistance": "没有"}, "bank-merchant-account")) == (
        404, "assistance_unknown",
    )  # fmt: skip


def test_of_an_item_that_asks_on_a_phone_nothing_is_looked_up(
    app: Flask, zhao: Visitor, deps: Deps
) -> None:
    _wang, by = begun(app)
    change_item(deps, ON_POST, consent="ask")
    assert set(held(holdings(zhao, by)).values()) == {"not_shown"}
