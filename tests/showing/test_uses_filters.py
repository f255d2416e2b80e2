"""Of the history one may ask for days, a type, an outcome, and who showed; every condition holds at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.showing.test_uses import uses
from tests.support.clock import Clock
from tests.support.delegations import delegate
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    FOOD,
    IDENTITY,
    RENEWAL,
    SENIOR,
    identifier_of,
    refusal,
    show,
    verify,
    withdraw,
)
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.working_days import start_of_day
from wallet.showing.model import Verification

ALLOWANCE = "senior-allowance"


def found(holder: Visitor, query: str) -> list[str]:
    return [use["id"] for use in uses(holder, query)["items"]]


def judged(holder: Visitor, desk: Visitor, type_code: str, item: str, role: str = "own") -> str:
    verdict: str = verify(desk, show(holder, type_code, role=role)["text"], item)["id"]
    return verdict


def put_at(deps: Deps, verification: str, at: datetime, **more: Any) -> None:
    with deps.db.begin() as tx:
        tx.execute(
            update(Verification).where(Verification.id == verification).values(at=at, **more)
        )


def test_days_are_local_and_inclusive(li: Visitor, zhao: Visitor, clock: Clock, deps: Deps) -> None:
    today = local_day(clock.now)
    midnight, second = start_of_day(today), timedelta(seconds=1)
    ids = [judged(li, zhao, FOOD, RENEWAL) for _ in range(4)]
    for id, at in zip(
        ids, (midnight - second, midnight, midnight + timedelta(days=1) - second,
              midnight + timedelta(days=1)), strict=True,
    ):  # fmt: skip
        put_at(deps, id, at)
    before, first, last, after = ids
    assert found(li, f"?from={today}&to={today}") == [last, first]
    assert found(li, f"?from={today}") == [after, last, first]
    assert found(li, f"?to={today}") == [last, first, before]
    assert found(li, f"?from={today + timedelta(days=1)}&to={today}") == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_beyond_every_clock_are_no_fault(li: Visitor, zhao: Visitor, day: str) -> None:
    judged(li, zhao, FOOD, RENEWAL)
    assert len(found(li, f"?from={day}")) == (1 if day < "2000" else 0)
    assert len(found(li, f"?to={day}")) == (0 if day < "2000" else 1)


def test_a_type_and_an_outcome(li: Visitor, zhao: Visitor) -> None:
    food = judged(li, zhao, FOOD, RENEWAL)
    driving = judged(li, zhao, "driving-licence", IDENTITY)
    code = show(li)
    withdraw(li, code)
    refused = verify(zhao, code["text"])["id"]
    assert found(li, "?type=driving-licence") == [driving]
    assert sorted(found(li, "?outcome=accepted")) == sorted([driving, food])
    assert found(li, "?outcome=refused") == [refused]
    assert found(li, f"?type={FOOD}&outcome=accepted") == [food]
    assert found(li, "?type=no-such-type") == found(li, "?outcome=pending") == []


def test_what_a_desk_accepted_offline_counts_as_accepted(
    li: Visitor, zhao: Visitor, clock: Clock, deps: Deps
) -> None:
    id = judged(li, zhao, FOOD, RENEWAL)
    put_at(deps, id, clock.now, verdict="refused", reason="withdrawn", offline_reason="ok")
    assert found(li, "?outcome=accepted") == [id]
    assert found(li, "?outcome=refused") == []


def test_who_has_shown_and_whose_licence_it_was(
    elder: Visitor, granddaughter: Visitor, zhao: Visitor
) -> None:
    herself = judged(elder, zhao, SENIOR, ALLOWANCE)
    for_her = judged(granddaughter, zhao, SENIOR, ALLOWANCE, role="delegate")
    own = judged(granddaughter, zhao, "teacher-qualification", "identity-at-counter")
    assert found(elder, "?by=me") == [herself]
    assert found(elder, "?by=others") == [for_her]
    assert sorted(found(elder, "?role=own")) == sorted([for_her, herself])
    assert found(elder, "?role=delegate") == []
    assert found(granddaughter, "?role=own") == [own]
    assert found(granddaughter, "?role=delegate") == [for_her]
    assert found(granddaughter, "?by=me&role=own") == [own]
    assert sorted(found(granddaughter, "?by=me")) == sorted([own, for_her])
    assert found(granddaughter, "?by=others") == []


def test_a_use_of_ones_own_licence_under_anothers_delegation_is_ones_own(
    app: Flask, deps: Deps, elder: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    """Both sides of a delegation of a joint licence may hold it."""
    id = judged(granddaughter, zhao, SENIOR, ALLOWANCE, role="delegate")
    under = uses(granddaughter)["items"][0]["under"]["id"]
    for query in (f"?delegation={under}", f"?delegation={under}&role=delegate"):
        assert found(granddaughter, query) == [id]
    assert found(elder, f"?delegation={under}&role=own") == [id]
    assert found(elder, f"?delegation={under}&role=delegate") == []
    assert refusal(sign_in(app, "holder-li").get(f"/api/v1/me/uses?delegation={under}")) == (
        404, "not_found",
    )  # fmt: skip


def test_pages_go_on_within_the_choice(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    food = {judged(li, zhao, FOOD, RENEWAL) for _ in range(3)}
    judged(li, zhao, "driving-licence", IDENTITY)
    page = uses(li, f"?type={FOOD}&limit=2")
    rest = uses(li, f"?type={FOOD}&limit=2&cursor={page['next_cursor']}")
    assert ([len(one["items"]) for one in (page, rest)], rest["next_cursor"]) == ([2, 1], None)
    assert {use["id"] for one in (page, rest) for use in one["items"]} == food


@pytest.mark.parametrize(
    "query", ["?from=2026-1-1", "?to=x", "?outcome=x", "?role=x", "?by=x", "?type="]
)
def test_what_is_no_choice_is_said(li: Visitor, query: str) -> None:
    assert li.get(f"/api/v1/me/uses{query}").status_code == 422


def test_the_types_to_choose_from_are_those_of_the_history(
    granddaughter: Visitor, elder: Visitor, deps: Deps, clock: Clock
) -> None:
    disability = identifier_of(elder, "disability-certificate")
    assert "残疾人证" not in granddaughter.get("/wallet/uses").text
    delegate(deps, clock.now, "holder-elder", disability)
    page = granddaughter.get("/wallet/uses").text
    for name in ("残疾人证", "老年人优待证", "教师资格证书"):
        assert name in page
    assert "食品经营许可证" not in page
