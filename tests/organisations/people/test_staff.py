"""Staff accounts: who adds and changes whom, and which roles they may give."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.units import (
    BANK,
    BESIDE,
    CITY,
    DISTRICT,
    HALL,
    REGION,
    add_member,
    manager_at,
    managing_client,
    new_person,
    responsible_at,
    told,
)
from wallet.organisations.model import Staff

STAFF = "/api/v1/staff"


def slug(answer: Any) -> str:
    return str((answer.get_json() or {}).get("slug"))


def test_a_manager_adds_staff_below_who_then_sign_in(app: Flask) -> None:
    answer = sign_in(app, "manager-sun").post(STAFF, new_person(terminal="7 号窗口"))
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert (made["unit"], made["roles"], made["terminal"]) == (HALL, ["desk"], "7 号窗口")
    me = sign_in(app, "desk-new").get("/api/v1/me").get_json()
    assert (me["name"], me["roles"]) == ("新来的", ["desk"])
    (event,) = told(app, "staff.added")
    assert event["roles"] == ["desk"]
    with deps_of(app).db.read() as tx:
        sealed = tx.execute(select(Staff.name_sealed).where(Staff.login == "desk-new")).scalar_one()
    assert "新来的".encode() not in sealed
    assert "新来的" not in str(event)


def test_a_login_is_given_once(app: Flask) -> None:
    answer = sign_in(app, "manager-sun").post(STAFF, new_person(login="desk-liu"))
    assert (answer.status_code, slug(answer)) == (409, "login_taken")


@pytest.mark.parametrize(
    ("unit", "roles"),
    [
        (HALL, ["issuer"]),
        (HALL, ["manager"]),
        (HALL, ["auditor"]),
        (HALL, []),
        (BANK, ["counter"]),
        (BANK, ["desk", "issuer"]),
        (DISTRICT, ["issuer"]),
    ],
)
def test_a_unit_has_the_roles_of_its_kinds(app: Flask, unit: str, roles: list[str]) -> None:
    answer = sign_in(app, "manager-sun").post(STAFF, new_person(unit=unit, roles=roles))
    assert (answer.status_code, slug(answer)) == (422, "role_not_allowed"), answer.text


@pytest.mark.parametrize(
    ("unit", "roles"),
    [
        (HALL, ["counter", "desk"]),
        (BANK, ["desk"]),
        (DISTRICT, ["auditor", "manager"]),
        ("11150602MADEM0230U", ["issuer"]),
    ],
)
def test_every_role_is_given_where_it_belongs(app: Flask, unit: str, roles: list[str]) -> None:
    answer = sign_in(app, "manager-sun").post(STAFF, new_person(unit=unit, roles=roles))
    assert answer.get_json().get("roles") == roles, answer.text


@pytest.mark.parametrize("body", [
    {"roles": ["responsible"]}, {"roles": ["root"]}, {"login": "a b"}, {"login": "\x00"}, {"login": "x" * 65},
    {"name": "\u202e"}, {"unit": 7},
])  # fmt: skip
def test_what_is_no_account_is_refused(app: Flask, body: dict[str, Any]) -> None:
    assert sign_in(app, "manager-sun").post(STAFF, new_person(**body)).status_code == 422


@pytest.mark.parametrize(
    "login", ["desk-liu", "auditor-he", "manager-sun", "manager-above", "x", "\x00"]
)
def test_staff_of_units_above_and_beside_are_not_found(app: Flask, login: str) -> None:
    add_member(app, "manager-above", REGION, ["manager"])
    district = manager_at(app, DISTRICT)
    for answer in (
        district.get(f"{STAFF}/{login}"),
        district.patch(f"{STAFF}/{login}", {"disabled": True}),
        sign_in(app, "desk-qian").get(f"{STAFF}/{login}"),
        sign_in(app, "desk-qian").patch(f"{STAFF}/{login}", {"terminal": ""}),
    ):
        assert (answer.status_code, slug(answer)) == (404, "not_found")
    listed = district.get(f"{STAFF}?limit=200").get_json()["items"]
    assert {"desk-zhao", "issuer-chen"} <= {one["login"] for one in listed}
    assert login not in {one["login"] for one in listed}
    for unit in (CITY, BESIDE):
        assert district.post(STAFF, new_person(unit=unit)).status_code == 404


def test_disabling_ends_every_session_at_once_and_enabling_lets_in_again(app: Flask) -> None:
    zhao, sun = sign_in(app, "desk-zhao"), sign_in(app, "manager-sun")
    assert sun.patch(f"{STAFF}/desk-zhao", {"disabled": True}).get_json()["disabled_at"]
    assert zhao.get("/api/v1/me").status_code == 401
    assert Visitor(app).http.post("/demo/session", data={"persona": "desk-zhao"}).status_code == 404
    assert sun.patch(f"{STAFF}/desk-zhao", {"disabled": False}).get_json()["disabled_at"] is None
    assert zhao.get("/api/v1/me").status_code == 401
    assert sign_in(app, "desk-zhao").get("/api/v1/me").status_code == 200
    assert [len(told(app, f"staff.{act}")) for act in ("disabled", "enabled")] == [1, 1]


def test_roles_count_from_the_next_request_on(app: Flask) -> None:
    zhao, sun = sign_in(app, "desk-zhao"), sign_in(app, "manager-sun")
    sun.patch(f"{STAFF}/desk-zhao", {"roles": ["counter"]})
    assert zhao.get("/api/v1/me").get_json()["roles"] == ["counter"]
    assert zhao.post("/api/v1/desk-numbers", {"item": "x"}).status_code == 403


def test_the_responsible_person_looks_after_the_own_unit(app: Flask) -> None:
    qian = sign_in(app, "desk-qian")
    assert qian.post(STAFF, new_person()).status_code == 201
    assert qian.patch(f"{STAFF}/desk-new", {"roles": ["counter"]}).status_code == 200
    assert qian.patch(f"{STAFF}/desk-new", {"disabled": True}).status_code == 200
    assert qian.post(STAFF, new_person(login="b", unit=DISTRICT)).status_code == 404


def test_a_manager_does_not_change_the_people_of_the_own_unit(app: Flask) -> None:
    district = manager_at(app, DISTRICT)
    add_member(app, "colleague", DISTRICT, ["desk"])
    assert slug(district.patch(f"{STAFF}/colleague", {"terminal": "a"})) == "own_unit"
    assert slug(district.post(STAFF, new_person(unit=DISTRICT))) == "own_unit"


def test_managers_and_auditors_are_made_by_people_of_the_unit_above(app: Flask) -> None:
    responsible = responsible_at(app, DISTRICT, "first", ["desk"])
    add_member(app, "colleague", DISTRICT, ["desk"])
    add_member(app, "manager-there", DISTRICT, ["manager"])
    for answer in (
        responsible.patch(f"{STAFF}/colleague", {"roles": ["manager"]}),
        responsible.patch(f"{STAFF}/colleague", {"roles": ["auditor", "desk"]}),
        responsible.post(STAFF, new_person(unit=DISTRICT, roles=["manager"])),
        responsible.patch(f"{STAFF}/manager-there", {"disabled": True}),
        responsible.patch(f"{STAFF}/manager-there", {"roles": ["desk"]}),
        managing_client(app, CITY).patch(f"{STAFF}/colleague", {"roles": ["manager"]}),
    ):
        assert (answer.status_code, slug(answer)) == (403, "from_above"), answer.text
    assert responsible.patch(f"{STAFF}/manager-there", {"terminal": "二楼"}).status_code == 200
    sun = sign_in(app, "manager-sun")
    assert sun.patch(f"{STAFF}/colleague", {"roles": ["manager"]}).status_code == 200


def test_nobody_changes_their_own_roles_or_disables_themselves(app: Flask) -> None:
    qian = sign_in(app, "desk-qian")
    assert slug(qian.patch(f"{STAFF}/desk-qian", {"roles": ["counter"]})) == "own_account"
    assert slug(qian.patch(f"{STAFF}/desk-qian", {"disabled": True})) == "own_account"
    assert qian.patch(f"{STAFF}/desk-qian", {"terminal": "6 号窗口"}).status_code == 200


def test_the_last_manager_of_a_unit_stays(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    for login in ("one", "two"):
        add_member(app, login, DISTRICT, ["manager"])
    assert sun.patch(f"{STAFF}/one", {"disabled": True}).status_code == 200
    for change in ({"disabled": True}, {"roles": ["desk"]}):
        answer = sun.patch(f"{STAFF}/two", change)
        assert (answer.status_code, slug(answer)) == (409, "last_manager")
    assert sun.patch(f"{STAFF}/one", {"disabled": False}).status_code == 200
    assert sun.patch(f"{STAFF}/two", {"disabled": True}).status_code == 200


def test_whoever_is_enabled_again_has_a_role_that_the_unit_still_allows(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    add_member(app, "former", HALL, ["issuer"])
    sun.patch(f"{STAFF}/former", {"disabled": True})
    assert slug(sun.patch(f"{STAFF}/former", {"disabled": False})) == "role_not_allowed"
    both = sun.patch(f"{STAFF}/former", {"disabled": False, "roles": ["desk"]})
    assert both.status_code == 200


def test_changes_ask_for_a_step_up(app: Flask, clock: Clock) -> None:
    sun = sign_in(app, "manager-sun")
    clock.advance(301)
    assert slug(sun.patch(f"{STAFF}/desk-zhao", {"disabled": True})) == "step_up_required"
    assert sun.get(f"{STAFF}/desk-zhao").status_code == 200


def test_a_change_that_changes_nothing_is_not_recorded(app: Flask) -> None:
    zhao = {"name": "赵静", "roles": ["desk"], "terminal": "3 号窗口", "disabled": False}
    assert sign_in(app, "manager-sun").patch(f"{STAFF}/desk-zhao", zhao).status_code == 200
    assert told(app, "staff.changed") == told(app, "staff.enabled") == []


def test_staff_are_listed_by_unit_and_found_by_login(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")

    def logins(query: str) -> list[str]:
        return [one["login"] for one in sun.get(f"{STAFF}?{query}").get_json()["items"]]

    assert logins(f"unit={HALL}") == ["desk-zhao", "desk-qian"]
    assert logins("q=-bank") == ["desk-bank"]
    assert logins("q=%25") == []
    first = sun.get(f"{STAFF}?limit=1").get_json()
    assert first["next_cursor"]
    assert logins(f"limit=1&cursor={first['next_cursor']}") != [first["items"][0]["login"]]
