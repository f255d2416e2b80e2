"""Anyone may ask whether a code is genuine, and learns nothing more of a private licence."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    DRIVING,
    identifier_of,
    refusal,
    row_counts,
    show,
    verify,
    withdraw,
)
from wallet.base.deps import Deps

BUSINESS = "business-licence"


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


@pytest.fixture
def anyone(app: Flask) -> Visitor:
    return Visitor(app)


def check(visitor: Visitor, text: str) -> dict[str, Any]:
    answer = visitor.post("/api/v1/public/verifications", {"code": text})
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def test_a_genuine_code_of_a_private_type_is_genuine_and_nothing_more(
    li: Visitor, anyone: Visitor
) -> None:
    answer = check(anyone, show(li, DRIVING)["text"])
    assert (answer["genuine"], answer["kind"], answer["licences"]) == (True, "live", [])
    assert "李" not in str(answer)


def test_a_public_type_tells_type_masked_holder_status_and_validity(
    li: Visitor, anyone: Visitor
) -> None:
    (licence,) = check(anyone, show(li)["text"])["licences"]
    assert licence.keys() == {"type", "holder", "status", "valid_until"}
    assert (licence["type"], licence["holder"], licence["status"]) == (
        "食品经营许可证",
        "李*",
        "valid",
    )


def test_only_the_public_licences_of_a_code_are_told(li: Visitor, anyone: Visitor) -> None:
    answer = check(anyone, show(li, DRIVING, "food-operation-permit")["text"])
    assert [licence["type"] for licence in answer["licences"]] == ["食品经营许可证"]


def test_used_and_withdrawn_codes_answer_as_fresh_ones_do(
    li: Visitor, zhao: Visitor, anyone: Visitor
) -> None:
    fresh, used, withdrawn = show(li), show(li), show(li)
    assert verify(zhao, used["text"])["verdict"] == "accepted"
    assert withdraw(li, withdrawn).status_code == 204
    answers = [check(anyone, code["text"]) for code in (fresh, used, withdrawn)]
    assert answers[0] == answers[1] == answers[2]


def test_asking_consumes_nothing_and_writes_nothing(
    li: Visitor, zhao: Visitor, anyone: Visitor, deps: Deps
) -> None:
    code = show(li)
    before = row_counts(deps)
    for _ in range(3):
        check(anyone, code["text"])
    assert row_counts(deps) == before
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_a_code_that_is_not_genuine_says_why_and_has_no_kind(
    li: Visitor, anyone: Visitor, clock: Clock
) -> None:
    code = show(li)
    clock.advance(90)
    for text in (code["text"], "not a code"):
        answer = check(anyone, text)
        assert (answer["genuine"], answer["kind"], answer["licences"]) == (False, None, [])
        assert answer["notice"].endswith("。")


def test_an_organisations_licence_is_told_without_a_name(app: Flask, anyone: Visitor) -> None:
    company = sign_in(app, "holder-company")
    (licence,) = check(anyone, show(company, BUSINESS)["text"])["licences"]
    assert (licence["type"], licence["holder"]) == ("营业执照", None)
    assert identifier_of(company, BUSINESS) not in str(licence)


@pytest.mark.parametrize("body", [{}, {"code": 1}, {"code": None}, {"code": "x", "item": "y"}, []])
def test_a_body_that_is_wrong_is_refused(anyone: Visitor, body: object) -> None:
    answer = anyone.post("/api/v1/public/verifications", body)
    assert refusal(answer) == (422, "invalid")
