"""Somebody who is not there is looked up by name and code: where that is allowed, so often a day, and told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.showing.test_uses import uses
from tests.support.beyond import alerts, beyond, change_grant, grant_ids
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
from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.representatives import persona
from tests.support.showing import (
    DRIVING,
    OPERATOR,
    RENEWAL,
    counted_statements,
    events,
    midnight_after,
    refusal,
)
from tests.support.units import BESIDE, manager_at
from wallet.base.deps import Deps
from wallet.relying.model import GrantDay
from wallet.showing.look_up_notices import tell_of_look_ups
from wallet.showing.model import LookUp
from wallet.web.cookies import CSRF_COOKIE

CASE = {"case": "鄂特监〔2026〕17号", "cause": "核对张某的申请材料"}
STRANGER = "150602199003078815"
"""A resident ID that nobody in the demo has."""


def by(login: str = "holder-li", **other: str) -> dict[str, Any]:
    named = persona(login)
    holder = {"code_type": named.code_type, "code": named.code, "name": named.name, **other}
    return {"holder": holder, **CASE}


@pytest.fixture
def program(app: Flask, deps: Deps) -> Machine:
    """The hall's own system."""
    return machine(app, deps.config.data, "relying")


def test_desk_and_program_learn_what_the_library_holds(zhao: Visitor, program: Machine) -> None:
    for desk in (zhao, program):
        told = holdings(desk, by())
        assert held(told) == {
            OPERATOR_CARD: OPERATOR, DRIVING_CARD: DRIVING, REGISTRATION: "not_held",
        }  # fmt: skip
        assert not any(one["shown"] for one in told["materials"])


def test_the_holder_is_told_once_and_reads_why(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    id = holdings(zhao, by())["id"]
    while tell_of_look_ups(deps, clock.now):
        pass
    (told,) = [
        one for one in li.get("/api/v1/me/inbox").get_json()["items"] if one["act"] == "looked_up"
    ]
    assert (told["licence"], told["use"]["item"]) == (None, "特种设备作业人员上岗登记")
    assert "张某" not in str(told)
    entries = uses(li)["items"]
    assert {one["id"] for one in entries} == {id}
    assert {(one["case"], one["cause"]) for one in entries} == {tuple(CASE.values())}
    page = li.get("/wallet/inbox").text
    assert "查了库里有没有您的证照" in page
    opened = li.http.post(
        f"/wallet/inbox/{told['id']}",
        data={"csrf_token": li.http.get_cookie(CSRF_COOKIE).value},  # type: ignore[union-attr]
    )
    assert opened.headers["Location"].endswith("/wallet/uses")
    assert "核对张某的申请材料" in li.get("/wallet/uses").text


def test_cause_and_case_are_sealed_and_not_in_the_audit_trail(zhao: Visitor, deps: Deps) -> None:
    holdings(zhao, by())
    for row in deps.db.rows(select(LookUp)):
        assert "张某".encode() not in row.cause_sealed
        assert "鄂特监".encode() not in row.case_sealed
    ((name, fields),) = events(deps, "holdings.")
    assert name == "holdings.looked_up"
    assert persona("holder-li").code not in str(fields)
    assert "张某" not in str(fields)


def test_nobody_another_name_and_no_licence_are_the_same(
    app: Flask, zhao: Visitor, deps: Deps
) -> None:
    holdings(zhao, by())  # the first of the day adds its row
    cases = (by(code=STRANGER), by(name="李明明"), by("holder-elder"))
    answers, ran = [], []
    for case in cases:
        with counted_statements(app) as statements:
            answers.append(holdings(zhao, case))
        ran.append(statements)
    for told in answers:
        del told["id"]
    assert answers[0] == answers[1] == answers[2]
    assert set(held(answers[0]).values()) == {"not_held"}
    assert ran[0] == ran[1] == ran[2]
    rows = deps.db.rows(select(LookUp).where(LookUp.licence_id.is_(None)).order_by(LookUp.id))
    assert [row.holder_id is None for row in rows] == [True, True, False]
    assert len(events(deps, "holdings.looked_up")) == 4


def test_one_who_has_nothing_is_told_all_the_same(
    elder: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    id = holdings(zhao, by("holder-elder"))["id"]
    tell_of_look_ups(deps, clock.now)
    assert [(one["id"], one["licence_type"]) for one in uses(elder)["items"]] == [(id, None)]
    assert "looked_up" in elder.get("/api/v1/me/inbox").text


def test_a_name_is_found_however_it_is_typed(zhao: Visitor) -> None:
    assert held(holdings(zhao, by(name=" 李 明 ")))[DRIVING_CARD] == DRIVING


def test_without_leave_it_is_refused_and_alerted_once(zhao: Visitor, deps: Deps) -> None:
    for _ in range(2):
        assert "没有获准" in beyond(ask_holdings(zhao, by(), RENEWAL))
    assert [(row.item, row.cause, row.times) for row in alerts(deps)] == [(RENEWAL, "look_up", 2)]
    assert deps.db.rows(select(LookUp)) == []


def test_a_type_without_leave_is_not_looked_up(zhao: Visitor, deps: Deps) -> None:
    change_grant(deps, ON_POST, DRIVING, look_ups_per_day=None)
    assert held(holdings(zhao, by()))[DRIVING_CARD] == "not_granted"


def test_an_item_that_asks_its_holders_lets_nobody_be_looked_up(zhao: Visitor, deps: Deps) -> None:
    change_item(deps, ON_POST, consent="ask")
    beyond(ask_holdings(zhao, by()))
    assert [row.cause for row in alerts(deps)] == ["look_up"]


@pytest.mark.parametrize("most", [1, 3])
def test_the_number_of_a_day_is_exact_and_apart_from_judged_codes(
    app: Flask, zhao: Visitor, deps: Deps, clock: Clock, most: int
) -> None:
    change_grant(deps, ON_POST, look_ups_per_day=most)
    for _ in range(most):
        holdings(zhao, by(code=STRANGER))
    assert "次数" in beyond(ask_holdings(zhao, by()))
    assert [row.cause for row in alerts(deps)] == ["look_up_quota"]
    counts = {(row.looked_up, row.judged) for row in deps.db.rows(select(GrantDay))}
    assert counts == {(most, 0)}
    clock.now = midnight_after(clock.now)
    holdings(sign_in(app, "desk-zhao"), by())


@pytest.mark.parametrize(
    "wrong",
    [
        {"case": None}, {"cause": None}, {"cause": "长" * 201}, {"cause": "  "}, {"case": ""},
        {"code": "x"}, {"holder": {"code_type": "111", "code": STRANGER}},
    ],
)  # fmt: skip
def test_case_and_cause_are_mandatory(zhao: Visitor, wrong: dict[str, Any]) -> None:
    body = {name: value for name, value in (by() | wrong).items() if value is not None}
    assert refusal(ask_holdings(zhao, body))[0] == 422


@pytest.mark.parametrize(
    ("code_type", "code"), [("111", STRANGER[:-1] + "?"), ("001", STRANGER), ("xyz", STRANGER)]
)
def test_a_code_that_cannot_be_is_said_to_be_wrong(
    zhao: Visitor, deps: Deps, code_type: str, code: str
) -> None:
    answer = ask_holdings(zhao, by(code_type=code_type, code=code))
    assert answer.status_code == 422
    assert deps.db.rows(select(GrantDay)) == []


def test_a_manager_above_allows_it_and_takes_it_back(app: Flask, zhao: Visitor, deps: Deps) -> None:
    sun, (grant,) = sign_in(app, "manager-sun"), grant_ids(deps)
    path = f"/api/v1/grants/{grant}/look-ups"

    def put(who: Visitor, body: dict[str, Any]) -> Any:
        return who.http.put(path, json=body, headers=who._csrf())

    told = put(sun, {"may_look_up": True, "per_day": 2}).get_json()
    assert (told["may_look_up"], told["look_ups_per_day"]) == (True, 2)
    holdings(zhao, by(), RENEWAL)
    told = put(sun, {"may_look_up": False}).get_json()
    assert (told["may_look_up"], told["look_ups_per_day"]) == (False, None)
    beyond(ask_holdings(zhao, by(), RENEWAL))
    for body in ({"may_look_up": True}, {"may_look_up": False, "per_day": 2},
                 {"may_look_up": True, "per_day": 0}, {"may_look_up": True, "per_day": 10_001}):  # fmt: skip
        assert refusal(put(sun, body))[0] == 422
    assert refusal(put(manager_at(app, BESIDE), {"may_look_up": False}))[0] == 404
    assert [fields["per_day"] for _, fields in events(deps, "grant.look_ups_set")] == [2, None]
    change_item(deps, RENEWAL, consent="ask")
    assert refusal(put(sun, {"may_look_up": True, "per_day": 2})) == (409, "item_asks")


def test_it_is_set_on_the_page_of_the_grant(app: Flask, deps: Deps) -> None:
    sun, (grant,) = sign_in(app, "manager-sun"), grant_ids(deps)
    path = f"/manager/grants/{grant}"

    def send(per_day: str) -> Any:
        token = sun.http.get_cookie(CSRF_COOKIE)
        assert token is not None
        form = {"csrf_token": token.value, "act": "look-ups", "per_day": per_day}
        return sun.http.post(path, data=form)

    assert "没有允许" in sun.get(path).text
    assert send("30").status_code == 303
    assert "每日 30 次" in sun.get(path).text
    for wrong in ("0", "10001", "-1", "x", "９", "9" * 30):
        answer = send(wrong)
        assert answer.status_code == 422
        assert 'id="per_day-wrong"' in answer.text
    assert send("").status_code == 303
    assert "没有允许" in sun.get(path).text


def test_a_grant_that_does_not_stand_lets_nobody_be_looked_up(
    zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    change_grant(deps, ON_POST, suspended_at=clock.now)
    assert "暂停" in beyond(ask_holdings(zhao, by()))


def test_of_twelve_at_once_as_many_are_answered_as_the_day_has(app: Flask, deps: Deps) -> None:
    change_grant(deps, ON_POST, look_ups_per_day=5)
    desks = [sign_in(app, name) for name in ("desk-zhao", "desk-qian")]

    def ask(number: int) -> int:
        return ask_holdings(desks[number % 2], by()).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(ask, range(12)))
    assert (statuses.count(200), statuses.count(403)) == (5, 7)
    assert {row.looked_up for row in deps.db.rows(select(GrantDay))} == {5}
    assert len({row.look_up for row in deps.db.rows(select(LookUp))}) == 5
