"""证照管理员: asked by one who is, accepted, removed at once, five at most, never the last one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.licences.delegations.test_at_once import at_once
from tests.licences.delegations.test_limits import CODES
from tests.support.clock import Clock
from tests.support.delegations import accepted, body_of, offered, person_of, principal_of
from tests.support.hall import deps, elder, granddaughter, li, zhao
from tests.support.people import Visitor, sign_in
from tests.support.showing import created, events, identifier_of, next_code, refusal, show, verify
from wallet import numbers
from wallet.base.deps import Deps
from wallet.demo.data import load_holders
from wallet.holders.administrators.change import remove

__all__ = ["deps", "elder", "granddaughter", "li", "zhao"]
PATH = "/api/v1/me/administrators"
BUSINESS, SHOP = "business-licence", "open-a-shop"
_ORGANISATION = load_holders()["holder-company"].organisation
assert _ORGANISATION is not None
COMPANY = _ORGANISATION.code


@pytest.fixture
def company(app: Flask, clock: Clock) -> Visitor:
    """holder-company's phone."""
    return sign_in(app, "holder-company")


def ask(visitor: Visitor, person: dict[str, str], organisation: str = COMPANY) -> TestResponse:
    return visitor.post(PATH, {"organisation": organisation, **person})


def listed(visitor: Visitor) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = visitor.get(PATH).get_json()["items"]
    return items


def asked(visitor: Visitor) -> str:
    """The id of what the account is asked to become, which there must be."""
    (id,) = [one["id"] for one in listed(visitor) if one["mine"] and one["state"] == "offered"]
    return str(id)


def accept(visitor: Visitor, offer: str, *, yes: bool = True) -> TestResponse:
    return visitor.post(f"{PATH}/{offer}/answer", {"accept": yes})


def stranger(number: int) -> dict[str, str]:
    return {"code_type": "111", "code": CODES[number], "name": f"演示{number}"}


def test_asked_and_accepted_one_acts_for_it_and_removed_no_more(
    company: Visitor, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    licence = identifier_of(company, BUSINESS)
    assert ask(company, person_of("holder-li")).status_code == 201
    (offer,) = [one for one in listed(company) if one["state"] == "offered"]
    assert (offer["name"], offer["mine"], offer["organisation"]["code"]) == ("李明", False, COMPANY)
    path = f"/api/v1/me/licences/{licence}"
    assert li.get(path).status_code == 404, "not before it is accepted"
    assert accept(li, asked(li)).status_code == 204
    assert li.get(path).get_json()["role"] == "own"
    for visitor in (company, li):
        assert [(one["name"], one["state"]) for one in listed(visitor)] == [
            ("张磊", "active"), ("李明", "active"),
        ]  # fmt: skip
    code = created(li.post("/api/v1/me/codes", {"licences": [licence]}))
    assert company.delete(f"{PATH}/{offer['id']}").status_code == 204
    assert refusal(next_code(li, code)) == (409, "withdrawn")
    assert verify(zhao, code["text"], SHOP)["reason"] == "withdrawn"
    assert (li.get(path).status_code, listed(li)) == (404, [])
    for act in ("offered", "accepted", "ended"):
        assert len(events(deps, f"administrator.{act}")) == 1
    assert events(deps, "administrator.ended")[-1][1]["by"] == "grantor"


def test_the_last_one_stays_and_the_second_but_one_may_leave(company: Visitor, li: Visitor) -> None:
    (only,) = [one["id"] for one in listed(company)]
    assert refusal(company.delete(f"{PATH}/{only}")) == (409, "last_administrator")
    ask(company, person_of("holder-li"))
    assert refusal(company.delete(f"{PATH}/{only}")) == (409, "last_administrator"), "only asked"
    accept(li, asked(li))
    assert company.delete(f"{PATH}/{only}").status_code == 204
    assert listed(company) == []
    (left,) = [one["id"] for one in listed(li)]
    assert refusal(li.delete(f"{PATH}/{left}")) == (409, "last_administrator")


def test_two_who_remove_each_other_leave_one(
    company: Visitor, li: Visitor, deps: Deps, clock: Clock
) -> None:
    ask(company, person_of("holder-li"))
    accept(li, asked(li))
    ids = {one["name"]: one["id"] for one in listed(li)}
    calls = [
        partial(remove, deps, principal_of(deps, "holder-company"), ids["李明"], clock.now),
        partial(remove, deps, principal_of(deps, "holder-li"), ids["张磊"], clock.now),
    ]
    refused = at_once(*calls)
    assert refused.count("") == 1
    assert len(listed(company)) + len(listed(li)) == 1


def test_five_and_no_sixth_open_offers_included(company: Visitor, li: Visitor) -> None:
    for number in range(numbers.ADMINISTRATORS_MAX - 1):
        assert ask(company, stranger(number)).status_code == 201
    assert refusal(ask(company, stranger(4))) == (409, "too_many_administrators")
    (first,) = [one["id"] for one in listed(company) if one["name"] == "演示0"]
    assert company.delete(f"{PATH}/{first}").status_code == 204
    assert ask(company, person_of("holder-li")).status_code == 201
    assert accept(li, asked(li)).status_code == 204


def test_nobody_is_asked_twice(company: Visitor, li: Visitor) -> None:
    for persona in ("holder-company", "holder-li"):
        person = person_of(persona)
        if persona == "holder-li":
            assert ask(company, person).status_code == 201
        assert refusal(ask(company, person)) == (409, "administrator_exists")


def test_declined_it_is_gone_and_it_may_be_asked_again(company: Visitor, li: Visitor) -> None:
    ask(company, person_of("holder-li"))
    id = asked(li)
    assert accept(li, id, yes=False).status_code == 204
    assert refusal(accept(li, id)) == (404, "not_found")
    assert len(listed(company)) == 1
    assert ask(company, person_of("holder-li")).status_code == 201


@pytest.mark.parametrize(("late", "status"), [(-1, 204), (0, 404)])
def test_an_offer_may_be_accepted_until_its_time_is_over(
    app: Flask, company: Visitor, clock: Clock, late: int, status: int
) -> None:
    ask(company, person_of("holder-li"))
    id = listed(company)[-1]["id"]
    clock.now += timedelta(days=numbers.DELEGATION_ANSWER_DAYS, seconds=late)
    assert accept(sign_in(app, "holder-li"), id).status_code == status


def test_strangers_see_change_and_accept_nothing(
    company: Visitor, li: Visitor, elder: Visitor, granddaughter: Visitor
) -> None:
    assert refusal(ask(elder, person_of("holder-li"))) == (404, "not_found")
    ask(company, person_of("holder-li"))
    id = asked(li)
    (acting,) = [one["id"] for one in listed(company) if one["state"] == "active"]
    assert listed(elder) == []
    for visitor in (elder, granddaughter):
        assert refusal(accept(visitor, id)) == (404, "not_found")
        for wanted in (id, acting):
            assert refusal(visitor.delete(f"{PATH}/{wanted}")) == (404, "not_found")
    assert refusal(li.delete(f"{PATH}/{acting}")) == (404, "not_found"), "asked is not yet one"


def test_a_wrong_name_finds_nobody_and_the_answer_is_the_same(
    company: Visitor, li: Visitor
) -> None:
    right, wrong = person_of("holder-li"), person_of("holder-elder") | {"name": "王秀"}
    answers = [ask(company, one).get_json()["items"][-1].keys() for one in (right, wrong)]
    assert answers[0] == answers[1]
    assert len([one for one in listed(li) if one["mine"]]) == 1


def test_a_new_administrator_names_an_agent_who_may_show(
    company: Visitor, li: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:

    licence = identifier_of(company, BUSINESS)
    ask(company, person_of("holder-li"))
    accept(li, asked(li))
    made = offered(li, body_of(clock.now, "delegate-li", licence))
    assert accepted(granddaughter, made)["kind"] == "agent"
    assert (
        verify(zhao, show(granddaughter, BUSINESS, role="delegate")["text"], SHOP)["reason"] == "ok"
    )


def test_the_pages_lead_through_it(company: Visitor, li: Visitor) -> None:
    def send(visitor: Visitor, path: str, **form: str) -> TestResponse:
        cookie = visitor.http.get_cookie("csrf_token")
        assert cookie is not None
        return visitor.http.post(path, data={**form, "csrf_token": cookie.value})

    home = "/wallet/administrators"
    person = person_of("holder-li")
    form = {"organisation": COMPANY, "name": person["name"], "code": person["code"]}
    assert send(company, f"{home}/new", **(form | {"code": "1"})).status_code == 422
    assert send(company, f"{home}/new", **form).status_code == 303
    assert "等对方接受" in company.get(home).text
    assert "请您做证照管理员" in li.get(home).text
    id = asked(li)
    assert send(li, f"{home}/{id}/answer", accept="1").status_code == 303
    assert li.get(home).text.count('data-state="active"') == 2
    assert "移除管理员" in company.get(f"{home}/{id}/end").text
    assert send(company, f"{home}/{id}/end").status_code == 303
    assert "您没有管理单位的证照" in li.get(home).text
    (only,) = [one["id"] for one in listed(company)]
    refused = send(company, f"{home}/{only}/end")
    assert (refused.status_code, "至少要有一位管理员" in refused.text) == (409, True)
    assert company.get(f"{home}/{id}/end").status_code == 404
