"""What may be asked for: no more than the item needs, with an end, and nothing that is secret."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.applications import (
    APPLICATIONS,
    ELSEWHERE,
    ESTATE,
    LOAN,
    begun,
    day_in,
    food_content,
    loan_content,
)
from tests.support.items import EDITOR
from tests.support.people import Visitor, sign_in
from tests.support.showing import refusal
from wallet import numbers


def _asked(party: Visitor, item: str = LOAN, **content: Any) -> Any:
    made = loan_content(**content) if item == LOAN else food_content(**content)
    return party.post(APPLICATIONS, {"item": item, "content": made})


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ({"types": []}, "types"),
        ({"types": [{"type": ESTATE, "fields": []}]}, "types.0.fields"),
        ({"types": [{"type": ESTATE, "fields": ["obligee", "usage"]}]}, "types.0.fields"),
        ({"types": [{"type": "senior-card", "fields": ["name"]}]}, "types.0.type"),
        ({"types": [{"type": ESTATE, "fields": ["number"]}] * 2}, "types.1.type"),
        ({"reason": ""}, "reason"),
        ({"reason": "一" * (numbers.APPLICATION_REASON_MAX + 1)}, "reason"),
        ({"starts_on": day_in(-1)}, "starts_on"),
        ({"starts_on": day_in(numbers.GRANT_AHEAD_DAYS + 1)}, "starts_on"),
        ({"ends_on": day_in(-1)}, "ends_on"),
        ({"ends_on": day_in(numbers.GRANT_DAYS_MAX)}, "ends_on"),
        ({"ends_on": None}, "ends_on"),
        ({"ends_on": "2027-2-1"}, "ends_on"),
        ({"quota_per_day": 0}, "quota_per_day"),
        ({"quota_per_day": "5"}, "quota_per_day"),
        ({"quota_per_day": numbers.GRANT_QUOTA_MAX + 1}, "quota_per_day"),
        ({"networks": []}, "networks"),
        ({"networks": ["203.0.113.7/24"]}, "networks.0"),
        ({"networks": ["here"]}, "networks.0"),
        ({"networks": ["fe80::1%\u0000/128"]}, "networks.0"),
        ({"networks": [167772160]}, "networks.0"),
        ({"networks": ["203.0.113.0/24"] * (numbers.GRANT_NETWORKS_MAX + 1)}, "networks"),
        ({"opens": "08:00"}, "closes"),
        ({"closes": "18:00"}, "closes"),
        ({"opens": "8", "closes": "25:00"}, "opens"),
        ({"opens": 8, "closes": "18:00"}, "opens"),
        ({"no_secrets": False}, "no_secrets"),
        ({"no_secrets": 1}, "no_secrets"),
        ({"more": "1"}, "more"),
    ],
)
def test_what_is_beyond_the_item_or_without_an_end_is_refused(
    bank: Visitor, other: dict[str, Any], path: str
) -> None:
    answer = _asked(bank, **other)
    assert refusal(answer) == (422, "invalid_application")
    assert path in answer.get_json()["errors"]


@pytest.mark.parametrize(
    "other",
    [
        {"ends_on": day_in(0)},
        {"starts_on": day_in(0), "ends_on": day_in(numbers.GRANT_DAYS_MAX - 1)},
        {"quota_per_day": numbers.GRANT_QUOTA_MAX},
        {"quota_per_day": None},
        {"opens": "08:00", "closes": "18:00"},
        {"opens": "22:00", "closes": "06:00"},
        {"networks": ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"]},
        {"reason": "一" * numbers.APPLICATION_REASON_MAX},
    ],
)
def test_what_is_just_within_the_rules_is_taken(bank: Visitor, other: dict[str, Any]) -> None:
    assert _asked(bank, **other).status_code == 201


def test_what_is_not_granted_yet_may_begin_later(qian: Visitor) -> None:
    content = {"starts_on": day_in(numbers.GRANT_AHEAD_DAYS), "ends_on": day_in(200)}
    assert _asked(qian, ELSEWHERE, **content).status_code == 201


def test_fields_are_kept_once_and_in_the_order_of_the_item(bank: Visitor) -> None:
    types = [{"type": ESTATE, "fields": ["number", "obligee", "number"]}]
    made = begun(bank, types=types)
    [kept] = bank.get(f"{APPLICATIONS}/{made}").get_json()["content"]["types"]
    assert kept == {"type": ESTATE, "fields": ["obligee", "number"]}


def test_a_company_applies_for_its_own_items_and_a_public_body_for_any_government_one(
    app: Flask, bank: Visitor
) -> None:
    qian = sign_in(app, EDITOR)
    assert refusal(_asked(qian, LOAN)) == (404, "not_found")
    assert refusal(_asked(bank, ELSEWHERE)) == (404, "not_found")
    for code in ("no-such-item", "\u0000", ""):
        answer = bank.post(APPLICATIONS, {"item": code, "content": loan_content()})
        assert answer.status_code in (404, 422)
    assert _asked(qian, ELSEWHERE).status_code == 201


def test_a_body_that_is_no_object_is_refused(bank: Visitor) -> None:
    bodies: tuple[Any, ...] = (
        {"item": LOAN},
        {"item": LOAN, "content": []},
        {"item": 1, "content": {}},
        [],
    )
    for body in bodies:
        assert bank.post(APPLICATIONS, body).status_code == 422
