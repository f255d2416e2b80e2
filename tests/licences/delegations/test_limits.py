"""So many delegates at a time, so many offers a day; just inside and just outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.delegations import (
    PATH,
    answered,
    body_of,
    day_after,
    listed,
    offered,
    principal_of,
)
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, identifier_of, refusal
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.errors import TooMany
from wallet.licences.delegations import others
from wallet.licences.delegations.offer import NewDelegation, offer

CODES: Final = (
    "150602196512304514 150602197310153329 150602198002291433 150602199907071245"
    " 150602197401011350 150602196008081665"
).split()
"""Invented resident IDs with good check digits."""


def to(visitor: Visitor, clock: Clock, number: int, *licences: str, days: int = 30) -> TestResponse:
    person = {"code_type": "111", "code": CODES[number], "name": f"演示{number}"}
    ends_on = day_after(local_day(clock.now), days)
    body = body_of(clock.now, "delegate-li", *licences, delegate=person, ends_on=ends_on)
    return visitor.post(PATH, body)


def test_five_persons_and_no_sixth(li: Visitor, granddaughter: Visitor, clock: Clock) -> None:
    food, driving = identifier_of(li, FOOD), identifier_of(li, "driving-licence")
    mine = offered(li, body_of(clock.now, "delegate-li", food))
    for number in range(numbers.FAMILY_DELEGATES_MAX - 1):
        assert to(li, clock, number, food).status_code == 201
    assert refusal(to(li, clock, 5, food)) == (409, "too_many_delegates")
    assert to(li, clock, 0, driving).status_code == 201, "the same person again is no sixth"
    assert answered(granddaughter, mine["id"], accept=False).status_code == 200
    assert to(li, clock, 5, food).status_code == 201


def test_offers_that_lapsed_and_days_that_are_over_make_room(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    food = identifier_of(li, FOOD)
    for number in range(numbers.FAMILY_DELEGATES_MAX):
        assert to(li, clock, number, food, days=0 if number == 0 else 30).status_code == 201
    clock.now += timedelta(days=1)
    li = sign_in(app, "holder-li")
    assert to(li, clock, 5, food).status_code == 201
    assert refusal(to(li, clock, 0, food)) == (409, "too_many_delegates")
    clock.now += timedelta(days=numbers.DELEGATION_ANSWER_DAYS - 1)
    assert to(sign_in(app, "holder-li"), clock, 0, food).status_code == 201


def test_a_company_has_more_agents_than_a_family_has_delegates(
    company: Visitor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit, sentence = others._LIMITS["agent"]
    assert limit == numbers.AGENTS_MAX > numbers.FAMILY_DELEGATES_MAX
    monkeypatch.setattr(others, "_LIMITS", {"agent": (3, sentence)})
    licence = identifier_of(company, "business-licence")
    assert len(listed(company, "given")) == 1
    answers = [to(company, clock, number, licence) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert "3 位办事人" in answers[-1].get_json()["detail"]


def test_so_many_offers_in_a_day_also_where_they_are_taken_back(
    deps: Deps, li: Visitor, clock: Clock
) -> None:
    served = replace(deps, config=replace(deps.config, demo=False))
    principal, food = principal_of(deps, "holder-li"), identifier_of(li, FOOD)
    today = local_day(clock.now)
    new = NewDelegation("111", CODES[0], "演示", [food], None, None, today + timedelta(days=9))
    for _ in range(numbers.DELEGATION_OFFERS_PER_DAY):
        made = offer(served, principal, new, clock.now)
        assert li.delete(f"{PATH}/{made}").status_code == 204
    with pytest.raises(TooMany) as refused:
        offer(served, principal, new, clock.now + timedelta(hours=23, minutes=59))
    assert (refused.value.slug, refused.value.retry_after) == ("too_many_offers", 60)
    offer(served, principal, new, clock.now + timedelta(days=1))


@pytest.mark.parametrize(("count", "status"), [(20, 404), (21, 422)])
def test_so_many_licences_in_an_offer(li: Visitor, clock: Clock, count: int, status: int) -> None:
    body = body_of(clock.now, "delegate-li", *(f"1.2.{number}" for number in range(count)))
    assert li.post(PATH, body).status_code == status
    body = body_of(clock.now, "delegate-li", identifier_of(li, FOOD), items=["x"] * (count))
    assert li.post(PATH, body).status_code == 422
