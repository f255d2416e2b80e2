"""The page on which staff hand over: named before it is sent, a double click is one, what a desk asks is answered there."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.relying.test_hand_overs import BANK, HALL, bank_moves_in
from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, outcome, recall
from tests.support.counter import ALLOWANCE, begun, licence_in
from tests.support.numbers import draw, take
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import row_counts, verify
from wallet.web.cookies import CSRF_COOKIE, CSRF_FIELD


@pytest.fixture
def wang(app: Flask, clock: Clock) -> Visitor:
    """Counter staff."""
    return sign_in(app, "counter-wang")


@pytest.fixture
def zhao(app: Flask, clock: Clock) -> Visitor:
    """A desk of the hall."""
    return sign_in(app, "desk-zhao")


@pytest.fixture
def bank(app: Flask, clock: Clock) -> Visitor:
    """A desk of the bank."""
    return sign_in(app, "desk-bank")


def press(wang: Visitor, path: str, **form: str) -> TestResponse:
    cookie = wang.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    return wang.http.post(path, data=form | {CSRF_FIELD: cookie.value})


def test_the_desk_is_named_first_and_a_double_click_is_one(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    path = f"/counter/{session['id']}/hand-over"
    form = {"licences": licence_in(session), "number": draw(zhao)}
    named = press(wang, path, **form).text
    assert HALL in named
    assert row_counts(deps_of(app))["hand_overs"] == 0
    [key] = re.findall(r'name="key" value="([^"]+)"', named)
    sent = [press(wang, path, **form, key=key, confirmed="1") for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    assert sent[0].location == sent[1].location
    assert verify(zhao, str(take(zhao)), ALLOWANCE)["shown_by"] == "assisted"
    assert take(zhao) is None
    assert 'data-state="used"' in wang.http.get(sent[0].location).text


def test_what_is_wrong_is_said_beside_it(app: Flask, wang: Visitor, bank: Visitor) -> None:
    session = begun(app, wang)
    path = f"/counter/{session['id']}/hand-over"
    empty = press(wang, path)
    assert empty.status_code == 422
    assert "licences-wrong" in empty.text
    assert "number-wrong" in empty.text
    elsewhere = press(wang, path, licences=licence_in(session), number=draw(bank))
    assert elsewhere.status_code == 404
    assert "不在本大厅" in elsewhere.text


@pytest.mark.parametrize(
    ("allow", "expected"), [("1", ("accepted", "ok")), ("0", ("refused", "consent_refused"))]
)
def test_what_a_desk_asks_stands_there_to_be_read_out(
    app: Flask, wang: Visitor, bank: Visitor, allow: str, expected: tuple[str, str]
) -> None:
    bank_moves_in(app)
    session = begun(app, wang, "holder-li")
    form = {"licences": licence_in(session, "food-operation-permit"), "number": draw(bank)}
    sent = press(wang, f"/counter/{session['id']}/hand-over", **form, key="k", confirmed="1")
    verdict = verify(bank, str(take(bank)), BANK_ACCOUNT)
    page = wang.http.get(sent.location).text
    assert BANK in page
    assert "consent-allow" in page
    assert press(wang, f"{sent.location}/consent", allow=allow).status_code == 303
    assert outcome(recall(bank, verdict)) == expected
    assert press(wang, f"{sent.location}/withdrawal").status_code == (409 if allow == "1" else 303)
