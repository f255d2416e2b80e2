"""What the phone is told of a showing, and how the holder takes it back."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    claims_of,
    created,
    events,
    instant,
    next_code,
    refusal,
    show,
    state,
    verify,
    withdraw,
)
from wallet.base.deps import Deps


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


def test_a_new_showing_waits_until_its_ten_minutes_are_over(li: Visitor, clock: Clock) -> None:
    code = show(li)
    assert state(li, code)["state"] == "waiting"
    clock.advance(599)
    assert state(li, code)["state"] == "waiting"
    clock.advance(1)
    assert state(li, code)["state"] == "expired"


def test_a_used_showing_names_who_where_when_for_what_and_which_fields(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    clock.advance(5)
    verdict = verify(zhao, code["text"])
    used = state(li, code)
    assert used.pop("used_at") == verdict["checked_at"]
    assert instant(verdict["checked_at"]) == clock.now
    assert used == {
        "state": "used",
        "used_by": "东胜区政务服务大厅（演示）",
        "terminal": "3 号窗口",
        "item": "食品经营许可证延续",
        "item_en": used["item_en"],
        "fields": [field["label"] for field in verdict["licences"][0]["fields"]],
        "fields_en": [field["label_en"] for field in verdict["licences"][0]["fields"]],
        "reason": None,
        "ask": None,
    }
    clock.advance(700)
    assert state(li, code)["state"] == "used"


def test_a_refused_code_leaves_the_showing_waiting(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    clock.advance(90)
    assert verify(zhao, code["text"])["reason"] == "expired"
    assert state(li, code)["state"] == "waiting"
    assert verify(zhao, created(next_code(li, code))["text"])["verdict"] == "accepted"


def test_withdrawing_twice_is_once_and_recorded_once(li: Visitor, deps: Deps) -> None:
    code = show(li)
    assert withdraw(li, code).status_code == 204
    assert withdraw(li, code).status_code == 204
    assert state(li, code)["state"] == "withdrawn"
    jti = claims_of(code["text"])["jti"]
    recorded = [fields for _, fields in events(deps, "showing.") if fields["jti"] == jti]
    account = li.get("/api/v1/me").get_json()["account"].removeprefix("holder:")
    assert recorded == [{"account": int(account), "jti": jti}]


def test_a_withdrawn_code_is_refused_at_the_desk_and_another_showing_is_not(
    li: Visitor, zhao: Visitor
) -> None:
    withdrawn, other = show(li), show(li)
    assert withdraw(li, withdrawn).status_code == 204
    verdict = verify(zhao, withdrawn["text"])
    assert (verdict["verdict"], verdict["reason"]) == ("refused", "withdrawn")
    assert verify(zhao, other["text"])["verdict"] == "accepted"
    assert state(li, withdrawn)["state"] == "withdrawn"


def test_a_used_showing_cannot_be_withdrawn(li: Visitor, zhao: Visitor) -> None:
    code = show(li)
    assert verify(zhao, code["text"])["verdict"] == "accepted"
    assert refusal(withdraw(li, code)) == (409, "already_used")
    assert state(li, code)["state"] == "used"


def test_a_showing_that_has_ended_may_still_be_withdrawn(li: Visitor, clock: Clock) -> None:
    code = show(li)
    clock.advance(601)
    assert withdraw(li, code).status_code == 204
    assert state(li, code)["state"] == "withdrawn"


def test_withdrawing_needs_the_csrf_token(li: Visitor) -> None:
    code = show(li)
    bare = li.http.delete(f"/api/v1/me/codes/{code['id']}")
    assert refusal(bare) == (403, "csrf_failed")
    assert state(li, code)["state"] == "waiting"


def test_after_sign_out_the_phone_gets_no_further_code_and_learns_nothing(
    app: Flask, clock: Clock
) -> None:
    li = sign_in(app, "holder-li")
    code = show(li)
    assert li.post("/sign-out").status_code in (302, 303)
    signed_out = (401, "not_signed_in")
    assert refusal(next_code(li, code)) == signed_out
    assert refusal(li.get(f"/api/v1/me/codes/{code['id']}")) == signed_out
    assert refusal(withdraw(li, code)) == signed_out
