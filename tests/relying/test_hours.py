"""A grant may be for some hours of each day alone; outside of them nothing is given and nothing consumed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from tests.support.beyond import alerts, beyond, change_grant, grant_ids
from tests.support.clock import Clock
from tests.support.people import sign_in
from tests.support.showing import RENEWAL, ask, midnight_after, show, state, verify
from wallet.base.clock import SHANGHAI
from wallet.base.deps import Deps
from wallet.relying.hours import is_open

MORNING, EVENING = time(8, 30), time(17, 30)


@pytest.mark.parametrize(
    ("opens", "closes", "at", "open_then"),
    [
        (None, None, "03:00:00", True),
        (MORNING, EVENING, "08:29:59", False),
        (MORNING, EVENING, "08:30:00", True),
        (MORNING, EVENING, "17:29:59", True),
        (MORNING, EVENING, "17:30:00", False),
        (MORNING, time(0, 0), "23:59:59", True),
        (MORNING, time(0, 0), "00:00:00", False),
        (time(22), time(6), "21:59:59", False),
        (time(22), time(6), "22:00:00", True),
        (time(22), time(6), "05:59:59", True),
        (time(22), time(6), "06:00:00", False),
        (MORNING, MORNING, "08:29:59", True),
    ],
)
def test_hours_are_those_of_shanghai(
    opens: time | None, closes: time | None, at: str, open_then: bool
) -> None:
    local = datetime.combine(date(2026, 3, 2), time.fromisoformat(at), SHANGHAI)
    assert is_open(opens, closes, local) is open_then
    assert is_open(opens, closes, local.astimezone(UTC)) is open_then


def _tomorrow_at(clock: Clock, at: time) -> datetime:
    local = midnight_after(clock.now).astimezone(SHANGHAI)
    return datetime.combine(local.date(), at, SHANGHAI).astimezone(UTC)


def test_before_opening_a_code_is_refused_and_good_a_second_later(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    change_grant(deps, opens=MORNING, closes=EVENING)
    clock.now = _tomorrow_at(clock, MORNING) - timedelta(seconds=1)
    li, zhao = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    code = show(li)
    assert "时段" in beyond(ask(zhao, code["text"]))
    assert [(row.item, row.cause, row.times) for row in alerts(deps)] == [(RENEWAL, "hours", 1)]
    assert state(li, code)["state"] == "waiting"
    assert RENEWAL in zhao.get("/api/v1/me").get_json()["items"]
    clock.advance(1)
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_what_was_scanned_in_time_is_read_past_closing(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    change_grant(deps, opens=MORNING, closes=EVENING)
    clock.now = _tomorrow_at(clock, EVENING) - timedelta(seconds=1)
    li, zhao = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    path = f"/api/v1/verifications/{verify(zhao, show(li)['text'])['id']}"
    clock.advance(60)
    assert zhao.get(path).get_json()["licences"]
    beyond(ask(zhao, show(li)["text"]))
    change_grant(deps, opens=MORNING, closes=time(12))
    assert zhao.get(path).get_json()["licences"] == []


def test_the_manager_sees_the_hours(app: Flask, deps: Deps, clock: Clock) -> None:
    change_grant(deps, opens=MORNING, closes=EVENING)
    sun, id = sign_in(app, "manager-sun"), str(grant_ids(deps)[0])
    (seen,) = (
        one for one in sun.get("/api/v1/grants?limit=200").get_json()["items"] if one["id"] == id
    )
    assert (seen["opens"], seen["closes"]) == ("08:30", "17:30")
    assert "08:30 – 17:30" in sun.get(f"/manager/grants/{id}").text
