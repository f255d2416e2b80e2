"""Everybody sees where they are signed in, and signs themselves out there; nobody else can."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.staff import send_form
from wallet import numbers
from wallet.web.sessions import Proof, start_session

WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; ALN-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 "
    "Safari/537.36 Edg/120.0"
)
LIST = "/account/sessions"
END = "/account/sessions/end"


def on(app: Flask, persona: str, user_agent: str) -> Visitor:
    """Signed in with that browser."""
    visitor = Visitor(app)
    visitor.http.post(
        "/demo/session", data={"persona": persona}, headers={"User-Agent": user_agent}
    )
    return visitor


def ids(page: TestResponse) -> list[str]:
    """The sessions of the list, in its order."""
    return re.findall(r'name="session" value="(\d+)"', page.text)


def is_in(visitor: Visitor) -> bool:
    """Whether the browser is signed in."""
    return visitor.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("persona", ["holder-li", "desk-zhao"])
def test_the_list_has_the_own_live_sessions_this_one_first(
    app: Flask, clock: Clock, persona: str
) -> None:
    ended = on(app, persona, EDGE)
    clock.advance(numbers.HOLDER_SESSION_IDLE)
    phone = on(app, persona, WECHAT)
    sign_in(app, "holder-elder")
    clock.advance(60)
    desk = on(app, persona, EDGE)
    page = desk.get(LIST)
    assert len(ids(page)) == 2
    assert page.text.index("Edge · Windows") < page.text.index("微信 · Android")
    assert page.text.count("本机") == 2  # the mark, and the button that signs out everywhere
    assert list(reversed(ids(phone.get(LIST)))) == ids(page)
    assert not is_in(ended)


def test_one_place_is_signed_out_and_no_other(app: Flask) -> None:
    here, there, third = (sign_in(app, "holder-li") for _ in range(3))
    lost = ids(there.get(LIST))[0]
    answer = send_form(here, END, session=lost)
    assert (answer.status_code, answer.location) == (303, f"{LIST}?ended=1")
    assert 'role="status"' in here.get(answer.location).text
    assert [is_in(one) for one in (here, there, third)] == [True, False, True]
    assert send_form(here, END, session=lost).status_code == 404


def test_this_place_is_signed_out_as_by_signing_out(app: Flask) -> None:
    here, there = (sign_in(app, "holder-li") for _ in range(2))
    answer = send_form(here, END, session=ids(here.get(LIST))[0])
    assert (answer.status_code, answer.location) == (302, "/")
    assert here.http.get_cookie("session") is None
    assert [is_in(here), is_in(there)] == [False, True]


@pytest.mark.parametrize("stranger", ["holder-elder", "desk-zhao"])
def test_a_strangers_session_is_not_found(app: Flask, stranger: str) -> None:
    li, other = sign_in(app, "holder-li"), sign_in(app, stranger)
    answer = send_form(other, END, session=ids(li.get(LIST))[0])
    assert answer.status_code == 404
    assert send_form(other, END).status_code == 303
    assert is_in(li)


def test_everywhere_else_and_everywhere(app: Flask) -> None:
    here, *others = (sign_in(app, "desk-zhao") for _ in range(4))
    answer = send_form(here, END)
    assert (answer.status_code, answer.location) == (303, f"{LIST}?ended=3")
    assert [is_in(one) for one in (here, *others)] == [True, False, False, False]
    others = [sign_in(app, "desk-zhao") for _ in range(2)]
    answer = send_form(here, END, everywhere="1")
    assert (answer.status_code, answer.location) == (302, "/")
    assert [is_in(one) for one in (here, *others)] == [False, False, False]


def test_nothing_is_signed_out_without_the_csrf_token(app: Flask) -> None:
    here, there = (sign_in(app, "holder-li") for _ in range(2))
    for form in ({}, {"everywhere": "1"}, {"session": ids(there.get(LIST))[0]}):
        assert here.http.post(END, data=form).status_code == 403
    assert is_in(there)


def test_a_long_list_is_cut_off_and_says_so(app: Flask, clock: Clock) -> None:
    visitor = sign_in(app, "holder-li")
    account = int(visitor.get("/api/v1/me").get_json()["account"].partition(":")[2])
    deps = deps_of(app)
    with deps.db.begin() as tx:
        for _ in range(numbers.SESSIONS_SHOWN + 1):
            start_session(tx, "holder", account, clock.now, Proof(clock.now))
    page = visitor.get(LIST)
    assert len(ids(page)) == numbers.SESSIONS_SHOWN
    assert "还有 2 处没有列出" in page.text


@pytest.mark.parametrize("session_id", ["", "0", str(10**30), "9" * 10, "x", "-1", "٣"])
def test_an_id_that_is_none_is_not_found(app: Flask, session_id: str) -> None:
    answer = send_form(sign_in(app, "holder-li"), END, session=session_id)
    assert answer.status_code == 404
