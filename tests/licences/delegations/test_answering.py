"""Whom it was made out to accepts or declines, once, in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.delegations import (
    PATH,
    accepted,
    answered,
    body_of,
    day_after,
    listed,
    offered,
)
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, identifier_of, open_code, refusal
from wallet import numbers
from wallet.base.clock import local_day


def test_a_declined_offer_never_counts(li: Visitor, granddaughter: Visitor, clock: Clock) -> None:
    food = identifier_of(li, FOOD)
    made = offered(li, body_of(clock.now, "delegate-li", food))
    assert answered(granddaughter, made["id"], accept=False).get_json()["state"] == "declined"
    assert refusal(open_code(granddaughter, food)) == (404, "not_found")
    assert refusal(answered(granddaughter, made["id"])) == (409, "delegation_ended")
    (given,) = listed(li, "given")
    assert (given["state"], given["ended_by"]) == ("declined", "delegate")


@pytest.mark.parametrize("accept", [True, False])
def test_the_same_answer_twice_is_once(
    li: Visitor, granddaughter: Visitor, clock: Clock, *, accept: bool
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    first = answered(granddaughter, made["id"], accept=accept).get_json()
    clock.advance(5)
    assert answered(granddaughter, made["id"], accept=accept).get_json() == first
    assert refusal(answered(granddaughter, made["id"], accept=not accept)) == (
        409,
        "delegation_ended",
    )


def test_only_whom_it_was_made_out_to_answers(
    li: Visitor, elder: Visitor, company: Visitor, clock: Clock
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    for visitor in (li, elder, company):
        for accept in (True, False):
            answer = answered(visitor, made["id"], accept=accept)
            assert refusal(answer) == (404, "not_found")
    assert [one["state"] for one in listed(li, "given")] == ["offered"]


def test_an_offer_lapses_just_after_its_last_moment(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    food, driving = identifier_of(li, FOOD), identifier_of(li, "driving-licence")
    in_time, late = (offered(li, body_of(clock.now, "delegate-li", one)) for one in (food, driving))
    clock.now += timedelta(days=numbers.DELEGATION_ANSWER_DAYS, seconds=-1)
    delegate = sign_in(app, "delegate-li")
    assert accepted(delegate, in_time)["state"] == "active"
    clock.advance(1)
    assert refusal(answered(delegate, late["id"])) == (404, "not_found")
    states = {one["id"]: one["state"] for one in listed(sign_in(app, "holder-li"), "given")}
    assert states == {in_time["id"]: "active", late["id"]: "lapsed"}


def test_an_offer_whose_days_are_over_cannot_be_accepted(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    today = local_day(clock.now)
    body = body_of(clock.now, "delegate-li", identifier_of(li, FOOD), ends_on=day_after(today, 0))
    made = offered(li, body)
    clock.now += timedelta(days=1)
    assert refusal(answered(sign_in(app, "delegate-li"), made["id"])) == (409, "delegation_ended")


@pytest.mark.parametrize("accept", [None, "true", 2, "yes", [], {}])
def test_an_answer_is_yes_or_no(
    li: Visitor, granddaughter: Visitor, clock: Clock, accept: object
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    answer = granddaughter.post(f"{PATH}/{made['id']}/answer", {"accept": accept})
    assert refusal(answer) == (422, "invalid")


def test_an_answer_without_the_csrf_token_is_refused(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    path = f"{PATH}/{made['id']}"
    refused = [
        granddaughter.http.post(f"{path}/answer", json={"accept": True}),
        granddaughter.http.delete(path),
        li.http.post(PATH, json=body_of(clock.now, "holder-elder", identifier_of(li, FOOD))),
    ]
    assert [refusal(answer) for answer in refused] == [(403, "csrf_failed")] * 3
    assert [one["state"] for one in listed(li, "given")] == ["offered"]
