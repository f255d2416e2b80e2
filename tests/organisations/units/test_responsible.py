"""专人 (O-22): one for each unit, filed from above or handed over, with its history."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.units import CITY, DISTRICT, HALL, HALL_BESIDE, PHONE, manager_at, told
from wallet.organisations.model import ResponsiblePerson


def persons(unit: str) -> str:
    return f"/api/v1/units/{unit}/responsible-persons"


def filed(login: str, phone: str = PHONE) -> dict[str, str]:
    return {"login": login, "phone": phone}


def slug(answer: Any) -> str:
    return str(answer.get_json().get("slug"))


def test_a_hand_over_keeps_who_was_until_when_and_who_recorded_it(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    answer = sun.post(persons(HALL), filed("desk-zhao"))
    assert answer.status_code == 201, answer.text
    now_zhao, was_qian = answer.get_json()["items"]
    assert (now_zhao["login"], now_zhao["phone"], now_zhao["until"]) == ("desk-zhao", PHONE, None)
    assert (was_qian["login"], was_qian["phone"]) == ("desk-qian", "")
    assert was_qian["until"] == now_zhao["since"]
    me = sun.get("/api/v1/me").get_json()["account"]
    assert now_zhao["recorded_by"] == was_qian["ended_by"] == me
    assert sun.get(f"/api/v1/units/{HALL}").get_json()["responsible"] == "desk-zhao"
    assert len(told(app, "responsible.filed")) == 1 + 3  # two come with the demo
    assert len(told(app, "responsible.ended")) == 1


def test_the_responsible_person_hands_over_and_has_the_rights_no_more(app: Flask) -> None:
    qian, zhao = sign_in(app, "desk-qian"), sign_in(app, "desk-zhao")
    assert zhao.get(persons(HALL)).status_code == 403
    assert qian.post(persons(HALL), filed("desk-zhao")).status_code == 201
    assert qian.get(persons(HALL)).status_code == 403
    assert zhao.get(persons(HALL)).status_code == 200
    assert "responsible" in zhao.get("/api/v1/me").get_json()["roles"]


def test_phone_numbers_are_sealed(app: Flask) -> None:
    sign_in(app, "manager-sun").post(persons(HALL), filed("desk-zhao"))
    with deps_of(app).db.read() as tx:
        sealed = tx.execute(select(ResponsiblePerson.phone_sealed)).scalars().all()
    assert not any(PHONE.encode() in value for value in sealed)
    assert not any(PHONE in str(event) for event in told(app, "responsible.filed"))


@pytest.mark.parametrize("login", ["desk-liu", "manager-sun", "nobody", "desk-qian\x00", ""])
def test_only_staff_of_the_unit_are_filed(app: Flask, login: str) -> None:
    answer = sign_in(app, "manager-sun").post(persons(HALL), filed(login))
    assert answer.status_code == 422, answer.text


def test_who_is_disabled_is_not_filed(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert sun.patch("/api/v1/staff/desk-zhao", {"disabled": True}).status_code == 200
    assert slug(sun.post(persons(HALL), filed("desk-zhao"))) == "invalid_unit"


@pytest.mark.parametrize("phone", ["", "1234", "abc-def", "1" * 21, "0477 8500099\n"])
def test_a_phone_number_has_digits(app: Flask, phone: str) -> None:
    answer = sign_in(app, "manager-sun").post(persons(HALL), filed("desk-zhao", phone))
    assert answer.status_code == 422


def test_the_same_person_again_is_refused_and_nothing_ends(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert slug(sun.post(persons(HALL), filed("desk-qian"))) == "already_responsible"
    assert [one["until"] for one in sun.get(persons(HALL)).get_json()["items"]] == [None]


def test_nobody_files_themselves(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert slug(sun.post(persons(CITY), filed("manager-sun"))) == "own_account"
    assert sun.post(persons(CITY), filed("auditor-he")).status_code == 201


def test_a_unit_beside_is_filed_by_its_own_managers(app: Flask) -> None:
    manager = manager_at(app, DISTRICT)
    assert manager.post(persons(HALL_BESIDE), filed("desk-liu")).status_code == 404
    assert (
        sign_in(app, "desk-qian").post(persons(HALL_BESIDE), filed("desk-liu")).status_code == 404
    )


def test_the_responsible_person_is_not_disabled_before_the_hand_over(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    refused = sun.patch("/api/v1/staff/desk-qian", {"disabled": True})
    assert (refused.status_code, slug(refused)) == (409, "is_responsible")
    sun.post(persons(HALL), filed("desk-zhao"))
    assert sun.patch("/api/v1/staff/desk-qian", {"disabled": True}).status_code == 200
