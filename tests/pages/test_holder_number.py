"""A desk's number is typed without a script: whose it is, then yes, and the code waits at that desk alone."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.showing import ask, show, withdraw
from tests.support.staff import send_form
from wallet import numbers

HALL = "东胜区政务服务大厅（演示）"
NUMBERS = "/api/v1/desk-numbers"


@pytest.fixture
def li(app: Flask, clock: Clock) -> Visitor:
    return sign_in(app, "holder-li")


@pytest.fixture
def zhao(app: Flask, clock: Clock) -> Visitor:
    return sign_in(app, "desk-zhao")


def draw(desk: Visitor) -> str:
    number: str = desk.post(NUMBERS, {}).get_json()["number"]
    return number


def taken(desk: Visitor) -> str | None:
    """What was sent to that desk."""
    text: str | None = desk.post(f"{NUMBERS}/next", {}).get_json()["text"]
    return text


def place(holder: Visitor) -> str:
    """The page of a new showing."""
    return f"/wallet/code/{show(holder)['id']}"


def typed(holder: Visitor, at: str, number: str, **more: str) -> TestResponse:
    return send_form(holder, f"{at}/desk", number=number, **more)


def test_the_desk_is_named_before_anything_is_sent_there(li: Visitor, zhao: Visitor) -> None:
    at, number = place(li), draw(zhao)
    assert f'href="{at}/desk"' in li.get(at).text
    assert 'name="number"' in li.get(f"{at}/desk").text
    page = typed(li, at, number)
    assert page.status_code == 200
    for words in (HALL, "3 号窗口", "把码发给这个窗口？"):
        assert words in page.text
    assert taken(zhao) is None


def test_once_it_is_confirmed_the_code_waits_at_that_desk_and_no_other(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    qian = sign_in(app, "desk-qian")
    at, number = place(li), draw(zhao)
    draw(qian)
    answer = typed(li, at, number, confirm="1")
    assert (answer.status_code, answer.location) == (303, at)
    assert f"已发给 {HALL} 3 号窗口，请等窗口核验" in li.get(at).text
    assert taken(qian) is None
    text = taken(zhao)
    assert text is not None
    assert ask(zhao, text).get_json()["verdict"] == "accepted"
    assert "已发给" not in li.get(at).text


@pytest.mark.parametrize("form", ["{} {}", "{}-{}", " {}{} ", "{}　{}"])
def test_what_stands_between_the_digits_does_not_matter(
    li: Visitor, zhao: Visitor, form: str
) -> None:
    number = draw(zhao)
    assert HALL in typed(li, place(li), form.format(number[:3], number[3:])).text


def test_full_width_digits_are_digits(li: Visitor, zhao: Visitor) -> None:
    wide = draw(zhao).translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert HALL in typed(li, place(li), wide).text


@pytest.mark.parametrize("number", ["", "12345", "1234567", "abcdef", "9" * 1000])
def test_what_has_not_six_digits_is_asked_for_again(li: Visitor, number: str) -> None:
    page = typed(li, place(li), number)
    assert page.status_code == 422
    assert "请输入窗口屏幕上的 6 位数字。" in page.text


def test_a_number_that_no_desk_shows_is_asked_for_again_with_what_was_typed(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    number = draw(zhao)
    clock.advance(numbers.DESK_NUMBER_LIFE)
    page = typed(li, place(li), number)
    assert page.status_code == 422
    assert "没有这个窗口号" in page.text
    assert f'value="{number}"' in page.text


def test_a_number_that_ended_between_question_and_answer_gets_nothing(
    li: Visitor, zhao: Visitor
) -> None:
    at, number = place(li), draw(zhao)
    assert HALL in typed(li, at, number).text
    zhao.delete(f"{NUMBERS}/{number}")
    assert typed(li, at, number, confirm="1").status_code == 422
    assert "已发给" not in li.get(at).text


def test_a_showing_that_has_been_taken_back_is_not_sent_and_its_page_says_so(
    li: Visitor, zhao: Visitor
) -> None:
    showing, number = show(li), draw(zhao)
    at = f"/wallet/code/{showing['id']}"
    withdraw(li, showing)
    assert typed(li, at, number, confirm="1").location == at
    assert "此码已收起" in li.get(at).text
    assert taken(zhao) is None


def test_it_is_offered_to_the_holder_of_the_showing_alone(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    at, number = place(li), draw(zhao)
    stranger = sign_in(app, "holder-elder")
    assert stranger.get(f"{at}/desk").status_code == 404
    assert typed(stranger, at, number).status_code == 404
    assert typed(stranger, at, number, confirm="1").status_code == 404
    assert taken(zhao) is None
