"""The home of managers: what waits in their subtree, and of nobody else's."""

from __future__ import annotations

from flask import Flask

from tests.support.catalogue import begun, food_content, step
from tests.support.items import EDITOR, begun_item, item_content
from tests.support.items import step as step_item
from tests.support.people import sign_in
from tests.support.showing import RENEWAL
from tests.support.units import BESIDE, DISTRICT, HALL, manager_at


def test_it_tells_of_units_without_a_responsible_person_and_of_a_lapsed_document(
    app: Flask,
) -> None:
    page = sign_in(app, "manager-sun").get("/manager").text
    assert 'href="/manager/units?missing=1"' in page
    assert 'href="/manager/basis/imar-amr-2023"' in page
    assert 'href="/manager/catalogue"><span class="mark">' not in page


def test_a_draft_waits_for_the_managers_above_its_unit_alone(app: Flask) -> None:
    issuer = sign_in(app, "issuer-chen")
    draft = begun(issuer, "food-operation-permit", food_content(app) | {"basis": "新依据"})
    assert step(issuer, draft, "submission").status_code == 200
    waits = 'href="/manager/catalogue"><span class="mark">'
    assert waits in manager_at(app, DISTRICT).get("/manager").text
    assert waits not in manager_at(app, BESIDE).get("/manager").text


def test_a_draft_of_a_use_item_waits_too(app: Flask) -> None:
    qian, sun = sign_in(app, EDITOR), sign_in(app, "manager-sun")
    waits = 'href="/manager/items"><span class="mark">'
    assert waits not in sun.get("/manager").text
    draft = begun_item(qian, RENEWAL, item_content(app) | {"basis": "新依据"})
    assert step_item(qian, draft, "submission").status_code == 200
    assert waits in sun.get("/manager").text
    assert waits not in manager_at(app, BESIDE).get("/manager").text


def test_once_every_unit_has_somebody_nothing_is_said_of_them(app: Flask) -> None:
    sun, district = sign_in(app, "manager-sun"), manager_at(app, BESIDE)
    units = district.get("/api/v1/units?missing=1&limit=200").get_json()["items"]
    assert HALL not in {one["code"] for one in units}
    for number, unit in enumerate(units):
        new = {"login": f"n{number}", "name": "某人", "unit": unit["code"], "roles": ["desk"]}
        assert sun.post("/api/v1/staff", new).status_code == 201
        body = {"login": f"n{number}", "phone": "0477-8500099"}
        path = f"/api/v1/units/{unit['code']}/responsible-persons"
        assert sun.post(path, body).status_code == 201
    assert "missing=1" not in district.get("/manager").text
