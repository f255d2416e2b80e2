"""What a desk sees is within its grant and within what the item needs today (O-12, O-16)."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.consent import BANK_ACCOUNT, answer, asked, outcome, recall
from tests.support.grants import change_grant, change_item, change_necessary
from tests.support.people import Visitor
from tests.support.showing import (
    FOOD,
    OPEN_A_SHOP,
    RENEWAL,
    ask,
    fields_of,
    refusal,
    show,
    state,
    verify,
)
from wallet.base.clock import read_clock
from wallet.base.deps import Deps

FACE = [
    "number", "operator_name", "credit_code", "responsible_person", "premises", "business_form",
    "business_items",
]  # fmt: skip
"""Keys of the food permit, in the order of the catalogue."""
KEYS = st.lists(st.sampled_from([*FACE, "of_no_type"]), unique=True)


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(granted=KEYS, necessary=KEYS)
def test_whatever_grant_and_item_say_a_desk_sees_what_both_and_the_type_have(
    li: Visitor, zhao: Visitor, deps: Deps, granted: list[str], necessary: list[str]
) -> None:
    change_grant(deps, fields=granted)
    change_necessary(deps, RENEWAL, FOOD, necessary)
    both = {*granted} & {*necessary} & {*FACE}
    verdict = verify(zhao, show(li)["text"])
    assert verdict["verdict"] == "accepted"
    (seen,) = fields_of(verdict)
    assert set(seen) == both
    told = zhao.get(f"/api/v1/verifications/{verdict['id']}").get_json()
    assert set(fields_of(told)[0]) == both


def test_a_new_version_of_an_item_does_not_widen_a_grant(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    change_necessary(deps, RENEWAL, FOOD, FACE)
    assert fields_of(verify(zhao, show(li)["text"])) == [
        ["number", "operator_name", "premises", "business_items"]
    ]


def test_what_an_item_no_longer_needs_is_gone_from_an_answer_that_is_read_again(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    verdict = verify(zhao, show(li)["text"])
    assert len(fields_of(verdict)[0]) == 4
    change_necessary(deps, RENEWAL, FOOD, ["number"])
    told = zhao.get(f"/api/v1/verifications/{verdict['id']}").get_json()
    assert fields_of(told) == [["number"]]


def test_what_an_item_no_longer_needs_is_not_given_once_the_holder_agrees(
    li: Visitor, bank: Visitor, deps: Deps
) -> None:
    code, pending = asked(li, bank)
    change_necessary(deps, BANK_ACCOUNT, FOOD, ["number"])
    assert answer(li, code, allow=True).status_code == 204
    verdict = recall(bank, pending)
    assert outcome(verdict) == ("accepted", "ok")
    assert fields_of(verdict) == [["number"]]


def test_with_its_item_every_grant_ends_and_no_code_is_consumed(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    assert RENEWAL in zhao.get("/api/v1/me").get_json()["items"]
    code = show(li)
    change_item(deps, RENEWAL, withdrawn_at=read_clock())
    assert refusal(ask(zhao, code["text"])) == (403, "not_permitted")
    assert RENEWAL not in zhao.get("/api/v1/me").get_json()["items"]
    assert f'value="{RENEWAL}"' not in zhao.get("/desk").get_data(as_text=True)
    # A showing is not bound to an item: at another one the same code is good.
    assert state(li, code)["state"] == "waiting"
    assert verify(zhao, code["text"], OPEN_A_SHOP)["verdict"] == "accepted"


def test_a_question_whose_item_is_withdrawn_is_answered_with_nothing(
    li: Visitor, bank: Visitor, deps: Deps
) -> None:
    code, pending = asked(li, bank)
    change_item(deps, BANK_ACCOUNT, withdrawn_at=read_clock())
    answer(li, code, allow=True)
    assert outcome(recall(bank, pending)) == ("refused", "withdrawn")
