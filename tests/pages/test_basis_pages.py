"""Pages on basis documents: registered and changed by forms that say what is wrong and keep what was typed."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import sign_in
from tests.support.staff import send_form
from tests.support.units import DISTRICT, manager_at

BASIS = "/manager/basis"
NEW = {
    "code": "ordos-2027-1",
    "number": "鄂府办发〔2027〕1号",
    "title": "新办法（演示）",
    "effective_from": "2027-01-01",
    "effective_to": "",
}


def test_a_document_is_registered_and_then_takes_the_place_of_another(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    made = send_form(sun, f"{BASIS}/new", **NEW)
    assert (made.status_code, made.headers["Location"]) == (
        303,
        f"{BASIS}/{NEW['code']}?done=added",
    )
    page = sun.get(f"{BASIS}/{NEW['code']}").text
    assert "尚未施行" in page
    old = {"title": "旧办法（演示）", "number": "旧号", "effective_from": "2022-09-28"}
    changed = send_form(
        sun,
        f"{BASIS}/ordos-2022-161/edit",
        **old,
        effective_to="2027-01-01",
        replaced_by=NEW["code"],
    )
    assert changed.status_code == 303, changed.text
    page = sun.get(f"{BASIS}/ordos-2022-161").text
    assert f'href="{BASIS}/{NEW["code"]}"' in page
    assert "食品经营许可证" in page
    form = sun.get(f"{BASIS}/ordos-2022-161/edit").text
    assert 'value="2027-01-01"' in form


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "Ä"}, "code"),
        ({"title": ""}, "title"),
        ({"number": "\u202e"}, "number"),
        ({"effective_from": "soon"}, "effective_from"),
        ({"effective_to": "2026-12-31"}, "effective_to"),
    ],
)
def test_a_form_that_is_refused_names_its_field(
    app: Flask, wrong: dict[str, str], field: str
) -> None:
    answer = send_form(sign_in(app, "manager-sun"), f"{BASIS}/new", **(NEW | wrong))
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert NEW["effective_from"] in answer.text or field == "effective_from"


def test_a_code_is_given_once(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    answer = send_form(sun, f"{BASIS}/new", **(NEW | {"code": "imar-amr-2023"}))
    assert (answer.status_code, 'id="code-wrong"' in answer.text) == (409, True)


def test_a_document_does_not_replace_itself(app: Flask) -> None:
    sun, code = sign_in(app, "manager-sun"), "ordos-2022-161"
    given = {name: NEW[name] for name in ("title", "number", "effective_from", "effective_to")}
    answer = send_form(sun, f"{BASIS}/{code}/edit", **given, replaced_by=code)
    assert (answer.status_code, 'id="replaced_by-wrong"' in answer.text) == (422, True)


def test_a_manager_of_a_unit_below_reads_it_and_has_no_form(app: Flask) -> None:
    district = manager_at(app, DISTRICT)
    assert district.get(f"{BASIS}/ordos-2022-161").status_code == 200
    assert district.get(f"{BASIS}/ordos-2022-161/edit").status_code == 404
    assert district.get(f"{BASIS}/nothing").status_code == 404


def test_its_forms_ask_for_a_step_up(app: Flask, clock: Clock) -> None:
    sun = sign_in(app, "manager-sun")
    clock.advance(301)
    answer = sun.get(f"{BASIS}/new", headers={"Accept": "text/html"})
    assert answer.headers["Location"] == f"/step-up?next={BASIS}/new"
