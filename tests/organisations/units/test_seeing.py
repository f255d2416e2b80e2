"""Who sees which units: the own one and, for managers, those below."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.people import Visitor, sign_in
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
)

UNITS = "/api/v1/units"


def listed(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.get_json()["items"]]


def test_a_manager_sees_the_own_subtree_each_unit_before_those_below_it(app: Flask) -> None:
    codes = listed(manager_at(app, DISTRICT).get(f"{UNITS}?limit=200"))
    assert codes[0] == DISTRICT
    assert HALL in codes
    assert not {REGION, CITY, BESIDE, HALL_BESIDE} & set(codes)


@pytest.mark.parametrize("stranger", [REGION, CITY, BESIDE, HALL_BESIDE, "x", "12150602"])
def test_a_unit_above_or_beside_is_not_found(app: Flask, stranger: str) -> None:
    manager = manager_at(app, DISTRICT)
    for answer in (
        manager.get(f"{UNITS}/{stranger}"),
        manager.get(f"{UNITS}/{stranger}/responsible-persons"),
        manager.patch(f"{UNITS}/{stranger}", {"name": "改名"}),
        manager.post(f"{UNITS}/{stranger}/closure"),
        manager.post(
            f"{UNITS}/{stranger}/responsible-persons", {"login": "desk-liu", "phone": "0477-850000"}
        ),
        manager.get(f"/api/v1/staff?unit={stranger}"),
    ):
        assert (answer.status_code, answer.get_json()["slug"]) == (404, "not_found"), answer.text
        assert "（演示）" not in answer.text


def test_a_code_that_no_database_may_look_for_is_not_found(app: Flask) -> None:
    assert sign_in(app, "manager-sun").get(f"{UNITS}/%00").status_code == 404
    assert sign_in(app, "manager-sun").get("/api/v1/staff/%00").status_code == 404


def test_the_responsible_person_sees_the_own_unit_alone(app: Flask) -> None:
    qian = sign_in(app, "desk-qian")
    assert listed(qian.get(UNITS)) == [HALL]
    assert qian.get(f"{UNITS}/{DISTRICT}").status_code == 404


def test_the_program_of_a_managing_unit_sees_what_its_managers_see(app: Flask) -> None:
    program = managing_client(app, DISTRICT)
    assert HALL in listed(program.get(f"{UNITS}?limit=200"))
    assert program.get(f"{UNITS}/{CITY}").status_code == 404


def test_units_are_found_by_a_part_of_name_or_code_and_by_what_they_lack(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert listed(sun.get(f"{UNITS}?q=政务服务大厅")) == [HALL, HALL_BESIDE]
    assert listed(sun.get(f"{UNITS}?q=madem02143")) == [HALL]
    lacking = listed(sun.get(f"{UNITS}?missing=1&limit=200"))
    everybody = sun.get(f"{UNITS}?limit=200").get_json()
    assert set(everybody_codes(everybody)) - set(lacking) == {HALL, HALL_BESIDE, BANK}
    assert everybody["missing"] == len(lacking)


def everybody_codes(page: dict[str, Any]) -> list[str]:
    return [one["code"] for one in page["items"]]


def test_pages_of_units_join_without_gap_or_repeat(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    whole = listed(sun.get(f"{UNITS}?limit=200"))
    codes: list[str] = []
    more = ""
    for _page in range(-(-len(whole) // 5)):
        page = sun.get(f"{UNITS}?limit=5{more}").get_json()
        codes += everybody_codes(page)
        more = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert codes == whole
    assert sun.get(f"{UNITS}?cursor={REGION}").get_json()["slug"] == "invalid_cursor"


def test_who_neither_manages_nor_answers_for_a_unit_sees_none(app: Flask) -> None:
    zhao: Visitor = sign_in(app, "desk-zhao")
    assert zhao.get(UNITS).status_code == 403
