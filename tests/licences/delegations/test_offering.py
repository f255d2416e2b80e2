"""A holder offers a delegation; it counts once the person it was made out to has accepted it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.clock import Clock
from tests.support.delegations import (
    PATH,
    accepted,
    answered,
    body_of,
    day_after,
    listed,
    offered,
    person_of,
)
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    FOOD,
    RENEWAL,
    SENIOR,
    events,
    identifier_of,
    open_code,
    refusal,
    show,
    verify,
)
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.model import Account

STRANGER = {"code_type": "111", "code": "150602196512304514", "name": "赵无名"}
"""Nobody that the library knows."""


def test_from_offer_to_showing_at_the_desk(
    li: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock, deps: Deps
) -> None:
    food = identifier_of(li, FOOD)
    offer = offered(li, body_of(clock.now, "delegate-li", food))
    assert (offer["side"], offer["state"], offer["kind"]) == ("given", "offered", "family")
    assert (offer["grantor"], offer["delegate"]) == ("李明", "李娜")
    assert refusal(open_code(granddaughter, food)) == (404, "not_found")

    (received,) = [one for one in listed(granddaughter, "received") if one["state"] == "offered"]
    assert (received["id"], received["side"]) == (offer["id"], "received")
    assert received["licences"][0]["identifier"] is None
    assert received["licences"][0]["type"]["code"] == FOOD
    taken = accepted(granddaughter, received)
    assert (taken["state"], taken["licences"][0]["identifier"]) == ("active", food)

    verdict = verify(zhao, show(granddaughter, FOOD, role="delegate")["text"], RENEWAL)
    assert (verdict["verdict"], verdict["shown_by"]) == ("accepted", "delegate")
    assert [one["state"] for one in listed(li, "given")] == ["active"]
    told = events(deps, "delegation.")[-2:]
    assert [name for name, _ in told] == ["delegation.offered", "delegation.accepted"]
    assert "李" not in str(told)


def test_nobody_is_told_whether_there_is_such_a_person(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    food = identifier_of(li, FOOD)
    right = person_of("delegate-li")
    known = offered(li, body_of(clock.now, "delegate-li", food))
    others = [right | {"name": "李那"}, right | {"code": STRANGER["code"]}, STRANGER]
    theirs = {"id", "delegate", "delegate_code"}
    for person in others:
        made = offered(li, body_of(clock.now, "delegate-li", food, delegate=person))
        assert {key: made[key] for key in made.keys() - theirs} == {
            key: known[key] for key in known.keys() - theirs
        }
        assert refusal(answered(granddaughter, made["id"])) == (404, "not_found")
        assert granddaughter.get(f"{PATH}/{made['id']}").status_code == 404


def test_a_name_is_found_however_it_is_typed(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    person = person_of("delegate-li")
    typed = {"code_type": "111", "code": f" {person['code']} ", "name": " 李 娜 "}
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD), delegate=typed))
    assert accepted(granddaughter, made)["state"] == "active"


def test_the_code_is_masked_for_the_grantor_too(li: Visitor, clock: Clock) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    code = person_of("delegate-li")["code"]
    assert made["delegate_code"].startswith(code[:6])
    assert made["delegate_code"].endswith(code[-4:])
    assert code not in str(made)


def refused(li: Visitor, clock: Clock, **changes: Any) -> tuple[int, str]:
    return refusal(
        li.post(PATH, body_of(clock.now, "delegate-li", identifier_of(li, FOOD), **changes))
    )


def test_days_just_inside_and_just_outside(li: Visitor, clock: Clock) -> None:
    today = local_day(clock.now)
    ahead, longest = numbers.DELEGATION_AHEAD_DAYS, numbers.DELEGATION_DAYS_MAX
    wrong = {
        "yesterday": {"starts_on": day_after(today, -1)},
        "too far ahead": {"starts_on": day_after(today, ahead + 1), "ends_on": day_after(today, ahead + 1)},
        "ends before it begins": {"starts_on": day_after(today, 2), "ends_on": day_after(today, 1)},
        "ended yesterday": {"ends_on": day_after(today, -1)},
        "too long": {"ends_on": day_after(today, longest)},
    }  # fmt: skip
    for why, changes in wrong.items():
        assert refused(li, clock, **changes) == (422, "delegation_period"), why
    good = [
        {"ends_on": day_after(today, 0)},
        {"starts_on": day_after(today, 1), "ends_on": day_after(today, longest)},
    ]
    for changes in good:
        offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD), **changes))
    far = day_after(today, ahead)
    offered(
        li,
        body_of(clock.now, "delegate-li", identifier_of(li, "driving-licence"), starts_on=far, ends_on=far),
    )  # fmt: skip


def test_without_a_first_day_it_begins_today(li: Visitor, clock: Clock) -> None:
    body = body_of(clock.now, "delegate-li", identifier_of(li, FOOD))
    del body["starts_on"]
    assert offered(li, body)["starts_on"] == local_day(clock.now).isoformat()


def test_one_that_begins_later_shows_nothing_before(app: Flask, li: Visitor, clock: Clock) -> None:
    food, today = identifier_of(li, FOOD), local_day(clock.now)
    tomorrow = day_after(today, 1)
    made = offered(li, body_of(clock.now, "delegate-li", food, starts_on=tomorrow))
    assert accepted(sign_in(app, "delegate-li"), made)["state"] == "upcoming"
    assert refusal(open_code(sign_in(app, "delegate-li"), food)) == (404, "not_found")
    clock.now += timedelta(days=1)
    assert open_code(sign_in(app, "delegate-li"), food).status_code == 201


def test_only_own_licences_are_given_and_nothing_is_handed_on(
    li: Visitor, elder: Visitor, granddaughter: Visitor, company: Visitor, clock: Clock
) -> None:
    food, senior = identifier_of(li, FOOD), identifier_of(elder, SENIOR)
    assert identifier_of(granddaughter, SENIOR, "delegate") == senior
    for visitor, identifier in (
        (granddaughter, senior),
        (li, senior),
        (company, food),
        (li, "1.2"),
    ):
        answer = visitor.post(PATH, body_of(clock.now, "holder-elder", identifier))
        assert refusal(answer) == (404, "not_found")
    together = li.post(PATH, body_of(clock.now, "delegate-li", food, senior))
    assert refusal(together) == (404, "not_found")


def test_nobody_delegates_to_themselves(li: Visitor, company: Visitor, clock: Clock) -> None:
    own = li.post(PATH, body_of(clock.now, "holder-li", identifier_of(li, FOOD)))
    assert refusal(own) == (422, "delegation_to_self")
    licence = identifier_of(company, "business-licence")
    own = company.post(PATH, body_of(clock.now, "holder-company", licence))
    assert refusal(own) == (422, "delegation_to_self")


def test_a_company_names_an_agent(
    company: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    licence = identifier_of(company, "business-licence")
    made = offered(company, body_of(clock.now, "delegate-li", licence, items=["open-a-shop"]))
    assert (made["kind"], made["grantor"]) == ("agent", "鄂尔多斯市蓝城健康食品有限公司（演示）")
    accepted(granddaughter, made)
    code = show(granddaughter, "business-licence", role="delegate")
    assert verify(zhao, code["text"], "open-a-shop")["verdict"] == "accepted"


@pytest.mark.parametrize("type_code", ["public-place-hygiene-permit"])
def test_what_has_expired_is_not_given(li: Visitor, clock: Clock, type_code: str) -> None:
    answer = li.post(PATH, body_of(clock.now, "delegate-li", identifier_of(li, type_code)))
    assert refusal(answer) == (409, "licence_expired")


def test_what_is_suspended_may_be_given_and_cannot_be_shown(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    suspended = identifier_of(li, "special-equipment-registration")
    accepted(granddaughter, offered(li, body_of(clock.now, "delegate-li", suspended)))
    assert refusal(open_code(granddaughter, suspended)) == (409, "licence_suspended")


def test_a_licence_is_given_to_one_person_once_for_the_same_days(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    food, driving = identifier_of(li, FOOD), identifier_of(li, "driving-licence")
    today = local_day(clock.now)
    first = offered(li, body_of(clock.now, "delegate-li", food, ends_on=day_after(today, 10)))

    def again(*licences: str, first_day: int = 0, to: str = "delegate-li") -> Any:
        days = {"starts_on": day_after(today, first_day), "ends_on": day_after(today, 20)}
        return li.post(PATH, body_of(clock.now, to, *licences, **days))

    assert refusal(again(food, driving, first_day=10)) == (409, "delegation_exists")
    accepted(granddaughter, first)
    assert refusal(again(food)) == (409, "delegation_exists")
    assert again(food, first_day=11).status_code == 201
    assert again(driving).status_code == 201
    assert again(food, to="holder-elder").status_code == 201
    assert li.delete(f"{PATH}/{first['id']}").status_code == 204
    days = {"ends_on": day_after(today, 10)}
    assert li.post(PATH, body_of(clock.now, "delegate-li", food, **days)).status_code == 201


def test_matters_fit_the_licences_and_any_matter_is_said(li: Visitor, clock: Clock) -> None:
    food, driving = identifier_of(li, FOOD), identifier_of(li, "driving-licence")

    def with_items(items: Any, *licences: str) -> tuple[int, str]:
        answer = li.post(PATH, body_of(clock.now, "delegate-li", *licences, items=items))
        slug = answer.get_json().get("slug", "") if answer.status_code != 201 else ""
        return answer.status_code, slug

    assert with_items([], food) == (422, "invalid")
    assert with_items(["no-such-item"], food) == (422, "unknown_item")
    assert with_items(["driving-licence-renewal"], food) == (422, "delegation_matter")
    assert with_items([RENEWAL, "driving-licence-renewal"], food) == (422, "delegation_matter")
    assert with_items([RENEWAL], food, driving) == (422, "delegation_matter")
    assert with_items([RENEWAL, RENEWAL], food)[0] == 201
    assert with_items(["driving-licence-renewal"], driving)[0] == 201
    body = body_of(clock.now, "holder-elder", food)
    del body["items"]
    assert refusal(li.post(PATH, body)) == (422, "invalid")


def test_a_frozen_account_gives_nothing(li: Visitor, deps: Deps, clock: Clock) -> None:
    freeze(deps, "holder-li", clock)
    assert refused(li, clock) == (409, "frozen")


def freeze(deps: Deps, login: str, clock: Clock) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(Account).where(Account.login == login).values(frozen_at=clock.now))


def test_a_licence_twice_in_one_offer_is_refused(li: Visitor, clock: Clock) -> None:
    food = identifier_of(li, FOOD)
    answer = li.post(PATH, body_of(clock.now, "delegate-li", food, food))
    assert refusal(answer) == (422, "duplicate_licence")


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"code": "150602199809214223"}, "holder_code"),
        ({"code_type": "001", "code": "91150602MADEM0601A"}, "holder_code_type"),
        ({"name": " "}, "invalid"),
    ],
)
def test_a_person_who_cannot_be_is_refused(
    li: Visitor, clock: Clock, change: dict[str, str], slug: str
) -> None:
    assert refused(li, clock, delegate=person_of("delegate-li") | change) == (422, slug)
