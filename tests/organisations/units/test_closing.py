"""A closed unit: nobody acts for it any more, and what it did stays."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from tests.support.catalogue import DRAFTS, food_content
from tests.support.licences import FOOD, ISSUER_CODE
from tests.support.people import Visitor, credentials, machine, sign_in
from tests.support.shared import deps_of
from tests.support.units import DISTRICT, HALL, manager_at, told, unit_id
from wallet.base.clock import local_day, read_clock
from wallet.organisations.model import Staff
from wallet.relying.grants import grant_within

UNITS = "/api/v1/units"


def test_its_staff_are_signed_out_and_may_not_sign_in(app: Flask) -> None:
    zhao = sign_in(app, "desk-zhao")
    closed = sign_in(app, "manager-sun").post(f"{UNITS}/{HALL}/closure")
    assert closed.get_json()["closed_at"] is not None
    assert zhao.get("/api/v1/me").status_code == 401
    answer = Visitor(app).http.post("/demo/session", data={"persona": "desk-zhao"})
    assert answer.status_code == 404
    (event,) = told(app, "unit.closed")
    assert (event["unit"], event["clients"]) == (HALL, 1)


def test_its_clients_end_at_once(app: Flask) -> None:
    data = deps_of(app).config.data
    relying = machine(app, data, "relying")
    assert relying.get("/api/v1/me").status_code == 200
    assert sign_in(app, "manager-sun").post(f"{UNITS}/{HALL}/closure").status_code == 200
    assert relying.get("/api/v1/me").status_code == 401
    client = credentials(data, "relying")
    again = app.test_client(use_cookies=False).post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["client_id"], client["client_secret"]),
    )
    assert again.status_code == 401


def test_its_grants_no_longer_count(app: Flask) -> None:
    deps, today = deps_of(app), local_day(read_clock())
    hall = unit_id(deps, HALL)
    with deps.db.read() as tx:
        assert grant_within(tx, hall, "staff:1", "food-permit-renewal", today) is not None
    assert sign_in(app, "manager-sun").post(f"{UNITS}/{HALL}/closure").status_code == 200
    with deps.db.read() as tx:
        assert grant_within(tx, hall, "staff:1", "food-permit-renewal", today) is None


def test_it_stays_in_the_tree_as_closed_and_cannot_be_changed(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert sun.post(f"{UNITS}/{HALL}/closure").status_code == 200
    assert HALL not in sun.get(f"{UNITS}?limit=200").text
    assert HALL in sun.get(f"{UNITS}?limit=200&closed=1").text
    for answer in (
        sun.post(f"{UNITS}/{HALL}/closure"),
        sun.patch(f"{UNITS}/{HALL}", {"name": "改名"}),
        sun.post(
            f"{UNITS}/{HALL}/responsible-persons", {"login": "desk-zhao", "phone": "0477-85000"}
        ),
        sun.patch("/api/v1/staff/desk-zhao", {"terminal": "9 号窗口"}),
        sun.post("/api/v1/staff", {"login": "x", "name": "某人", "unit": HALL, "roles": ["desk"]}),
    ):
        assert (answer.status_code, answer.get_json()["slug"]) == (409, "unit_closed")
    history = sun.get(f"{UNITS}/{HALL}/responsible-persons").get_json()["items"]
    assert history[0]["until"] is not None
    with deps_of(app).db.read() as tx:
        assert (
            tx.execute(select(Staff.disabled_at).where(Staff.login == "desk-zhao")).scalar() is None
        )


def test_it_is_refused_while_open_units_are_below(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    answer = sun.post(f"{UNITS}/{DISTRICT}/closure")
    assert (answer.status_code, answer.get_json()["slug"]) == (409, "units_below")
    below = [
        one["code"]
        for one in manager_at(app, DISTRICT).get(f"{UNITS}?limit=200").get_json()["items"]
        if one["code"] != DISTRICT
    ]
    for code in below:
        assert sun.post(f"{UNITS}/{code}/closure").status_code == 200
    assert sun.post(f"{UNITS}/{DISTRICT}/closure").status_code == 200


def test_it_is_not_named_as_an_issuing_unit_any_more(app: Flask) -> None:
    sun, content = sign_in(app, "manager-sun"), food_content(app)
    closed = next(unit for unit in content["issuing_units"] if unit != ISSUER_CODE)
    assert sun.post(f"{UNITS}/{closed}/closure").status_code == 200
    answer = sign_in(app, "issuer-chen").post(DRAFTS, {"code": FOOD, "content": content})
    assert answer.status_code == 422
    assert any(path.endswith("issuing_units") for path in answer.get_json()["errors"])
    content["issuing_units"] = [ISSUER_CODE]
    taken = sign_in(app, "issuer-chen").post(DRAFTS, {"code": FOOD, "content": content})
    assert taken.status_code == 201, taken.text


def test_its_people_are_said_to_be_of_a_closed_unit(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert sun.post(f"{UNITS}/{HALL}/closure").get_json()["people"] == 0
    page = sun.get("/manager/people/desk-zhao").text
    assert "单位已撤销" in page
    assert 'data-testid="edit"' not in page
