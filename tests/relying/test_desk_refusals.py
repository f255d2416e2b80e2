"""A desk that refuses a code or paper is reported; the managing unit answers once, and whom it happened to is told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import begun
from tests.support.people import Visitor, sign_in
from tests.support.showing import IDENTITY, RENEWAL, refusal
from tests.support.staff import send_form
from tests.support.units import told
from wallet import numbers

REPORTS = "/api/v1/desk-refusals"


@pytest.fixture
def sun(app: Flask) -> Visitor:
    """Whose units the hall belongs to."""
    return sign_in(app, "manager-sun")


@pytest.fixture
def wang(app: Flask) -> Visitor:
    return sign_in(app, "counter-wang")


def report(visitor: Visitor, **other: Any) -> TestResponse:
    body = {"item": RENEWAL, "kind": "code", "on": day_in(0), "told": "窗口说只认纸质的"}
    return visitor.post(REPORTS, body | {"desk": "3 号窗口"} | other)


def listed(visitor: Visitor) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = visitor.get(REPORTS).get_json()["items"]
    return items


def answer(visitor: Visitor, report_id: str, sentence: str = "已责成窗口改正") -> TestResponse:
    return visitor.post(f"{REPORTS}/{report_id}/answer", {"answer": sentence})


def test_it_is_open_until_the_managing_unit_has_answered(
    app: Flask, li: Visitor, sun: Visitor
) -> None:
    made = report(li)
    assert made.status_code == 201, made.text
    (seen,) = listed(sun)
    assert (seen["id"], seen["state"], seen["answer"]) == (made.get_json()["id"], "open", "")
    assert (seen["unit_name"], seen["desk"]) == ("东胜区政务服务大厅（演示）", "3 号窗口")
    assert answer(sun, seen["id"]).get_json()["state"] == "answered"
    (own,) = listed(li)
    assert (own["state"], own["answer"]) == ("answered", "已责成窗口改正")
    news = li.get("/api/v1/me/inbox").get_json()["items"][0]
    assert (news["act"], news["use"]["item"]) == ("report_answered", "食品经营许可证延续")
    assert "管理单位已答复" in li.get("/wallet/inbox").text
    (event,) = told(app, "desk_refusal.reported")
    assert "窗口说只认纸质的" not in f"{event}"


def test_it_is_answered_once(li: Visitor, sun: Visitor) -> None:
    made = report(li).get_json()["id"]
    answer(sun, made)
    assert refusal(answer(sun, made, "再说一遍")) == (409, "report_answered")
    assert len([one for one in li.get("/api/v1/me/inbox").get_json()["items"]
                if one["act"] == "report_answered"]) == 1  # fmt: skip


def test_staff_report_for_whom_they_serve_who_is_told(
    app: Flask, wang: Visitor, elder: Visitor, sun: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    made = report(wang, kind="copy", assistance=session["id"]).get_json()["id"]
    assert [one["id"] for one in listed(wang)] == [one["id"] for one in listed(elder)] == [made]
    answer(sun, made)
    assert elder.get("/api/v1/me/inbox").get_json()["items"][0]["act"] == "report_answered"
    clock.advance(15 * 60)
    assert refusal(report(wang, assistance=session["id"])) == (409, "assistance_ended")


def test_staff_report_without_a_session_too(wang: Visitor, sun: Visitor) -> None:
    made = report(wang).get_json()["id"]
    assert answer(sun, made).status_code == 200


def test_others_see_nothing_of_it(app: Flask, li: Visitor, elder: Visitor, wang: Visitor) -> None:
    made = report(li).get_json()["id"]
    assert listed(elder) == listed(wang) == []
    assert answer(wang, made).status_code == 403


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"item": "nothing"}, (404, "item_unknown")),
        ({"kind": "rude"}, (422, "invalid")),
        ({"told": " "}, (422, "invalid")),
        ({"told": "x" * 501}, (422, "invalid")),
        ({"on": day_in(1)}, (422, "report_day")),
        ({"on": day_in(-91)}, (422, "report_day")),
    ],
)
def test_what_makes_no_report(
    li: Visitor, changed: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refusal(report(li, **changed)) == expected
    assert report(li, on=day_in(-90)).status_code == 201


def test_an_account_cannot_name_a_session(app: Flask, li: Visitor, wang: Visitor) -> None:
    session = begun(app, wang)
    report(li, assistance=session["id"])
    assert len(listed(sign_in(app, "holder-elder"))) == 0


def test_the_page_shows_the_rule_before_it_is_sent(li: Visitor, sun: Visitor) -> None:
    assert "食品经营许可证延续" in li.get("/wallet/reports").text
    page = li.get(f"/wallet/reports/new?item={RENEWAL}").text
    for word in ("库里有的证照，窗口不得再要求交纸质的", "依据：", 'data-testid="other-way"'):
        assert word in page
    form = {"csrf_token": _token(li), "item": RENEWAL, "on": day_in(0), "told": "不收"}
    wrong = li.http.post("/wallet/reports/new", data=form)
    assert (wrong.status_code, "请选发生了什么" in wrong.text) == (422, True)
    sent = li.http.post("/wallet/reports/new", data=form | {"kind": "code"})
    assert sent.status_code == 303
    assert "等待答复" in li.get("/wallet/reports").text
    (one,) = listed(sun)
    where = f"/manager/reports/{one['id']}/answer"
    assert sun.http.post(where, data={"csrf_token": _token(sun)}).status_code == 422
    sun.http.post(where, data={"csrf_token": _token(sun), "answer": "已改正"})
    assert "已改正" in sun.get("/manager/reports").text
    assert "已改正" in li.get("/wallet/reports").text


def test_a_matter_that_is_not_there_has_no_form(li: Visitor) -> None:
    assert li.get("/wallet/reports/new?item=nothing").status_code == 404
    assert li.get("/wallet/reports/new?item=%E6%B2%A1").status_code == 404


def _token(visitor: Visitor) -> str:
    cookie = visitor.http.get_cookie("csrf_token")
    assert cookie is not None
    return cookie.value


def test_ten_in_a_day_for_one_person_whoever_writes_them(
    app: Flask, li: Visitor, wang: Visitor, clock: Clock
) -> None:
    session = begun(app, wang, "holder-li")
    for number in range(numbers.REPORTS_PER_DAY - 1):
        assert report(li, told=f"第 {number} 次").status_code == 201
    last = report(wang, assistance=session["id"])
    assert last.status_code == 201
    more = report(wang, assistance=session["id"], told="又一次")
    assert refusal(more) == (429, "too_many_reports")
    assert refusal(report(li, told="又一次")) == (429, "too_many_reports")
    again = report(wang, assistance=session["id"])
    assert again.get_json() == last.get_json()
    page = send_form(li, "/wallet/reports/new", item=RENEWAL, kind="code", on=day_in(0), told="x")
    assert (page.status_code, "今天已反映 10 件" in page.text) == (429, True)
    assert '<textarea id="told"' in page.text
    clock.advance(86400)
    assert report(sign_in(app, "holder-li")).status_code == 201


@pytest.mark.parametrize(
    "other",
    [{"kind": "copy"}, {"told": "又一次"}, {"desk": ""}, {"on": day_in(-1)}, {"item": IDENTITY}],
)
def test_a_report_that_is_sent_twice_is_one_and_whatever_differs_is_another(
    li: Visitor, sun: Visitor, other: dict[str, str]
) -> None:
    made = report(li).get_json()["id"]
    assert report(li).get_json()["id"] == made
    assert report(li, **other).get_json()["id"] != made
    assert len(listed(sun)) == 2


def test_the_same_words_after_ten_minutes_are_another_report(li: Visitor, clock: Clock) -> None:
    made = report(li).get_json()["id"]
    clock.advance(numbers.REPORT_REPEAT - 1)
    assert report(li).get_json()["id"] == made
    clock.advance(1)
    assert report(li).get_json()["id"] != made


def test_the_same_words_after_its_answer_are_another_report(li: Visitor, sun: Visitor) -> None:
    made = report(li).get_json()["id"]
    answer(sun, made)
    assert report(li).get_json()["id"] != made


def test_the_same_words_from_elsewhere_or_for_somebody_else_are_another_report(
    app: Flask, li: Visitor, wang: Visitor, sun: Visitor
) -> None:
    sessions = [begun(app, wang, who)["id"] for who in ("holder-li", "holder-li", "holder-elder")]
    made = [report(li), report(wang), *(report(wang, assistance=one) for one in sessions)]
    assert len({one.get_json()["id"] for one in made}) == len(made) == len(listed(sun))


def test_what_staff_wrote_for_others_does_not_count_where_they_say_for_nobody(
    app: Flask, wang: Visitor
) -> None:
    session = begun(app, wang)
    for number in range(numbers.REPORTS_PER_DAY):
        report(wang, assistance=session["id"], told=f"第 {number} 次")
    assert refusal(report(wang, assistance=session["id"])) == (429, "too_many_reports")
    for number in range(numbers.REPORTS_PER_DAY):
        assert report(wang, told=f"第 {number} 次").status_code == 201
    assert refusal(report(wang)) == (429, "too_many_reports")


def test_staff_report_on_the_page_with_the_rule_in_sight(
    app: Flask, wang: Visitor, sun: Visitor
) -> None:
    path = f"/counter/{begun(app, wang, 'holder-li')['id']}/report"
    chosen = wang.get(path, query_string={"item": RENEWAL}).text
    assert "库里有的证照，窗口不得再要求交纸质的" in chosen
    assert "依据：" in chosen
    given = {"item": RENEWAL, "on": day_in(0), "desk": "", "told": "窗口说只认纸质的"}
    assert "请选发生了什么" in send_form(wang, path, **given).text
    assert send_form(wang, path, **given, kind="copy").status_code == 303
    assert [one["kind"] for one in listed(sun)] == ["copy"]
    assert wang.get(path, query_string={"item": "no-such"}).status_code == 404


def test_the_answer_is_read_out_at_the_counter_and_what_was_sent_from_a_phone_is_not(
    app: Flask, li: Visitor, wang: Visitor, sun: Visitor
) -> None:
    path = f"/counter/{(session := begun(app, wang, 'holder-li'))['id']}/report"
    assert report(li, told="我自己写的").status_code == 201
    answer(sun, listed(sun)[0]["id"], "已答复手机上的")
    assert 'data-testid="report"' not in wang.get(path).text
    made = report(wang, assistance=session["id"], kind="copy").get_json()["id"]
    assert "等待答复" in wang.get(path).text
    answer(sun, made, "已责成窗口改正")
    page = wang.get(path).text
    assert "已责成窗口改正" in page
    assert "已答复手机上的" not in page
    other = f"/counter/{begun(app, wang)['id']}/report"
    assert 'data-testid="report"' not in wang.get(other).text
