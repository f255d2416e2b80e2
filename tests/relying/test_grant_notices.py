"""A party is told of its grants: before one ends, once it has, when it is suspended and goes on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from tests.support.beyond import beyond, change_grant, grant_ids, unbind
from tests.support.clock import Clock
from tests.support.items import EDITOR
from tests.support.people import Machine, Visitor, sign_in
from tests.support.showing import DRIVING, ask, show
from tests.support.units import BESIDE, DISTRICT, manager_at
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.relying.notices.tell import tell_of_ending_grants
from wallet.worker import work_once

Told = list[tuple[str, str | None]]


@pytest.fixture
def today(clock: Clock) -> date:
    """The local day on which the tests begin."""
    return local_day(clock.now)


def _told(who: Visitor | Machine) -> Told:
    answer = who.get("/api/v1/notices")
    assert answer.status_code == 200, answer.text
    return [(one["kind"], one["ends_on"]) for one in answer.get_json()["items"]]


def _responsible(app: Flask) -> Visitor:
    return sign_in(app, EDITOR)


@pytest.mark.parametrize(
    ("left", "kind"),
    [(31, None), (30, "ending"), (8, "ending"), (7, "ending"), (0, "ending"), (-1, "ended"),
     (-30, "ended"), (-31, None)],
)  # fmt: skip
def test_each_stage_is_told_once(
    app: Flask, deps: Deps, clock: Clock, today: date, left: int, kind: str | None
) -> None:
    ends_on = today + timedelta(days=left)
    change_grant(deps, ends_on=ends_on)
    for _ in range(2):
        tell_of_ending_grants(deps, clock.now, 100)
    assert _told(_responsible(app)) == ([(kind, ends_on.isoformat())] if kind else [])


def test_thirty_days_seven_days_and_the_end_are_three_notices(
    app: Flask, deps: Deps, clock: Clock, today: date
) -> None:
    change_grant(deps, ends_on=today + timedelta(days=30))
    told = [
        sum(work_once(deps, clock.now + timedelta(days=day)).grants for _ in range(2))
        for day in (0, 22, 23, 30, 31, 32)
    ]
    assert told == [1, 0, 1, 0, 1, 0]
    assert [kind for kind, _day in _told(_responsible(app))] == ["ended", "ending", "ending"]


def test_a_grant_that_was_extended_is_told_of_anew(deps: Deps, clock: Clock, today: date) -> None:
    for days in (5, 20):
        change_grant(deps, ends_on=today + timedelta(days=days))
        assert tell_of_ending_grants(deps, clock.now, 100) == 1


def test_no_more_than_so_many_are_told_of_at_once(deps: Deps, clock: Clock, today: date) -> None:
    change_grant(deps, "identity-at-counter", ends_on=today)
    many = len(grant_ids(deps, "identity-at-counter"))
    assert [tell_of_ending_grants(deps, clock.now, many - 1) for _ in range(3)] == [many - 1, 1, 0]


def test_it_is_told_that_a_grant_is_suspended_and_goes_on_and_not_why(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    sun, path = sign_in(app, "manager-sun"), f"/api/v1/grants/{grant_ids(deps)[0]}/suspension"
    body = {"reason": "李明举报"}
    assert sun.http.put(path, json=body, headers=sun._csrf()).status_code == 200
    assert sun.delete(path).status_code == 200
    responsible = _responsible(app)
    assert _told(responsible) == [("resumed", None), ("suspended", None)]
    assert "李明" not in responsible.get("/api/v1/notices").text
    page = responsible.get("/manager/notices").text
    assert "授权已暂停" in page
    assert "李明" not in page


def test_it_is_told_of_a_suspension_by_the_rule(
    app: Flask, li: Visitor, bank: Visitor, clock: Clock
) -> None:
    text = show(li, DRIVING)["text"]
    for _ in range(10):
        beyond(ask(bank, text, "bank-merchant-account"))
    kinds = {kind for kind, _day in _told(sign_in(app, "manager-sun"))}
    assert kinds == {"suspended"}


def test_those_above_see_it_and_those_beside_do_not(
    app: Flask, deps: Deps, clock: Clock, today: date
) -> None:
    change_grant(deps, ends_on=today)
    tell_of_ending_grants(deps, clock.now, 100)
    district, beside = manager_at(app, DISTRICT), manager_at(app, BESIDE)
    assert [len(_told(one)) for one in (district, beside)] == [1, 0]
    ends = 'href="/manager/grants?ending=1"><span class="mark">'
    assert [ends in one.get("/manager").text for one in (district, beside)] == [True, False]
    assert district.get("/manager/grants?ending=1").text.count('data-testid="grant"') == 1
    assert len(district.get("/api/v1/grants?ending=1").get_json()["items"]) == 1


def test_a_program_is_told_of_the_grants_that_are_bound_to_it(
    reception: Machine, deps: Deps, clock: Clock, today: date
) -> None:
    change_grant(deps, ends_on=today)
    tell_of_ending_grants(deps, clock.now, 100)
    assert [kind for kind, _day in _told(reception)] == ["ending"]
    unbind(deps)
    assert _told(reception) == []


def test_notices_are_paged_newest_first(app: Flask, deps: Deps, clock: Clock, today: date) -> None:
    for days in (9, 5, -1):
        change_grant(deps, ends_on=today + timedelta(days=days))
        tell_of_ending_grants(deps, clock.now, 100)
    responsible = _responsible(app)
    first = responsible.get("/api/v1/notices?limit=2").get_json()
    rest = responsible.get(f"/api/v1/notices?limit=2&cursor={first['next_cursor']}").get_json()
    seen = [int(one["id"]) for page in (first, rest) for one in page["items"]]
    assert seen == sorted(seen, reverse=True)
    assert (len(seen), rest["next_cursor"]) == (3, None)
    assert responsible.get("/api/v1/notices?cursor=x").status_code == 422
