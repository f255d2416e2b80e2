"""Force majeure on the issuer's pages: reported, seen through and closed with plain forms."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.in_step import WHAT, issuing, new_report
from tests.support.licences import FOOD, OTHER_ISSUER_CODE
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.staff import send_form
from wallet.base.clock import SHANGHAI, read_clock
from wallet.base.deps import Deps
from wallet.licences.in_step.force_majeure import report
from wallet.licences.in_step.model import ForceMajeureReport
from wallet.licences.in_step.reports import visible_reports
from wallet.organisations.model import Unit

PAGE = "/issuer/force-majeure"
NOW: Final = read_clock()
"""The tests reckon from one moment, or two of them would fall into different minutes."""
MEASURES = "窗口手工登记（演示）\r\n\r\n 调来备用电源（演示） "


@pytest.fixture(scope="module")
def deps(shared_app: Flask) -> Deps:
    """The Deps of the shared app."""
    return deps_of(shared_app)


@pytest.fixture(scope="module")
def chen(shared_app: Flask) -> Visitor:
    """The unit's clerk."""
    return sign_in(shared_app, "issuer-chen")


def written(moment: datetime) -> str:
    """A time as a browser's field sends it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def ago(hours: int) -> str:
    return written(NOW - timedelta(hours=hours))


def form(**changes: str) -> dict[str, str]:
    return {"started_at": ago(30), "what": WHAT, "types": FOOD, "measures": MEASURES} | changes


def count(deps: Deps) -> int:
    return len(deps.db.rows(select(ForceMajeureReport.id)))


def an_open_one(deps: Deps, hours: int) -> str:
    """A report of the unit, as its business system files it; gives its page."""
    return f"{PAGE}/{report(deps, issuing(deps), new_report(ago(hours)), NOW).id}"


def test_a_report_is_filed_measured_cleared_and_closed_with_forms_alone(
    deps: Deps, chen: Visitor
) -> None:
    sent = send_form(chen, f"{PAGE}/new", **form())
    assert sent.status_code == 303, sent.text
    page = sent.location.partition("?")[0]
    again = send_form(chen, f"{PAGE}/new", **form())
    assert again.location == sent.location
    shown = chen.get(page).text
    assert 'data-state="open"' in shown
    assert shown.index("窗口手工登记") < shown.index("<span>调来备用电源（演示）</span>")
    more = send_form(chen, f"{page}/measures", measure="增派\n人手（演示）")
    assert "增派 人手（演示）" in chen.get(more.location).text
    told = {"cleared_at": ago(1)}
    asked = send_form(chen, f"{page}/clearance", **told)
    assert "个工作日）办完" in asked.text
    assert 'data-state="open"' in send_form(chen, f"{page}/clearance", again="1", **told).text
    for _twice in range(2):
        done = send_form(chen, f"{page}/clearance", confirmed="1", **told)
        assert done.status_code == 303, done.text
    assert 'data-testid="due"' in chen.get(done.location).text
    assert "清理积压，至 " in chen.get(PAGE).text
    other = send_form(chen, f"{page}/clearance", confirmed="1", cleared_at=ago(2))
    assert (other.status_code, "另一排除时间" in other.text) == (409, True)
    assert "办结后不能再改" in send_form(chen, f"{page}/closure", backlog="12").text
    assert 'data-state="cleared"' in chen.get(page).text
    for _twice in range(2):
        done = send_form(chen, f"{page}/closure", backlog="12", confirmed="1")
        assert done.status_code == 303, done.text
    closed = chen.get(done.location).text
    assert 'data-state="closed"' in closed
    assert f"{page}/" not in closed  # nothing is left to be done
    assert send_form(chen, f"{page}/measures", measure="x").status_code == 409
    assert send_form(chen, f"{page}/closure", backlog="13", confirmed="1").status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("started_at", ""),
        ("started_at", "0001-01-01T00:00"),
        ("started_at", "9999-12-31T23:59"),
        ("started_at", "2026-11-26T10:00+08:00"),
        ("what", " \r\n "),
        ("what", "x" * 1001),
        ("types", "driving-licence"),
        ("measures", "x" * 1001),
        ("measures", "x\n" * 21),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_filed(
    deps: Deps, chen: Visitor, field: str, value: str
) -> None:
    before = count(deps)
    answer = send_form(chen, f"{PAGE}/new", **form(**{field: value}))
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-wrong"', answer.text) == [field]
    assert count(deps) == before


def test_times_and_numbers_out_of_order_are_refused_on_the_reports_page(
    deps: Deps, chen: Visitor
) -> None:
    page = an_open_one(deps, 50)
    for wrong in (ago(51), written(read_clock() + timedelta(minutes=2)), "", "0001-01-01T00:00"):
        answer = send_form(chen, f"{page}/clearance", cleared_at=wrong, confirmed="1")
        assert (answer.status_code, "cleared_at-wrong" in answer.text) == (422, True)
    early = send_form(chen, f"{page}/closure", backlog="1", confirmed="1")
    assert (early.status_code, "故障尚未排除" in early.text) == (409, True)
    send_form(chen, f"{page}/clearance", cleared_at=ago(50), confirmed="1")
    for wrong in ("", "-1", "1.5", "١", "9" * 5000):
        answer = send_form(chen, f"{page}/closure", backlog=wrong, confirmed="1")
        assert (answer.status_code, "backlog-wrong" in answer.text) == (422, True)
    assert send_form(chen, f"{page}/measures", measure=" ").status_code == 422
    twice = send_form(chen, f"{PAGE}/new", **form(started_at=ago(50)))
    assert twice.status_code == 303
    differs = send_form(chen, f"{PAGE}/new", **form(started_at=ago(50), what="停电（演示）"))
    assert (differs.status_code, "同一时刻" in differs.text) == (409, True)


def test_the_day_due_says_when_holidays_are_not_announced_and_when_it_is_past(
    deps: Deps, chen: Visitor
) -> None:
    page = an_open_one(deps, 70)
    send_form(chen, f"{page}/clearance", cleared_at=ago(69), confirmed="1")
    which = ForceMajeureReport.public_id == page.rpartition("/")[2]
    assert "放假安排尚未公布" not in chen.get(page).text
    ends = {"open": NOW + timedelta(days=1), "past": NOW}
    with deps.db.begin() as tx:
        tx.execute(
            update(ForceMajeureReport)
            .where(which)
            .values(due_at=ends["open"], holidays_published=False)
        )
    assert "放假安排尚未公布" in chen.get(page).text
    with deps.db.begin() as tx:
        tx.execute(update(ForceMajeureReport).where(which).values(due_at=ends["past"]))
    assert "已逾期" in chen.get(page).text
    assert f'href="{page}"' in chen.get("/issuer").text
    send_form(chen, f"{page}/closure", backlog="0", confirmed="1")
    assert "已办结，超过期限" in chen.get(PAGE).text


def test_the_latest_report_comes_first_page_by_page(deps: Deps) -> None:
    made = [an_open_one(deps, hours).rpartition("/")[2] for hours in (90, 91)]
    unit, now = issuing(deps), NOW
    first, cursor = visible_reports(deps, unit, None, 1, None, now)
    second, _ = visible_reports(deps, unit, None, 1, cursor, now)
    assert [one.id for one in (*first, *second)] == made[::-1]


def test_a_report_of_another_unit_is_on_no_page_and_nothing_is_done_to_it(
    deps: Deps, chen: Visitor
) -> None:
    page = an_open_one(deps, 80)
    with deps.db.begin() as tx:
        other = tx.execute(select(Unit.id).where(Unit.code == OTHER_ISSUER_CODE)).scalar_one()
        tx.execute(
            update(ForceMajeureReport)
            .where(ForceMajeureReport.public_id == page.rpartition("/")[2])
            .values(unit_id=other)
        )
    assert page not in chen.get(PAGE).text
    answers = [
        chen.http.get(page, headers={"Accept": "text/html"}),
        send_form(chen, f"{page}/measures", measure="x"),
        send_form(chen, f"{page}/clearance", cleared_at=ago(1), confirmed="1"),
        send_form(chen, f"{page}/closure", backlog="1", confirmed="1"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert WHAT not in "".join(answer.text for answer in answers)


def test_without_the_forms_token_nothing_is_filed(deps: Deps, chen: Visitor) -> None:
    before = count(deps)
    assert chen.http.post(f"{PAGE}/new", data=form(started_at=ago(99))).status_code == 403
    assert count(deps) == before
