"""Adding, changing, moving: within the subtree, by level and area, never into a ring."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import sign_in
from tests.support.units import (
    BANK,
    BESIDE,
    CITY,
    DISTRICT,
    HALL,
    HALL_BESIDE,
    REGION,
    manager_at,
    managing_client,
    new_unit,
    told,
    usable_code,
)

UNITS = "/api/v1/units"
CITY_CODE = usable_code("1", "150600", "MADEM9002")


def refused(answer: Any, slug: str, member: str = "") -> None:
    body = answer.get_json()
    assert body.get("slug") == slug, answer.text
    assert not member or member in body["errors"], answer.text


def test_a_unit_is_added_below_and_audited(app: Flask) -> None:
    sun, new = sign_in(app, "manager-sun"), new_unit(kinds=["relying", "issuing", "relying"])
    answer = sun.post(UNITS, new)
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert made["kinds"] == ["issuing", "relying"]
    assert (made["parent"], made["responsible"], made["people"]) == (DISTRICT, None, 0)
    (event,) = told(app, "unit.added")
    assert (event["unit"], event["parent"]) == (new["code"], DISTRICT)
    refused(sun.post(UNITS, new), "unit_exists")


@pytest.mark.parametrize(
    ("other", "member"),
    [
        ({"code": "111506029001000000"}, "code"),
        ({"code": new_unit()["code"].lower()}, "code"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["social"]}, "kinds"),
        ({"level": "society", "kinds": ["relying"]}, "kinds"),
        ({"area_code": "150603"}, "area_code"),
        ({"area_code": "150600"}, "area_code"),
        ({"area_code": "15060２"}, "area_code"),
        ({"level": "city", "area_code": "150600"}, "level"),
        ({"parent": HALL}, "parent"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(
    app: Flask, other: dict[str, Any], member: str
) -> None:
    answer = sign_in(app, "manager-sun").post(UNITS, new_unit(**other))
    assert answer.status_code == 422
    refused(answer, "invalid_unit", member)


def test_every_level_may_stand_below_its_own_or_a_higher_one(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    city = new_unit(code=CITY_CODE, level="city", area_code="150600", parent=CITY)
    society = new_unit(
        code=usable_code("1", "150602", "MADEM9003"), level="society", kinds=["social"]
    )
    for new in (city, new_unit(parent=CITY), society):
        answer = sun.post(UNITS, new)
        assert answer.status_code == 201, answer.text


def test_the_parent_must_be_in_sight(app: Flask) -> None:
    manager = manager_at(app, DISTRICT)
    assert manager.post(UNITS, new_unit(parent=BESIDE, area_code="150603")).status_code == 404
    assert manager.post(UNITS, new_unit(parent=CITY)).status_code == 404


def test_the_own_unit_is_changed_by_the_one_above_it(app: Flask) -> None:
    own, above = manager_at(app, DISTRICT), sign_in(app, "manager-sun")
    refused(own.patch(f"{UNITS}/{DISTRICT}", {"name": "改名（演示）"}), "own_unit")
    refused(own.post(f"{UNITS}/{DISTRICT}/closure"), "own_unit")
    answer = above.patch(f"{UNITS}/{DISTRICT}", {"name": "改名（演示）"})
    assert answer.get_json()["name"] == "改名（演示）"
    (event,) = told(app, "unit.changed")
    assert event["changed"] == ["name"]


def test_a_change_that_changes_nothing_is_not_recorded(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert (
        sun.patch(f"{UNITS}/{HALL}", {"kinds": ["relying"], "parent": DISTRICT}).status_code == 200
    )
    assert told(app, "unit.changed") == []


def test_a_unit_moves_within_the_subtree(app: Flask) -> None:
    sun, code = sign_in(app, "manager-sun"), new_unit()["code"]
    assert sun.post(UNITS, new_unit()).status_code == 201
    assert sun.patch(f"{UNITS}/{code}", {"parent": CITY}).get_json()["parent"] == CITY
    refused(sun.patch(f"{UNITS}/{code}", {"parent": BESIDE}), "invalid_unit", "area_code")
    moved = sun.patch(f"{UNITS}/{code}", {"parent": BESIDE, "area_code": "150603"}).get_json()
    assert (moved["parent"], moved["area_code"]) == (BESIDE, "150603")
    refused(sun.patch(f"{UNITS}/{code}", {"parent": REGION}), "invalid_unit", "parent")


@pytest.mark.parametrize("below", [DISTRICT, HALL])
def test_a_unit_never_goes_below_itself(app: Flask, below: str) -> None:
    sun = sign_in(app, "manager-sun")
    refused(sun.patch(f"{UNITS}/{DISTRICT}", {"parent": below}), "invalid_unit", "parent")


def test_units_below_must_still_fit(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    refused(sun.patch(f"{UNITS}/{DISTRICT}", {"area_code": "150603"}), "invalid_unit", "area_code")
    refused(sun.patch(f"{UNITS}/{DISTRICT}", {"kinds": ["relying"]}), "invalid_unit", "parent")


def test_a_kind_by_which_somebody_works_stays(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    refused(sun.patch(f"{UNITS}/{HALL_BESIDE}", {"kinds": ["issuing"]}), "kind_in_use")
    more = sun.patch(f"{UNITS}/{HALL_BESIDE}", {"kinds": ["issuing", "relying"]})
    assert more.status_code == 200
    refused(sun.patch(f"{UNITS}/{BANK}", {"kinds": ["platform"]}), "kind_in_use")


def test_changes_ask_people_for_a_step_up_and_programs_not(app: Flask, clock: Clock) -> None:
    sun = sign_in(app, "manager-sun")
    clock.advance(301)
    refused(sun.post(UNITS, new_unit()), "step_up_required")
    program = managing_client(app, DISTRICT)
    assert program.post(UNITS, new_unit()).status_code == 201


@pytest.mark.parametrize(
    "body",
    [{"name": "\u202e"}, {"name": ""}, {"kinds": "relying"}, {"kinds": [1]}, {"closed_at": None}],
)
def test_what_is_no_change_is_refused(app: Flask, body: dict[str, Any]) -> None:
    assert sign_in(app, "manager-sun").patch(f"{UNITS}/{HALL}", body).status_code == 422
