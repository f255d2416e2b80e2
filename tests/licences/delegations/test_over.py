"""What is over by itself: whom that is told, and what a former delegate still sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from tests.licences.delegations.test_told import acts, news
from tests.support.clock import Clock
from tests.support.delegations import PATH, accepted, answered, body_of, day_after, offered
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, RENEWAL, identifier_of, refusal, show, verify
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.working_days import end_of_day
from wallet.licences.delegations.model import Delegation
from wallet.licences.delegations.tell import tell_of_ends
from wallet.queue.fan_out import fan_out


def told(deps: Deps, now: datetime) -> int:
    """What a round of the worker finds over."""
    found = tell_of_ends(deps, now, 100)
    fan_out(deps, now)
    return found


def waiting(deps: Deps) -> int:
    """How many will be over by themselves."""
    with deps.db.read() as tx:
        return tx.execute(select(func.count(Delegation.over_at))).scalar_one()


def test_of_an_offer_that_lapsed_its_grantor_is_told_once(
    app: Flask, li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    until = datetime.fromisoformat(made["answer_until"])
    told(deps, until - timedelta(seconds=1))
    assert acts(li, made["id"]) == []
    assert told(deps, until + timedelta(seconds=1)) == 1
    assert told(deps, until + timedelta(hours=1)) == 0
    clock.now = until + timedelta(days=1)
    li, granddaughter = sign_in(app, "holder-li"), sign_in(app, "delegate-li")
    assert acts(li, made["id"]) == ["delegation_lapsed"]
    assert acts(granddaughter, made["id"]) == ["delegation_offered"]


def test_of_a_last_day_that_has_passed_both_sides_are_told(
    app: Flask, li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    last = local_day(clock.now) + timedelta(days=2)
    body = body_of(clock.now, "delegate-li", identifier_of(li, FOOD), ends_on=last.isoformat())
    made = accepted(granddaughter, offered(li, body))
    midnight = end_of_day(last)
    assert told(deps, midnight - timedelta(seconds=1)) == 0
    assert told(deps, midnight) == 1
    clock.now = midnight
    for persona, seen in (
        ("holder-li", "delegation_accepted"),
        ("delegate-li", "delegation_offered"),
    ):
        assert acts(sign_in(app, persona), made["id"]) == [seen, "delegation_expired"]


def test_an_offer_whose_last_day_passes_before_its_answer_lapses_with_that_day(
    li: Visitor, clock: Clock, deps: Deps
) -> None:
    today = local_day(clock.now)
    made = offered(
        li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD), ends_on=today.isoformat())
    )
    assert told(deps, end_of_day(today)) == 1
    assert acts(li, made["id"]) == ["delegation_lapsed"]


def test_what_somebody_ended_is_not_over_by_itself(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    food, before = identifier_of(li, FOOD), waiting(deps)
    for end in ("decline", "take back", "give up"):
        made = offered(li, body_of(clock.now, "delegate-li", food))
        if end == "decline":
            answered(granddaughter, made["id"], accept=False)
        elif end == "take back":
            li.delete(f"{PATH}/{made['id']}")
        else:
            accepted(granddaughter, made)
            granddaughter.delete(f"{PATH}/{made['id']}")
    assert waiting(deps) == before


def test_nobody_accepts_what_its_grantor_was_told_is_over(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    """A request may have waited since before the offer lapsed."""
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    told(deps, clock.now + timedelta(days=numbers.DELEGATION_ANSWER_DAYS))
    assert refusal(answered(granddaughter, made["id"])) == (409, "delegation_ended")


def test_that_it_was_accepted_says_when_it_begins(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    food, today = identifier_of(li, FOOD), local_day(clock.now)
    begins = {}
    for ahead in (0, 1):
        first = day_after(today, ahead)
        body = body_of(clock.now, "delegate-li", food, starts_on=first, ends_on=first)
        made = accepted(granddaughter, offered(li, body))
        fan_out(deps, clock.now)
        begins[ahead] = news(li, made["id"])[-1]["delegation"]["begins_on"]
    assert begins == {0: None, 1: day_after(today, 1)}
    page = li.get("/wallet/inbox").text
    assert f"从 {day_after(today, 1)} 起可以代为出示" in page
    assert page.count("现在可以代为出示") == 1


def identifiers(visitor: Visitor, made: dict[str, Any]) -> list[str | None]:
    seen = visitor.get(f"{PATH}/{made['id']}").get_json()
    return [one["identifier"] for one in seen["licences"]]


def used(visitor: Visitor) -> list[str | None]:
    uses = visitor.get("/api/v1/me/uses").get_json()["items"]
    return [one["identifier"] for one in uses if one["under"]]


def test_a_former_delegate_sees_no_identifier_any_more(
    app: Flask, li: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    food = identifier_of(li, FOOD)
    made = accepted(granddaughter, offered(li, body_of(clock.now, "delegate-li", food)))
    verify(zhao, show(granddaughter, FOOD, role="delegate")["text"], RENEWAL)
    assert identifiers(granddaughter, made) == used(granddaughter) == [food]
    li.delete(f"{PATH}/{made['id']}")
    assert identifiers(granddaughter, made) == used(granddaughter) == [None]
    assert identifiers(li, made) == used(li) == [food]
    assert food not in granddaughter.get(f"/wallet/delegations/{made['id']}").text
