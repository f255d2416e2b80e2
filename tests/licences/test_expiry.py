"""That a licence has expired follows from its last day; the worker notes it once, and late or early
it changes nothing for a reader."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.licences import day, food_licence, issue, stored_licence
from tests.support.people import machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import events, midnight_after, open_code, refusal, set_licence
from tests.support.statuses import RESUME, REVOKE, SUSPEND, changes_of, set_status
from wallet import worker
from wallet.base.clock import local_day, read_day
from wallet.base.deps import Deps
from wallet.base.outbox import OutboxMessage
from wallet.licences.status.expire import note_expired
from wallet.worker import work_once

LIMIT: Final = 100


@pytest.fixture
def midnight(clock: Clock) -> datetime:
    """The end of today's local day."""
    return midnight_after(clock.now)


def last_day_today(app: Flask, clock: Clock) -> str:
    """A licence of holder-li whose last good day is today."""
    data = deps_of(app).config.data
    body = food_licence(data, valid_until=local_day(clock.now).isoformat())
    identifier: str = issue(machine(app, data, "issuer"), body)["identifier"]
    return identifier


def test_it_is_noted_at_local_midnight_and_once(
    app: Flask, clock: Clock, midnight: datetime
) -> None:
    deps, identifier = deps_of(app), last_day_today(app, clock)
    before = len(events(deps, "licence.expired"))
    assert note_expired(deps, midnight - timedelta(microseconds=1), LIMIT) == 0
    assert note_expired(deps, midnight, LIMIT) == 1
    note_expired(deps, midnight + timedelta(days=1), LIMIT)
    row = stored_licence(deps, identifier)
    assert (row.status, row.expired_at) == ("valid", midnight)
    (change,) = changes_of(deps, identifier)
    assert (change.act, change.from_status, change.to_status) == ("expire", "valid", "expired")
    assert (change.from_code, change.to_code, change.at) == ("01", "05", midnight)
    assert (change.client_id, change.reason_sealed, change.basis_sealed) == (None, None, None)
    noted = [fields for _, fields in events(deps, "licence.expired")[before:]]
    mine = [fields for fields in noted if fields["licence"] == row.id]
    assert mine == [
        {"licence": row.id, "unit": row.unit_id, "type": "food-operation-permit", "version": 1}
    ]
    assert messages_of(deps).count({"licence": row.id}) == 1


def test_a_worker_that_is_late_changes_nothing_for_who_reads(
    app: Flask, clock: Clock, midnight: datetime
) -> None:
    identifier = last_day_today(app, clock)
    clock.now = midnight
    seen = []
    for _ in range(2):
        li = sign_in(app, "holder-li")
        held = li.get(f"/api/v1/me/licences/{identifier}").get_json()
        seen.append((held["status"], held["status_label"], refusal(open_code(li, identifier))))
        note_expired(deps_of(app), midnight, LIMIT)
    assert seen == [("expired", "过期失效", (409, "licence_expired"))] * 2


@pytest.mark.parametrize("change", [SUSPEND, REVOKE])
def test_a_licence_that_did_not_stand_anyway_is_not_noted(
    app: Flask, clock: Clock, midnight: datetime, change: dict[str, str]
) -> None:
    deps, identifier = deps_of(app), last_day_today(app, clock)
    set_status(machine(app, deps.config.data, "issuer"), identifier, change)
    assert note_expired(deps, midnight, LIMIT) == 0


def test_a_suspended_one_is_noted_once_it_is_resumed(
    app: Flask, clock: Clock, midnight: datetime
) -> None:
    deps, identifier = deps_of(app), last_day_today(app, clock)
    set_status(machine(app, deps.config.data, "issuer"), identifier, SUSPEND)
    clock.now = midnight
    resumed = set_status(machine(app, deps.config.data, "issuer"), identifier, RESUME)
    assert resumed["status"] == "expired"
    assert note_expired(deps, midnight, LIMIT) == 1
    assert [row.act for row in changes_of(deps, identifier)] == ["suspend", "resume", "expire"]


@pytest.mark.parametrize("values", [{"issued_at": None}, {"superseded_at": "now"}])
def test_a_pending_or_superseded_version_is_not_noted(
    app: Flask, clock: Clock, midnight: datetime, values: dict[str, str | None]
) -> None:
    deps, identifier = deps_of(app), last_day_today(app, clock)
    times = {name: clock.now if value else None for name, value in values.items()}
    set_licence(deps, identifier, **times)
    assert note_expired(deps, midnight, LIMIT) == 0


def test_a_licence_without_a_last_day_never_expires(app: Flask, clock: Clock) -> None:
    deps = deps_of(app)
    body = food_licence(deps.config.data, valid_until=None)
    identifier = issue(machine(app, deps.config.data, "issuer"), body)["identifier"]
    while note_expired(deps, clock.now + timedelta(days=36500), LIMIT):
        pass
    assert changes_of(deps, identifier) == []


def test_no_more_are_noted_at_once_than_asked_for(
    app: Flask, clock: Clock, midnight: datetime
) -> None:
    for _ in range(3):
        last_day_today(app, clock)
    assert [note_expired(deps_of(app), midnight, 2) for _ in range(3)] == [2, 1, 0]


def test_the_worker_goes_on_until_it_has_noted_them_all(
    app: Flask, clock: Clock, midnight: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BATCH", 1)
    deps, late = deps_of(app), midnight + timedelta(hours=9)
    identifiers = [last_day_today(app, clock) for _ in range(2)]
    rounds = [work_once(deps, late) for _ in range(3)]
    assert [done.expired for done in rounds] == [1, 1, 0]
    assert rounds[1].anything
    assert [len(changes_of(deps, identifier)) for identifier in identifiers] == [1, 1]


def test_one_that_came_in_after_its_last_day_is_noted_too(app: Flask, clock: Clock) -> None:
    deps = deps_of(app)
    past = {"issued_on": day(-9), "valid_from": day(-9), "valid_until": day(-1)}
    body = food_licence(deps.config.data, **past)
    identifier = issue(machine(app, deps.config.data, "issuer"), body)["identifier"]
    assert note_expired(deps, clock.now, LIMIT) == 1
    assert stored_licence(deps, identifier).valid_until == read_day(day(-1))


def messages_of(deps: Deps) -> list[dict[str, int]]:
    """What the outbox tells of licences that have expired."""
    query = select(OutboxMessage.payload).where(OutboxMessage.topic == "licence.expired")
    return [row.payload for row in deps.db.rows(query)]
