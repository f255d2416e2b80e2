"""Either side ends a delegation at once, and whatever is being shown under it is void."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.delegations import PATH, accepted, body_of, delegate, listed, offered
from tests.support.licences import food_licence, issue, person
from tests.support.people import Visitor, machine, sign_in
from tests.support.showing import (
    FOOD,
    RENEWAL,
    created,
    events,
    identifier_of,
    next_code,
    open_code,
    refusal,
    show,
    verify,
)
from wallet.base.deps import Deps


@pytest.mark.parametrize("by", ["grantor", "delegate"])
def test_an_end_voids_the_code_on_the_screen(
    li: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock, deps: Deps, by: str
) -> None:
    food = identifier_of(li, FOOD)
    made = offered(li, body_of(clock.now, "delegate-li", food))
    accepted(granddaughter, made)
    code = show(granddaughter, FOOD, role="delegate")
    who = li if by == "grantor" else granddaughter
    assert who.delete(f"{PATH}/{made['id']}").status_code == 204
    verdict = verify(zhao, code["text"], RENEWAL)
    assert (verdict["verdict"], verdict["reason"]) == ("refused", "withdrawn")
    assert refusal(next_code(granddaughter, code)) == (409, "withdrawn")
    assert refusal(open_code(granddaughter, food)) == (404, "not_found")
    for visitor in (li, granddaughter):
        (seen,) = [one for one in listed(visitor) if one["id"] == made["id"]]
        assert (seen["state"], seen["ended_by"]) == ("ended", by)
    assert events(deps, "delegation.ended")[-1][1]["by"] == by


def test_an_end_twice_is_once_and_for_good(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    accepted(granddaughter, made)
    for visitor in (li, li, granddaughter):
        assert visitor.delete(f"{PATH}/{made['id']}").status_code == 204
    assert len(events(deps, "delegation.ended")) == 1
    answer = granddaughter.post(f"{PATH}/{made['id']}/answer", {"accept": True})
    assert refusal(answer) == (409, "delegation_ended")


def test_an_offer_taken_back_is_gone_for_whom_it_was(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    assert li.delete(f"{PATH}/{made['id']}").status_code == 204
    assert [one["state"] for one in listed(li, "given")] == ["withdrawn"]
    assert made["id"] not in {one["id"] for one in listed(granddaughter)}
    answer = granddaughter.post(f"{PATH}/{made['id']}/answer", {"accept": True})
    assert refusal(answer) == (404, "not_found")


def test_strangers_end_nothing_and_see_nothing(
    li: Visitor, granddaughter: Visitor, elder: Visitor, company: Visitor, clock: Clock
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    accepted(granddaughter, made)
    for visitor in (elder, company):
        assert refusal(visitor.delete(f"{PATH}/{made['id']}")) == (404, "not_found")
        assert refusal(visitor.get(f"{PATH}/{made['id']}")) == (404, "not_found")
        assert made["id"] not in {one["id"] for one in listed(visitor)}
    assert listed(li, "given")[0]["state"] == "active"


def test_of_joint_holders_each_ends_the_own(
    app: Flask, li: Visitor, elder: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock,
    deps: Deps,
) -> None:  # fmt: skip
    data = deps.config.data
    body = food_licence(data, holders=[person(data, "holder-elder"), person(data)])
    joint = issue(machine(app, data, "issuer"), body)["identifier"]
    offers = [offered(one, body_of(clock.now, "delegate-li", joint)) for one in (li, elder)]
    for made in offers:
        accepted(granddaughter, made)
    first = created(open_code(granddaughter, joint))
    assert li.delete(f"{PATH}/{offers[0]['id']}").status_code == 204
    assert verify(zhao, first["text"], RENEWAL)["reason"] == "withdrawn"
    second = created(open_code(granddaughter, joint))
    assert verify(zhao, second["text"], RENEWAL)["verdict"] == "accepted"
    assert elder.delete(f"{PATH}/{offers[1]['id']}").status_code == 204
    assert refusal(open_code(granddaughter, joint)) == (404, "not_found")


def test_a_licence_that_went_to_another_holder_is_no_longer_shown(
    app: Flask, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    data, issuer = deps.config.data, machine(app, deps.config.data, "issuer")
    body = food_licence(data)
    first = issue(issuer, body)["identifier"]
    delegate(deps, clock.now, "holder-li", first)
    code = created(open_code(granddaughter, first))
    sold = issue(issuer, body | {"version": 2, "holders": [person(data, "holder-elder")]})
    assert refusal(next_code(granddaughter, code)) == (409, "withdrawn")
    assert refusal(open_code(granddaughter, sold["identifier"])) == (404, "not_found")


def test_a_delegation_is_none_of_the_next_of_another_account(app: Flask, clock: Clock) -> None:
    """What an account sees of delegations is asked of the database each time."""
    li, other = sign_in(app, "holder-li"), sign_in(app, "holder-elder")
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    assert made["id"] not in {one["id"] for one in listed(other)}
    assert li.get(PATH).headers["Cache-Control"] == other.get(PATH).headers["Cache-Control"]
