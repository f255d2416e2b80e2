"""The page for a lost phone: one button, and the way back through a step-up."""

from __future__ import annotations

from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.staff import send_form
from wallet import numbers

PAGE = "/wallet/freeze"


def frozen(holder: Visitor) -> bool:
    return 'data-frozen="1"' in holder.get(PAGE).text


def test_the_page_freezes_says_since_when_and_unfreezes(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    assert not frozen(li)
    assert 'data-testid="frozen"' not in li.get("/wallet").text
    answer = send_form(li, PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert frozen(li)
    assert 'data-testid="frozen"' in li.get("/wallet").text
    answer = send_form(li, "/wallet/freeze/end", next=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert not frozen(li)


def test_unfreezing_leads_through_the_step_up_and_back_to_the_page(
    app: Flask, clock: Clock
) -> None:
    li = sign_in(app, "holder-li")
    clock.advance(numbers.STEP_UP_FRESH)
    assert send_form(li, PAGE).status_code == 303
    answer = send_form(li, "/wallet/freeze/end", next=PAGE)
    assert answer.status_code == 303
    assert answer.location == f"/step-up?next={PAGE}"
    assert frozen(li)
    answer = send_form(li, "/demo/step-up", next=PAGE)
    assert answer.location == PAGE
    send_form(li, "/wallet/freeze/end", next=PAGE)
    assert not frozen(li)


def test_a_form_without_its_token_freezes_nothing(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    assert li.http.post(PAGE).status_code == 403
    assert not frozen(li)
