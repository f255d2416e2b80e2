"""An accepted code gives exactly the item's fields, once; a repeat is the first answer again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.codes import twin
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    DRIVING,
    IDENTITY,
    OPEN_A_SHOP,
    OPERATOR,
    RENEWAL,
    claims_of,
    created,
    fields_of,
    identifier_of,
    instant,
    new_events,
    next_code,
    row_counts,
    show,
    verify,
)
from wallet.base.deps import Deps


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


def test_an_acceptance_gives_the_items_fields_in_the_order_of_the_licence(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    verdict = verify(zhao, show(li)["text"])
    licence = verdict["licences"][0]
    assert (verdict["verdict"], verdict["reason"]) == ("accepted", "ok")
    assert fields_of(verdict) == [["number", "operator_name", "premises", "business_items"]]
    assert (licence["type"], licence["status"]) == ("food-operation-permit", "valid")
    assert licence["identifier"] == identifier_of(li, "food-operation-permit")
    assert licence["fields"][0] == {
        "key": "number",
        "label": licence["fields"][0]["label"],
        "label_en": licence["fields"][0]["label_en"],
        "value": "JY11506020012070",
    }
    assert "photo" not in licence
    assert instant(verdict["checked_at"]) == instant(verdict["status_as_of"]) == clock.now
    assert (verdict["repeated"], verdict["offline"], verdict["unchecked"]) == (False, False, [])
    assert (verdict["shown_by"], verdict["legal_effect"]) == (
        "holder",
        "电子证照与纸质证照具有同等法律效力",
    )


def test_each_item_sees_its_own_fields_of_the_same_licence(li: Visitor, zhao: Visitor) -> None:
    verdict = verify(zhao, show(li)["text"], OPEN_A_SHOP)
    assert fields_of(verdict) == [["number", "operator_name", "premises", "business_form"]]


def test_a_granted_photo_is_a_data_uri_and_codes_are_given_as_labels(
    li: Visitor, zhao: Visitor
) -> None:
    (licence,) = verify(zhao, show(li, DRIVING)["text"], IDENTITY)["licences"]
    assert licence["photo"].startswith("data:image/")
    values = {field["key"]: field["value"] for field in licence["fields"]}
    assert values.keys() == {"name", "gender", "photo"}
    assert (values["name"], values["gender"]) == ("李明", "男")


def test_several_licences_are_accepted_together_each_with_its_fields(
    li: Visitor, zhao: Visitor
) -> None:
    verdict = verify(zhao, show(li, DRIVING, OPERATOR)["text"], IDENTITY)
    assert {licence["type"] for licence in verdict["licences"]} == {DRIVING, OPERATOR}
    assert [set(keys) for keys in fields_of(verdict)] == [{"photo", "name", "gender"}] * 2


def test_an_acceptance_is_one_claim_one_verification_one_use_and_one_event(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    code = show(li)
    before = row_counts(deps)
    with new_events(deps) as added:
        verdict = verify(zhao, code["text"])
    ((name, fields),) = added
    assert name == "verification.judged"
    assert fields == fields | {
        "verification": verdict["id"],
        "actor": zhao.get("/api/v1/me").get_json()["account"],
        "item": RENEWAL,
        "jti": claims_of(code["text"])["jti"],
        "verdict": "accepted",
        "reason": "ok",
        "repeated": False,
    }
    after = row_counts(deps)
    grown = {name: after[name] - count for name, count in before.items() if after[name] != count}
    assert grown == {"claims": 1, "verifications": 1, "uses": 1, "audit_events": 1}


def test_the_same_desk_gets_its_first_answer_again_for_ten_seconds(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    first = verify(zhao, code["text"])
    before = row_counts(deps)
    clock.advance(10)
    with new_events(deps) as added:
        again = verify(zhao, code["text"])
    assert again == first | {"repeated": True, "status_as_of": again["status_as_of"]}
    assert instant(again["status_as_of"]) == clock.now
    assert [fields["repeated"] for _, fields in added] == [True]
    assert row_counts(deps) == before | {"audit_events": before["audit_events"] + 1}
    clock.advance(0.001)
    late = verify(zhao, code["text"])
    assert (late["verdict"], late["reason"], late["licences"]) == ("refused", "already_used", [])
    assert late["id"] != first["id"]


def test_a_repeat_for_another_item_is_a_second_use(li: Visitor, zhao: Visitor) -> None:
    code = show(li)
    verify(zhao, code["text"])
    assert verify(zhao, code["text"], OPEN_A_SHOP)["reason"] == "already_used"
    assert verify(zhao, code["text"])["repeated"]


def test_another_desk_gets_already_used_with_the_time(
    app: Flask, li: Visitor, zhao: Visitor, qian: Visitor
) -> None:
    code = show(li)
    first = verify(zhao, code["text"])
    at = instant(first["checked_at"])
    for desk in (qian, sign_in(app, "desk-zhao")):
        verdict = verify(desk, code["text"])
        assert (verdict["reason"], verdict["licences"]) == ("already_used", [])
        assert f"{at:%H:%M}" in verdict["message"]


@pytest.mark.parametrize("order", ["first the code", "first its twin"])
def test_the_other_form_of_the_signature_is_the_same_code(
    li: Visitor, zhao: Visitor, qian: Visitor, order: str
) -> None:
    text = show(li)["text"]
    first, second = (text, twin(text)) if order == "first the code" else (twin(text), text)
    accepted = verify(zhao, first)
    assert accepted["verdict"] == "accepted"
    assert verify(qian, second)["reason"] == "already_used"
    assert (verify(zhao, second)["repeated"], verify(zhao, second)["id"]) == (
        True,
        accepted["id"],
    )


def test_every_code_of_a_showing_is_used_with_the_first(
    li: Visitor, zhao: Visitor, qian: Visitor, clock: Clock
) -> None:
    first = show(li)
    clock.advance(30)
    second = created(next_code(li, first))
    accepted = verify(zhao, second["text"])
    assert accepted["verdict"] == "accepted"
    assert verify(qian, first["text"])["reason"] == "already_used"
    assert verify(zhao, first["text"])["id"] == accepted["id"]


def test_a_screenshot_is_refused_once_its_minute_is_over(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    inside, outside = show(li), show(li)
    clock.now += timedelta(seconds=89.999)
    assert verify(zhao, inside["text"])["verdict"] == "accepted"
    clock.advance(0.001)
    assert verify(zhao, outside["text"])["reason"] == "expired"
