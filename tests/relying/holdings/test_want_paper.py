"""A desk that wants paper although the library holds it says why; manager and holder see it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.showing.test_uses import uses
from tests.support.holdings import DRIVING_CARD, ON_POST, REGISTRATION, holdings
from tests.support.people import Visitor, machine
from tests.support.showing import OPERATOR, RENEWAL, events, refusal, show
from wallet.base.deps import Deps
from wallet.showing.model import HoldingRefusal

WHY = {"reason": "照片看不清", "basis": "《条例》第九条"}


def want(desk: Any, look_up: str, material: str = DRIVING_CARD, **more: str) -> TestResponse:
    body = {"material": material, **WHY, **more}
    answer: TestResponse = desk.post(f"/api/v1/holdings/{look_up}/refusals", body)
    return answer


@pytest.fixture
def told(li: Visitor, zhao: Visitor) -> str:
    """The id of a look-up that found driving licence and operator's card."""
    id: str = holdings(zhao, {"code": show(li, OPERATOR)["text"]})["id"]
    return id


def test_it_is_on_record_and_in_the_history(
    li: Visitor, zhao: Visitor, deps: Deps, told: str
) -> None:
    answer = want(zhao, told)
    assert answer.status_code == 201, answer.text
    assert answer.get_json() | WHY | {"material": DRIVING_CARD} == answer.get_json()
    papers = {one["licence_type"]: one["paper_asked"] for one in uses(li)["items"]}
    assert [one["reason"] for one in papers[DRIVING_CARD]] == ["照片看不清"]
    assert [len(one) for one in papers.values()].count(0) == 1
    name, fields = events(deps, "holdings.")[-1]
    assert (name, fields["look_up"], fields["item"]) == ("holdings.paper_asked", told, ON_POST)


def test_what_the_clerk_wrote_is_sealed(zhao: Visitor, deps: Deps, told: str) -> None:
    want(zhao, told)
    (row,) = deps.db.rows(select(HoldingRefusal))
    assert "照片".encode() not in row.reason_sealed + row.basis_sealed
    assert "照片" not in str(events(deps, "holdings."))


def test_the_same_again_is_once_and_another_is_a_conflict(
    zhao: Visitor, deps: Deps, told: str
) -> None:
    first = want(zhao, told).get_json()
    assert want(zhao, told).get_json() == first
    assert refusal(want(zhao, told, reason="又想了一个")) == (409, "paper_asked")
    assert len(deps.db.rows(select(HoldingRefusal))) == 1
    assert [name for name, _ in events(deps, "holdings.paper")] == ["holdings.paper_asked"]


@pytest.mark.parametrize("material", [REGISTRATION, "没有这份材料"])
def test_what_the_library_does_not_hold_is_no_refusal(
    zhao: Visitor, told: str, material: str
) -> None:
    assert refusal(want(zhao, told, material)) == (409, "not_held")


def test_another_desk_finds_no_such_look_up(
    app: Flask, deps: Deps, qian: Visitor, bank: Visitor, told: str
) -> None:
    program = machine(app, deps.config.data, "relying")
    for desk in (qian, bank, program):
        assert refusal(want(desk, told)) == (404, "not_found")
    assert refusal(want(qian, "no-such")) == (404, "not_found")


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"basis": ""}, {"reason": "x" * 201}, {"basis": "a\nb"}, {"by": "x"}]
)
def test_reason_and_basis_are_said_in_a_line(
    zhao: Visitor, told: str, wrong: dict[str, str]
) -> None:
    assert refusal(want(zhao, told, **wrong))[0] == 422


def test_a_program_asks_without_a_terminal_and_may_refuse_too(
    app: Flask, deps: Deps, li: Visitor
) -> None:
    program = machine(app, deps.config.data, "relying")
    found = holdings(program, {"code": show(li)["text"]}, RENEWAL)
    assert [one["terminal"] for one in uses(li)["items"]] == [
        "东胜区政务服务大厅综合受理系统（演示）"
    ]
    assert want(program, found["id"], "食品经营许可证").status_code == 201
