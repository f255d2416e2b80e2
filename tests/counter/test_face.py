"""Staff show the licences for the matter, and read the face of one: the person is told of each look."""

from __future__ import annotations

from flask import Flask

from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, ASSISTANCES, begun, licence_in
from tests.support.people import Visitor
from tests.support.showing import refusal
from tests.support.staff import send_form
from tests.support.units import told
from wallet import numbers


def test_a_session_shows_what_a_matter_can_use(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    path = f"{ASSISTANCES}/{session['id']}"
    for_it = wang.get(path, query_string={"item": ALLOWANCE}).get_json()["licences"]
    assert {one["type"]["code"] for one in for_it} == {"senior-card"}
    assert len(session["licences"]) > len(for_it)
    assert refusal(wang.get(path, query_string={"item": "no-such"})) == (404, "item_unknown")
    assert refusal(wang.get(path, query_string={"item": "\u0000"})) == (422, "invalid")
    page = wang.get(f"/counter/{session['id']}", query_string={"item": ALLOWANCE}).text
    assert page.count('data-testid="licence"') == 1
    assert f'value="{ALLOWANCE}" selected' in page
    every = wang.get(f"/counter/{session['id']}").text
    assert every.count('data-testid="licence"') == len(session["licences"])


def test_a_look_gives_the_face_and_is_told(app: Flask, wang: Visitor, elder: Visitor) -> None:
    session = begun(app, wang)
    path = f"{ASSISTANCES}/{session['id']}/looks"
    face = wang.post(path, {"licence": licence_in(session)}).get_json()
    assert face["type"]["code"] == "senior-card"
    values = {one["key"]: one["value"] for one in face["fields"]}
    assert values["name"] == "王秀英"
    assert values["photo"].startswith("data:image/")
    [event] = told(app, "act.done")
    assert (event["kind"], event["assistance"]) == ("face", session["id"])
    assert "王秀英" not in str(event)
    [look] = [
        one
        for one in elder.get("/api/v1/me/uses").get_json()["items"]
        if one["kind"] == "assisted_act"
    ]
    assert look["act"] == "face"
    receipt = wang.get(f"{ASSISTANCES}/{session['id']}/receipt").get_json()
    assert [act["title"] for act in receipt["acts"]] == ["查看照面"]


def test_only_the_served_persons_and_only_while_the_session_is_open(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    foreign = licence_in(begun(app, wang, "holder-li"), "driving-licence")
    session = begun(app, wang)
    path, own = f"{ASSISTANCES}/{session['id']}/looks", licence_in(session)
    assert refusal(wang.post(path, {"licence": foreign})) == (404, "not_found")
    assert refusal(liu.post(path, {"licence": own})) == (404, "assistance_unknown")
    clock.advance(numbers.ASSISTANCE_LIFE)
    assert refusal(wang.post(path, {"licence": own})) == (409, "assistance_ended")
    assert told(app, "act.done") == []


def test_on_the_page_a_licence_is_looked_at_by_its_name(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    page = send_form(wang, f"/counter/{session['id']}/face", licence=licence_in(session))
    assert (page.status_code, "王秀英" in page.text) == (200, True)
    assert "no-store" in page.headers["Cache-Control"]
