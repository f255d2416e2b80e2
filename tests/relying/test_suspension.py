"""A managing unit suspends a grant at once and lifts it again; the next request goes by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.beyond import alerts, beyond, grant_ids
from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, answer, asked, outcome, recall
from tests.support.people import Machine, Visitor, sign_in
from tests.support.showing import RENEWAL, ask, refusal, show, state, verify
from tests.support.units import BESIDE, CITY, HALL, add_member, manager_at, managing_client, told
from wallet import numbers
from wallet.base.deps import Deps


@pytest.fixture
def sun(app: Flask) -> Visitor:
    """The manager of the city."""
    return sign_in(app, "manager-sun")


def _suspend(manager: Visitor | Machine, deps: Deps, item: str = RENEWAL) -> None:
    for grant in grant_ids(deps, item):
        path = f"/api/v1/grants/{grant}/suspension"
        body = {"reason": "正在核查"}
        if isinstance(manager, Machine):
            got = manager.http.put(path, json=body, headers=manager.headers)
        else:
            got = manager.http.put(path, json=body, headers=manager._csrf())
        assert got.status_code == 200, got.text
        assert got.get_json()["suspension_reason"] == "正在核查"


def test_the_next_request_is_refused_and_once_lifted_the_same_code_is_good(
    app: Flask, li: Visitor, zhao: Visitor, reception: Machine, sun: Visitor, deps: Deps
) -> None:
    code = show(li)
    _suspend(sun, deps)
    for answered in (ask(zhao, code["text"]), ask(reception, code["text"], terminal="1")):
        assert "暂停" in beyond(answered)
    assert {(row.cause, row.times) for row in alerts(deps)} == {("suspended", 1)}
    assert state(li, code)["state"] == "waiting"
    for grant in grant_ids(deps):
        assert sun.delete(f"/api/v1/grants/{grant}/suspension").status_code == 200
    assert verify(zhao, code["text"])["verdict"] == "accepted"
    account = sun.get("/api/v1/me").get_json()["account"]
    assert {fields["actor"] for fields in told(app, "grant.suspended")} == {account}
    assert len(told(app, "grant.resumed")) == len(grant_ids(deps))


def test_what_was_given_is_not_read_again(
    li: Visitor, zhao: Visitor, sun: Visitor, deps: Deps
) -> None:
    path = f"/api/v1/verifications/{verify(zhao, show(li)['text'])['id']}"
    assert zhao.get(path).get_json()["licences"]
    _suspend(sun, deps)
    assert zhao.get(path).get_json()["licences"] == []


def test_a_yes_after_the_suspension_gives_nothing(
    li: Visitor, bank: Visitor, sun: Visitor, deps: Deps
) -> None:
    code, pending = asked(li, bank)
    _suspend(sun, deps, BANK_ACCOUNT)
    answer(li, code, allow=True)
    assert outcome(recall(bank, pending)) == ("refused", "withdrawn")


def test_twice_is_refused(sun: Visitor, deps: Deps) -> None:
    path = f"/api/v1/grants/{grant_ids(deps)[0]}/suspension"
    assert refusal(sun.delete(path)) == (409, "grant_not_suspended")
    _suspend(sun, deps)
    again = sun.http.put(path, json={"reason": "再次"}, headers=sun._csrf())
    assert refusal(again) == (409, "grant_suspended")


def test_a_program_of_the_managing_unit_may_too(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    _suspend(managing_client(app, CITY), deps)
    beyond(ask(zhao, show(li)["text"]))


def test_beside_nothing_is_found_and_the_own_unit_is_for_the_unit_above(
    app: Flask, deps: Deps
) -> None:
    beside = manager_at(app, BESIDE)
    add_member(app, "inside", HALL, ["manager"])
    inside = sign_in(app, "inside")
    for grant, who, expected in (
        (str(grant_ids(deps)[0]), beside, (404, "not_found")),
        (str(grant_ids(deps)[0]), inside, (403, "own_unit")),
        ("999999999", inside, (404, "not_found")),
        ("9" * 40, inside, (404, "not_found")),
        ("一", inside, (404, "not_found")),
    ):
        path = f"/api/v1/grants/{grant}/suspension"
        body = {"reason": "正在核查"}
        assert refusal(who.http.put(path, json=body, headers=who._csrf())) == expected
    assert all(row["unit"] == HALL for row in inside.get("/api/v1/grants").get_json()["items"])


def test_it_asks_for_a_step_up(app: Flask, deps: Deps, clock: Clock) -> None:
    sun = sign_in(app, "manager-sun")
    clock.now += timedelta(seconds=numbers.STEP_UP_FRESH + 1)
    path = f"/api/v1/grants/{grant_ids(deps)[0]}/suspension"
    late = sun.http.put(path, json={"reason": "正在核查"}, headers=sun._csrf())
    assert refusal(late) == (403, "step_up_required")


def test_grants_are_listed_page_by_page(sun: Visitor, deps: Deps) -> None:
    first = sun.get("/api/v1/grants?limit=2").get_json()
    rest = sun.get(f"/api/v1/grants?limit=200&cursor={first['next_cursor']}").get_json()
    ids = [row["id"] for row in first["items"] + rest["items"]]
    assert len(ids) == len(set(ids)) > 2
    assert rest["next_cursor"] is None
    _suspend(sun, deps)
    listed = sun.get("/api/v1/grants?suspended=true").get_json()["items"]
    assert [row["id"] for row in listed] == [str(id) for id in grant_ids(deps)]


def test_an_alert_is_closed_and_the_same_again_opens_a_new_one(
    li: Visitor, zhao: Visitor, sun: Visitor
) -> None:
    text = show(li)["text"]
    beyond(ask(zhao, text, "no-such-item"))
    (row,) = sun.get("/api/v1/alerts").get_json()["items"]
    assert (row["unit"], row["item"], row["cause"], row["times"]) == (HALL, "", "item", 1)
    for _ in range(2):
        assert sun.post(f"/api/v1/alerts/{row['id']}/closure").status_code == 204
    assert sun.get("/api/v1/alerts").get_json()["items"] == []
    beyond(ask(zhao, text, "no-such-item"))
    both = sun.get("/api/v1/alerts?closed=true").get_json()["items"]
    assert [one["closed_at"] is None for one in both] == [False, True]
