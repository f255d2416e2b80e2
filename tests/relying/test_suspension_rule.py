"""A social relying party that goes on asking for more than it was granted is suspended by a rule (O-16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.beyond import alerts, beyond, grant_ids
from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT
from tests.support.people import Visitor, sign_in
from tests.support.showing import ask, refusal, show
from tests.support.units import BESIDE, CITY, REGION, manager_at, told
from wallet import numbers
from wallet.base.deps import Deps


@pytest.fixture
def text(li: Visitor) -> str:
    """A code of a food permit."""
    shown: str = show(li)["text"]
    return shown


def _set(manager: Visitor, refusals: object, minutes: object = 10) -> int:
    body = {"refusals": refusals, "minutes": minutes}
    got = manager.http.put("/api/v1/suspension-rule", json=body, headers=manager._csrf())
    return got.status_code


def _one_field_too_many(desk: Visitor, text: str, times: int) -> None:
    for _ in range(times):
        assert "信息" in beyond(ask(desk, text, BANK_ACCOUNT, fields=["no_such_field"]))


def test_the_last_before_the_line_suspends_nothing_and_the_next_suspends_the_item_alone(
    app: Flask, bank: Visitor, text: str, deps: Deps
) -> None:
    _one_field_too_many(bank, text, numbers.SUSPEND_AFTER - 1)
    assert told(app, "grant.suspended") == []
    _one_field_too_many(bank, text, 1)
    assert [row["grant"] for row in told(app, "grant.suspended")] == grant_ids(deps, BANK_ACCOUNT)
    assert "暂停" in beyond(ask(bank, text, BANK_ACCOUNT))
    assert [(row.cause, row.times) for row in alerts(deps)] == [
        ("fields", numbers.SUSPEND_AFTER), ("rule", 1), ("suspended", 1),
    ]  # fmt: skip
    listed = sign_in(app, "manager-sun").get("/api/v1/grants?suspended=1").get_json()["items"]
    assert {row["suspended_by"] for row in listed} == {"rule"}


def test_where_an_item_was_asked_for_that_is_not_granted_all_of_the_account_are_suspended(
    app: Flask, bank: Visitor, text: str
) -> None:
    held = {row["id"] for row in _grants_of_the_bank(app)}
    for _ in range(numbers.SUSPEND_AFTER):
        beyond(ask(bank, text, "food-permit-renewal"))
    suspended = {row["id"] for row in _grants_of_the_bank(app) if row["suspended_at"]}
    assert suspended == held


def _grants_of_the_bank(app: Flask) -> list[dict[str, str]]:
    listed = sign_in(app, "manager-sun").get("/api/v1/grants?limit=200").get_json()["items"]
    return [row for row in listed if row["unit_name"].startswith("鄂尔多斯蓝城农村商业银行")]


def test_a_public_unit_is_alerted_alone(app: Flask, zhao: Visitor, text: str, deps: Deps) -> None:
    for _ in range(numbers.SUSPEND_AFTER + 1):
        beyond(ask(zhao, text, fields=["no_such_field"]))
    assert told(app, "grant.suspended") == []
    assert [row.times for row in alerts(deps)] == [numbers.SUSPEND_AFTER + 1]


@pytest.mark.parametrize(("seconds", "suspended"), [(599, True), (600, False)])
def test_what_is_older_than_the_rules_minutes_no_longer_counts(
    app: Flask, deps: Deps, clock: Clock, seconds: int, suspended: bool
) -> None:
    assert _set(sign_in(app, "manager-sun"), 2) == 200
    bank = sign_in(app, "desk-bank")
    _one_field_too_many(bank, show(sign_in(app, "holder-li"))["text"], 1)
    clock.now += timedelta(seconds=seconds)
    _one_field_too_many(bank, show(sign_in(app, "holder-li"))["text"], 1)
    assert bool(told(app, "grant.suspended")) is suspended


def test_a_lifted_suspension_is_counted_for_anew(
    app: Flask, bank: Visitor, text: str, deps: Deps
) -> None:
    sun = sign_in(app, "manager-sun")
    assert _set(sun, 2) == 200
    _one_field_too_many(bank, text, 2)
    for grant in grant_ids(deps, BANK_ACCOUNT):
        assert sun.delete(f"/api/v1/grants/{grant}/suspension").status_code == 200
    _one_field_too_many(bank, text, 2)
    assert "暂停" in beyond(ask(bank, text, BANK_ACCOUNT))


def test_the_rule_of_the_nearest_unit_above_holds(app: Flask, bank: Visitor, text: str) -> None:
    region, beside = manager_at(app, REGION), manager_at(app, BESIDE)
    sun = sign_in(app, "manager-sun")
    assert sun.get("/api/v1/suspension-rule").get_json() == {
        "refusals": numbers.SUSPEND_AFTER, "minutes": numbers.SUSPEND_WITHIN_MINUTES, "unit": None,
    }  # fmt: skip
    assert _set(beside, 1) == 200
    assert _set(region, 3) == 200
    assert sun.get("/api/v1/suspension-rule").get_json()["unit"] == REGION
    _one_field_too_many(bank, text, 2)
    assert told(app, "grant.suspended") == []
    assert _set(sun, 4, 5) == 200
    assert sun.get("/api/v1/suspension-rule").get_json() == {
        "refusals": 4, "minutes": 5, "unit": CITY,
    }  # fmt: skip
    _one_field_too_many(bank, text, 1)
    assert told(app, "grant.suspended") == []
    _one_field_too_many(bank, text, 1)
    assert told(app, "grant.suspended") != []


@pytest.mark.parametrize(
    ("refusals", "minutes", "status"),
    [(1, 1, 200), (1000, 1440, 200), (0, 1, 422), (1, 0, 422), (1001, 1, 422), (1, 1441, 422),
     ("1", 1, 422), (1.5, 1, 422), (None, 1, 422)],
)  # fmt: skip
def test_a_rule_has_bounds(app: Flask, refusals: object, minutes: object, status: int) -> None:
    assert _set(sign_in(app, "manager-sun"), refusals, minutes) == status


def test_who_does_not_manage_sets_none(zhao: Visitor) -> None:
    body = {"refusals": 1, "minutes": 1}
    got = zhao.http.put("/api/v1/suspension-rule", json=body, headers=zhao._csrf())
    assert refusal(got) == (403, "not_permitted")
