"""Home service 上门: a list for one day, confirmed by a colleague, from which sessions are begun at the door."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import ASSISTANCES, person
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import refusal
from tests.support.staff import send_form
from tests.support.units import HALL_BESIDE, told
from wallet import numbers
from wallet.base.clock import SHANGHAI, local_day, read_clock
from wallet.base.deps import Deps
from wallet.counter.visits.model import Visit, VisitList
from wallet.organisations.model import Staff, Unit
from wallet.worker import work_once

LISTS = "/api/v1/visit-lists"


def ask(wang: Visitor, app: Flask, **other: Any) -> TestResponse:
    one = person(app) | {"matter": "申领高龄津贴"}
    return wang.post(LISTS, {"day": day_in(0), "persons": [one]} | other)


def prepared(wang: Visitor, app: Flask, **other: Any) -> dict[str, Any]:
    answer = ask(wang, app, **other)
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def confirm(liu: Visitor, one: dict[str, Any]) -> TestResponse:
    return liu.post(f"{LISTS}/{one['id']}/confirmation")


def begin(wang: Visitor, one: dict[str, Any], **evidence: Any) -> TestResponse:
    path = f"{LISTS}/{one['id']}/visits/{one['visits'][0]['id']}/assistance"
    return wang.post(path, {"evidence": {"kind": "card_seen"} | evidence})


def test_a_confirmed_list_is_served_from_and_says_so(
    app: Flask, wang: Visitor, liu: Visitor, elder: Visitor
) -> None:
    one = prepared(wang, app)
    assert refusal(begin(wang, one)) == (409, "visits_unconfirmed")
    assert refusal(confirm(wang, one)) == (404, "visits_unknown")
    assert confirm(liu, one).status_code == confirm(liu, one).status_code == 204
    assert len(told(app, "visits.confirmed")) == 1
    assert refusal(begin(liu, one)) == (404, "visits_unknown")
    session = begin(wang, one)
    assert session.status_code == 201, session.text
    assert refusal(begin(wang, one)) == (409, "visit_under_way")
    # Who lost the page of the session finds it by the list; a colleague does not.
    link = f'href="/counter/{session.get_json()["id"]}"'
    page = f"/counter/visits/{one['id']}"
    assert (link in wang.get(page).text, link in liu.get(page).text) == (True, False)
    [event] = told(app, "assistance.begun")
    assert (event["visit"], event["terminal"]) == (one["id"], "上门办理")
    path = f"{ASSISTANCES}/{session.get_json()['id']}"
    assert wang.get(f"{path}/receipt").get_json()["terminal"] == "上门办理"
    assert elder.get("/api/v1/me/uses").get_json()["items"][0]["terminal"] == "上门办理"
    assert wang.delete(path).status_code == 204
    assert link not in wang.get(page).text
    assert begin(wang, one).status_code == 201


def test_only_on_its_day(app: Flask, wang: Visitor, liu: Visitor, clock: Clock) -> None:
    later = prepared(wang, app, day=day_in(1))
    assert confirm(liu, later).status_code == 204
    assert refusal(begin(wang, later)) == (409, "visits_early")
    today = prepared(wang, app)
    late = prepared(wang, app)
    assert confirm(liu, today).status_code == 204
    clock.advance(86400)
    wang, liu = sign_in(app, "counter-wang"), sign_in(app, "counter-liu")
    assert refusal(begin(wang, today)) == (409, "visits_over")
    assert refusal(confirm(liu, late)) == (409, "visits_over")
    assert begin(wang, later).status_code == 201


def test_a_day_begins_and_ends_at_midnight_in_shanghai(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    midnight = datetime.combine(local_day(clock.now) + timedelta(days=1), time(), SHANGHAI)
    second = timedelta(seconds=1)
    clock.advance((midnight - second - clock.now).total_seconds())
    wang, liu = sign_in(app, "counter-wang"), sign_in(app, "counter-liu")
    ends, begins = (
        prepared(wang, app, day=local_day(at).isoformat()) for at in (clock.now, midnight)
    )
    assert (confirm(liu, ends).status_code, confirm(liu, begins).status_code) == (204, 204)
    assert refusal(begin(wang, begins)) == (409, "visits_early")
    assert begin(wang, ends).status_code == 201
    clock.advance(1)
    assert refusal(begin(wang, ends)) == (409, "visits_over")
    assert begin(wang, begins).status_code == 201


@pytest.mark.parametrize("change", ["moved", "disabled"])
def test_who_moved_or_left_serves_nobody_from_the_old_list(
    app: Flask, wang: Visitor, liu: Visitor, deps: Deps, change: str
) -> None:
    one = prepared(wang, app)
    confirm(liu, one)
    other = select(Unit.id).where(Unit.code == HALL_BESIDE).scalar_subquery()
    values = {"unit_id": other} if change == "moved" else {"disabled_at": read_clock()}
    with deps.db.begin() as tx:
        tx.execute(update(Staff).where(Staff.login == "counter-wang").values(values))
    refused = (404, "visits_unknown") if change == "moved" else (401, "not_signed_in")
    assert refusal(begin(wang, one)) == refused
    assert refusal(wang.get(f"{LISTS}/{one['id']}")) == refused


def test_who_was_struck_is_not_visited(app: Flask, wang: Visitor, liu: Visitor) -> None:
    one = prepared(wang, app)
    confirm(liu, one)
    entry = f"{LISTS}/{one['id']}/visits/{one['visits'][0]['id']}"
    assert refusal(liu.delete(entry)) == (404, "visits_unknown")
    assert wang.delete(entry).status_code == 204
    assert wang.delete(entry).status_code == 204
    assert len(told(app, "visit.struck")) == 1
    assert refusal(begin(wang, one)) == (409, "visit_struck")


@pytest.mark.parametrize(
    ("other", "slug"),
    [
        ({"day": day_in(numbers.VISIT_DAYS_AHEAD)}, None),
        ({"day": day_in(numbers.VISIT_DAYS_AHEAD + 1)}, "visit_day"),
        ({"day": day_in(-1)}, "visit_day"),
        ({"day": None}, "invalid"),
        ({"persons": []}, "invalid"),
    ],
)
def test_what_a_list_needs(
    app: Flask, wang: Visitor, other: dict[str, Any], slug: str | None
) -> None:
    answer = ask(wang, app, **other)
    expected = (422, slug) if slug else (201, None)
    assert (answer.status_code, answer.get_json().get("slug")) == expected


def test_how_many_and_whom(app: Flask, wang: Visitor) -> None:
    one = person(app) | {"matter": "申领高龄津贴"}
    most = prepared(wang, app, persons=[one] * numbers.VISITS_MAX)
    assert len(most["visits"]) == numbers.VISITS_MAX
    many = ask(wang, app, persons=[one] * (numbers.VISITS_MAX + 1))
    assert refusal(many) == (422, "invalid")
    wrong = ask(wang, app, persons=[one | {"code": "110101190001010000"}])
    assert refusal(wrong) == (422, "holder_code")
    second = ask(wang, app, persons=[one, one | {"code": "110101190001010000"}])
    assert second.get_json()["detail"].startswith("第 2 位：")
    # Nobody is looked up before the visit: a name that is not the library's is found out at the door.
    assert ask(wang, app, persons=[one | {"name": "张三"}]).status_code == 201
    assert "王秀英" not in str(told(app, "visits.prepared"))


def test_another_name_is_refused_at_the_door(app: Flask, wang: Visitor, liu: Visitor) -> None:
    one = prepared(wang, app, persons=[person(app) | {"name": "张三", "matter": "看一看"}])
    confirm(liu, one)
    assert refusal(begin(wang, one)) == (404, "holder_unknown")
    assert refusal(begin(wang, one, kind="guardian")) == (422, "reference_required")


def test_a_list_is_deleted_some_days_after_its_day(app: Flask, wang: Visitor, clock: Clock) -> None:
    one, deps = prepared(wang, app), deps_of(app)
    assert local_day(clock.now).isoformat() == one["day"]
    for days, left in ((numbers.VISITS_KEPT_DAYS, 1), (numbers.VISITS_KEPT_DAYS + 1, 0)):
        work_once(deps, clock.now + timedelta(days=days))
        for table in (VisitList, Visit):
            with deps.db.read() as tx:
                counted = tx.execute(select(func.count()).select_from(table)).scalar_one()
            assert counted == left


def test_on_the_page_it_is_written_line_by_line(app: Flask, wang: Visitor, liu: Visitor) -> None:
    served = person(app)
    wrong = send_form(wang, "/counter/visits", day=day_in(0), persons=served["code"])
    assert (wrong.status_code, "第 1 位应为" in wrong.text) == (422, True)
    lines = f"{served['code']} {served['name']} 申领 高龄津贴\n\n"
    done = send_form(wang, "/counter/visits", day=day_in(0), persons=lines)
    assert done.status_code == 303
    assert send_form(liu, f"{done.location}/confirmation").status_code == 303
    [one] = wang.get(LISTS).get_json()["items"]
    [visit] = wang.get(f"{LISTS}/{one['id']}").get_json()["visits"]
    assert visit["matter"] == "申领 高龄津贴"
    wrong = send_form(wang, "/counter/visits", day=day_in(0), persons=f"{served['code']}1 王 看")
    assert (wrong.status_code, "第 1 位的身份证号码不对" in wrong.text) == (422, True)
    began = send_form(wang, f"{done.location}/{visit['id']}", kind="card_seen", reference="")
    assert began.status_code == 303
    assert "王*" in wang.get(began.location).text
