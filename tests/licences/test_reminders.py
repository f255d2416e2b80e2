"""Holders are reminded that a licence ends: 30 days, 7 days and 0 days before, once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.channels import Line, connect
from tests.support.clock import Clock
from tests.support.licences import food_licence, issue, person, stored_licence
from tests.support.peers import Peer, running_peer
from tests.support.people import machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import midnight_after, set_licence
from tests.support.statuses import RESUME, REVOKE, SUSPEND, set_status
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.outbox import OutboxMessage
from wallet.licences.status.remind import next_reminder, remind
from wallet.worker import work_once

LIMIT = 100


def ending_in(app: Flask, clock: Clock, days: int, **more: Any) -> str:
    """A food permit of holder-li, issued today, whose last good day is so many days on."""
    data = deps_of(app).config.data
    until = (local_day(clock.now) + timedelta(days=days)).isoformat()
    body = food_licence(data, valid_until=until, **more)
    identifier: str = issue(machine(app, data, "issuer"), body)["identifier"]
    return identifier


def morning(clock: Clock, days: int) -> datetime:
    """The first moment of the local day that is so many days on."""
    return midnight_after(clock.now) + timedelta(days=days - 1)


def told_of(deps: Deps, identifier: str) -> int:
    """How often the outbox tells that a licence ends."""
    query = select(OutboxMessage.payload).where(OutboxMessage.topic == "licence.expiring")
    licence = stored_licence(deps, identifier).id
    return sum(row.payload == {"licence": licence} for row in deps.db.rows(query))


@pytest.mark.parametrize(
    ("days", "after", "on"),
    [
        (40, 0, 10), (40, 9, 10), (40, 10, 33), (40, 32, 33), (40, 33, 40), (40, 39, 40),
        (40, 40, None), (31, 0, 1), (30, 0, 23), (8, 0, 1), (7, 0, 7), (1, 0, 1), (0, 0, None),
        (-5, 0, None),
    ],
)  # fmt: skip
def test_the_next_reminder_is_30_days_7_days_or_none_before_the_end(
    days: int, after: int, on: int | None
) -> None:
    today = date(2026, 11, 27)
    found = next_reminder(today + timedelta(days=days), today + timedelta(days=after))
    assert found == (None if on is None else today + timedelta(days=on))
    assert next_reminder(None, today) is None


def test_each_is_sent_on_its_day_and_once(app: Flask, clock: Clock) -> None:
    deps, identifier = deps_of(app), ending_in(app, clock, 40)
    sent = []
    for day in (9, 10, 11, 32, 33, 34, 39, 40, 41):
        moment = morning(clock, day)
        while remind(deps, moment, LIMIT):
            pass
        sent.append(told_of(deps, identifier))
    assert sent == [0, 1, 1, 1, 2, 2, 2, 3, 3]


def test_a_moment_before_local_midnight_is_too_soon(app: Flask, clock: Clock) -> None:
    deps, identifier = deps_of(app), ending_in(app, clock, 31)
    remind(deps, morning(clock, 1) - timedelta(microseconds=1), LIMIT)
    assert told_of(deps, identifier) == 0
    remind(deps, morning(clock, 1), LIMIT)
    assert told_of(deps, identifier) == 1


def test_a_worker_that_was_away_reminds_once_and_then_goes_on(app: Flask, clock: Clock) -> None:
    deps, identifier = deps_of(app), ending_in(app, clock, 40)
    for _ in range(2):
        remind(deps, morning(clock, 35), LIMIT)
    assert told_of(deps, identifier) == 1
    remind(deps, morning(clock, 40), LIMIT)
    assert told_of(deps, identifier) == 2


def test_what_has_ended_meanwhile_is_not_reminded_of(app: Flask, clock: Clock) -> None:
    deps, identifier = deps_of(app), ending_in(app, clock, 31)
    remind(deps, morning(clock, 32), LIMIT)
    assert told_of(deps, identifier) == 0


@pytest.mark.parametrize("change", [SUSPEND, REVOKE])
def test_a_licence_that_does_not_stand_is_not_reminded_of(
    app: Flask, clock: Clock, change: dict[str, str]
) -> None:
    deps, identifier = deps_of(app), ending_in(app, clock, 31)
    set_status(machine(app, deps.config.data, "issuer"), identifier, change)
    remind(deps, morning(clock, 5), LIMIT)
    assert told_of(deps, identifier) == 0


def test_a_suspended_one_is_reminded_of_when_it_is_resumed(app: Flask, clock: Clock) -> None:
    deps, identifier = deps_of(app), ending_in(app, clock, 31)
    issuer = machine(app, deps.config.data, "issuer")
    set_status(issuer, identifier, SUSPEND)
    remind(deps, morning(clock, 5), LIMIT)
    set_status(issuer, identifier, RESUME)
    remind(deps, morning(clock, 5), LIMIT)
    assert told_of(deps, identifier) == 1


@pytest.mark.parametrize("values", [{"issued_at": None}, {"superseded_at": "now"}])
def test_a_pending_or_superseded_version_is_not_reminded_of(
    app: Flask, clock: Clock, values: dict[str, str | None]
) -> None:
    deps, identifier = deps_of(app), ending_in(app, clock, 31)
    times = {name: clock.now if value else None for name, value in values.items()}
    set_licence(deps, identifier, **times)
    remind(deps, morning(clock, 5), LIMIT)
    assert told_of(deps, identifier) == 0


def test_no_more_are_sent_at_once_than_asked_for_and_the_worker_goes_on(
    app: Flask, clock: Clock
) -> None:
    deps, moment = deps_of(app), morning(clock, 1)
    while remind(deps, moment, LIMIT):
        pass
    for _ in range(3):
        ending_in(app, clock, 31)
    assert [remind(deps, moment, 2) for _ in range(3)] == [2, 1, 0]
    ending_in(app, clock, 31)
    done = work_once(deps, moment)
    assert (done.reminded, done.anything) == (1, True)


def deliver_all(line: Line) -> None:
    """Fan out what there is, and send it."""
    line.fan_out()
    while line.send():
        pass


@pytest.fixture
def peer() -> Iterator[Peer]:
    with running_peer() as running:
        yield running


def test_each_holder_finds_it_in_the_inbox_and_each_channel_gets_it(
    app: Flask, clock: Clock, peer: Peer
) -> None:
    deps = deps_of(app)
    data = deps.config.data
    secret = connect(deps, "loopback", peer.url)
    line = Line(app, deps, machine(app, data, "issuer"), "channel:loopback", secret)
    line.now = clock.now
    # The elder has no phone: the entry waits for her.
    identifier = ending_in(app, clock, 37, holders=[person(data), person(data, "holder-elder")])
    deliver_all(line)
    delivered = stored_licence(deps, identifier).delivered_at
    line.now = clock.now = morning(clock, 30)
    remind(deps, clock.now, LIMIT)
    deliver_all(line)
    until = stored_licence(deps, identifier).valid_until
    for persona in ("holder-li", "holder-elder"):
        holder = sign_in(app, persona)
        entries = holder.get("/api/v1/me/inbox?limit=200").get_json()["items"]
        mine = [one for one in entries if one["licence"] == identifier]
        assert [one["act"] for one in mine] == ["remind", "issue"]
        assert mine[0]["valid_until"] == until.isoformat()
        page = holder.get("/wallet/inbox").text
        assert f"7 天后到期（{until}）" in page
    assert stored_licence(deps, identifier).delivered_at == delivered
    bodies = [one.members for one in peer.received]
    bodies = [one for one in bodies if one["data"].get("identifier") == identifier]
    told = bodies[-1]
    assert (told["type"], told["data"]["act"]) == ("licence.expiring", "remind")
    assert told["data"]["valid_until"] == until.isoformat()
    assert "valid_until" not in bodies[0]["data"]
