"""Pages on units and people: what is refused says why, and what is sensitive asks for a step-up."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import sign_in
from tests.support.staff import send_form
from tests.support.units import CITY, DISTRICT, HALL, manager_at, new_unit

UNITS = "/manager/units"


def test_a_form_that_is_refused_says_why_and_keeps_what_was_typed(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    given = {name: str(value) for name, value in new_unit(kinds="relying").items()}
    wrong = send_form(sun, f"{UNITS}/new", **(given | {"area_code": "150603"}))
    assert wrong.status_code == 422
    assert 'id="area_code-wrong"' in wrong.text
    assert given["name"] in wrong.text
    assert send_form(sun, f"{UNITS}/new", **given).status_code == 303
    again = send_form(sun, f"{UNITS}/new", **given)
    assert (again.status_code, "已有单位用了这一统一社会信用代码" in again.text) == (409, True)


@pytest.mark.parametrize(
    "path", [f"{UNITS}/new", f"{UNITS}/{HALL}/close", "/manager/people/desk-zhao/edit"]
)
def test_what_is_sensitive_leads_to_the_step_up_and_back(
    app: Flask, clock: Clock, path: str
) -> None:
    sun = sign_in(app, "manager-sun")
    clock.advance(301)
    answer = sun.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/step-up?next={path}"


def test_the_own_unit_offers_no_change(app: Flask) -> None:
    page = manager_at(app, DISTRICT).get(f"{UNITS}/{DISTRICT}").text
    assert 'data-testid="edit"' not in page
    assert 'data-testid="new-member"' not in page
    above = sign_in(app, "manager-sun").get(f"{UNITS}/{DISTRICT}").text
    assert 'data-testid="edit"' in above
    assert 'data-testid="new-member"' in above


def test_whoever_hands_over_is_led_to_the_own_account(app: Flask) -> None:
    qian = sign_in(app, "desk-qian")
    done = send_form(qian, f"{UNITS}/{HALL}/responsible", login="desk-zhao", phone="0477-8500001")
    assert (done.status_code, done.headers["Location"]) == (303, "/account")
    assert qian.get(f"{UNITS}/{HALL}", headers={"Accept": "text/html"}).status_code == 403


def test_a_manager_who_is_refused_on_a_page_reads_why(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    refused = send_form(sun, "/manager/people/auditor-he/access", disabled="1")
    assert (refused.status_code, "上级管理单位或本单位专人" in refused.text) == (403, True)
    own = send_form(sun, f"{UNITS}/{CITY}/close")
    assert own.status_code == 403
    last = send_form(sun, "/manager/people/desk-qian/access", disabled="1")
    assert (last.status_code, "请先办理专人交接" in last.text) == (409, True)


def test_pages_of_the_tree_lead_on(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    assert sun.get(f"{UNITS}?cursor=x", headers={"Accept": "text/html"}).status_code == 422
    assert "回到第一页" in sun.get(f"{UNITS}?cursor={CITY}").text
