"""The desk reads its verdict again: the fields for two minutes, the verdict for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.grants import change_grant
from tests.support.people import Machine, Visitor, sign_in
from tests.support.showing import (
    FOOD,
    events,
    fields_of,
    identifier_of,
    instant,
    refusal,
    row_counts,
    set_licence,
    show,
    verify,
    withdraw,
)
from wallet.base.clock import local_day
from wallet.base.deps import Deps

Desk = Visitor | Machine


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


def recall(desk: Desk, verdict: dict[str, Any]) -> dict[str, Any]:
    answer = desk.get(f"/api/v1/verifications/{verdict['id']}")
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def say(desk: Desk, verdict: dict[str, Any], outcome: object) -> Any:
    return desk.post(f"/api/v1/verifications/{verdict['id']}/outcome", {"outcome": outcome})


def test_the_fields_are_readable_for_two_minutes_and_the_verdict_after(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    verdict = verify(zhao, show(li)["text"])
    clock.advance(120)
    again = recall(zhao, verdict)
    assert again == verdict | {"status_as_of": again["status_as_of"]}
    clock.advance(0.001)
    assert recall(zhao, verdict) == verdict | {"licences": []}


def test_fields_read_again_tell_the_status_of_that_moment(
    app: Flask, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    li = sign_in(app, "holder-li")
    identifier = identifier_of(li, FOOD)
    verdict = verify(zhao, show(li)["text"])
    clock.advance(20)
    set_licence(deps, identifier, status="suspended")
    again = recall(zhao, verdict)
    set_licence(deps, identifier, status="valid")
    assert again["licences"][0]["status"] == "suspended"
    assert instant(again["status_as_of"]) == clock.now
    assert again["checked_at"] == verdict["checked_at"]


def test_a_refused_verdict_is_read_again_without_fields(li: Visitor, zhao: Visitor) -> None:
    code = show(li)
    assert withdraw(li, code).status_code == 204
    verdict = verify(zhao, code["text"])
    assert recall(zhao, verdict) == verdict
    unread = verify(zhao, "not a code")
    assert recall(zhao, unread) == unread


def test_a_used_code_is_refused_with_the_same_words_when_it_is_read_again(
    li: Visitor, zhao: Visitor, qian: Visitor, clock: Clock
) -> None:
    code = show(li)
    first = verify(zhao, code["text"])
    clock.advance(60)
    verdict = verify(qian, code["text"])
    assert f"{instant(first['checked_at']):%H:%M}" in verdict["message"]
    clock.advance(1200)
    assert recall(qian, verdict) == verdict


def _suspend(deps: Deps, now: datetime) -> None:
    change_grant(deps, suspended_at=now)


def _end(deps: Deps, now: datetime) -> None:
    change_grant(deps, ends_on=local_day(now) - timedelta(days=1))


@pytest.mark.parametrize("end", [_suspend, _end])
def test_a_grant_that_has_ended_gives_no_field_again(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, end: Callable[[Deps, datetime], None]
) -> None:
    verdict = verify(zhao, show(li)["text"])
    assert recall(zhao, verdict)["licences"] == verdict["licences"]
    end(deps, clock.now)
    assert recall(zhao, verdict) == verdict | {"licences": []}
    change_grant(deps, suspended_at=None, ends_on=local_day(clock.now))
    assert recall(zhao, verdict)["licences"] == verdict["licences"]
    change_grant(deps, ends_on=None)


def test_a_field_that_is_no_longer_granted_is_not_given_again(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    verdict = verify(zhao, show(li)["text"])
    ((*kept, dropped),) = fields_of(verdict)
    change_grant(deps, fields=kept)
    again = fields_of(recall(zhao, verdict))
    change_grant(deps, fields=[*kept, dropped])
    assert again == [kept]


def test_only_the_same_desk_finds_a_verification(
    app: Flask, li: Visitor, zhao: Visitor, qian: Visitor, reception: Machine
) -> None:
    verdict = verify(zhao, show(li)["text"])
    path = f"/api/v1/verifications/{verdict['id']}"
    for other in (qian, reception, sign_in(app, "desk-zhao"), sign_in(app, "desk-liu")):
        assert refusal(other.get(path)) == (404, "not_found")
        assert refusal(say(other, verdict, "served")) == (404, "not_found")
    assert refusal(li.get(path)) == (403, "not_permitted")
    assert refusal(Visitor(app).get(path)) == (401, "not_signed_in")
    assert refusal(zhao.get(f"{path}x")) == refusal(zhao.get("/api/v1/verifications/x"))
    assert recall(zhao, verdict) == verdict


def test_a_client_reads_its_own_verification_and_no_desks(
    li: Visitor, zhao: Visitor, reception: Machine
) -> None:
    verdict = verify(reception, show(li)["text"], terminal="自助机 1")
    assert recall(reception, verdict)["licences"] == verdict["licences"]
    assert refusal(zhao.get(f"/api/v1/verifications/{verdict['id']}")) == (404, "not_found")
    assert say(reception, verdict, "served").status_code == 204


@pytest.mark.parametrize("outcome", ["served", "person_mismatch", "not_served"])
def test_an_outcome_is_said_once_and_a_mismatch_is_alerted(
    li: Visitor, zhao: Visitor, deps: Deps, outcome: str
) -> None:
    verdict = verify(zhao, show(li)["text"])
    assert say(zhao, verdict, outcome).status_code == 204
    assert say(zhao, verdict, outcome).status_code == 204
    other = "served" if outcome != "served" else "not_served"
    assert refusal(say(zhao, verdict, other)) == (409, "outcome_recorded")
    said = [
        fields
        for name, fields in events(deps, "verification.outcome")
        if fields["verification"] == verdict["id"]
    ]
    assert [(fields["outcome"], fields["alert"]) for fields in said] == [
        (outcome, outcome == "person_mismatch")
    ]


def test_an_outcome_has_no_other_member(li: Visitor, zhao: Visitor) -> None:
    verdict = verify(zhao, show(li)["text"])
    path = f"/api/v1/verifications/{verdict['id']}/outcome"
    answer = zhao.post(path, {"outcome": "served", "remark": "x"})
    assert refusal(answer) == (422, "invalid")
    assert answer.get_json()["errors"] == {"remark": ["没有这一项。"]}
    assert say(zhao, verdict, "served").status_code == 204


@pytest.mark.parametrize("outcome", ["", "SERVED", "accepted", None, 1, ["served"]])
def test_an_outcome_that_there_is_not_is_refused(
    li: Visitor, zhao: Visitor, deps: Deps, outcome: object
) -> None:
    verdict = verify(zhao, show(li)["text"])
    before = row_counts(deps)
    assert refusal(say(zhao, verdict, outcome)) == (422, "invalid")
    assert row_counts(deps) == before
    assert say(zhao, verdict, "served").status_code == 204


def test_a_refused_code_has_an_outcome_too(zhao: Visitor) -> None:
    assert say(zhao, verify(zhao, "not a code"), "not_served").status_code == 204
