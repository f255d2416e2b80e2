"""The counter's pages of acts: prepared, waiting, counted for a colleague, confirmed or declined; without a script."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.acts import prepared, state_of, waiting
from tests.support.counter import begun, licence_in
from tests.support.delegations import listed, person_of
from tests.support.people import Visitor, sign_in
from tests.support.staff import send_form


@pytest.fixture
def wang(app: Flask) -> Visitor:
    return sign_in(app, "counter-wang")


@pytest.fixture
def liu(app: Flask) -> Visitor:
    return sign_in(app, "counter-liu")


def page(visitor: Visitor, path: str) -> str:
    answer = visitor.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def filled(session: dict[str, Any], **other: str) -> dict[str, str]:
    return {
        **person_of("holder-li"),
        "licences": licence_in(session),
        "matter": "any",
        "days": "7",
        **other,
    }


def test_a_delegation_goes_from_the_form_to_the_colleague_and_back(
    app: Flask, wang: Visitor, liu: Visitor
) -> None:
    session = begun(app, wang)
    home = f"/counter/{session['id']}"
    assert "http-equiv" not in page(wang, home)
    sent = send_form(wang, f"{home}/delegations/new", **filled(session))
    assert (sent.status_code, sent.location) == (303, f"{home}#acts")
    assert 'content="10"' in page(wang, home)  # looks again by itself
    assert 'data-testid="waiting-confirmations">1<' in page(liu, "/counter")
    assert 'data-testid="waiting-confirmations"' not in page(wang, "/counter")
    [one] = waiting(liu)
    address = f"/counter/confirmations/{one['id']}"
    assert one["id"] in page(liu, "/counter/confirmations")
    shown = page(liu, address)
    assert person_of("holder-li")["code"] in shown
    assert "王*" in shown
    assert "王秀英" not in shown
    done = send_form(liu, address, answer="confirm", seen=one["seen"])
    assert (done.status_code, done.location) == (303, address)
    settled = page(liu, address)
    assert 'data-state="done"' in settled
    assert person_of("holder-li")["code"] not in settled
    assert "帮办代办 2 号台" in page(wang, home)
    assert "http-equiv" not in page(wang, home)


@pytest.mark.parametrize(
    ("other", "status", "mark"),
    [
        ({"name": ""}, 422, "name-wrong"),
        ({"code": "150602199003077514"}, 422, "code-wrong"),
        ({"licences": ""}, 422, "licences-wrong"),
        ({"matter": "some"}, 422, "items-wrong"),
        ({"days": "own"}, 422, "days-wrong"),
        ({"days": "own", "starts_on": "2020-01-01", "ends_on": "2020-01-02"}, 422, 'role="alert"'),
        (person_of("holder-elder"), 422, 'role="alert"'),
    ],
)
def test_the_form_says_what_is_wrong_with_it(
    app: Flask, wang: Visitor, other: dict[str, str], status: int, mark: str
) -> None:
    session = begun(app, wang)
    sent = send_form(wang, f"/counter/{session['id']}/delegations/new", **filled(session, **other))
    assert (sent.status_code, mark in sent.text) == (status, True)


def test_who_declines_on_the_page_says_why(app: Flask, wang: Visitor, liu: Visitor) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)["id"]
    [one] = waiting(liu)
    address = f"/counter/confirmations/{act}"
    without = send_form(liu, address, answer="decline", seen=one["seen"], reason="  ")
    assert (without.status_code, "reason-wrong" in without.text) == (422, True)
    send_form(liu, address, answer="decline", seen=one["seen"], reason="对方不在场")
    assert "对方不在场" in page(wang, f"/counter/{session['id']}")
    late = send_form(liu, address, answer="confirm", seen=one["seen"])
    assert (late.status_code, 'role="alert"' in late.text) == (409, True)


def test_codes_are_stopped_and_what_waits_is_taken_back_by_a_click(
    app: Flask, wang: Visitor, liu: Visitor
) -> None:
    session = begun(app, wang)
    home = f"/counter/{session['id']}"
    for act in ("freeze", "freeze", "unfreeze"):  # a double click
        assert send_form(wang, f"{home}/{act}").status_code == 303
    [one] = waiting(liu)
    for _twice in range(2):
        sent = send_form(wang, f"{home}/acts/{one['id']}/withdrawal")
        assert sent.status_code == 303
    assert state_of(wang, session, one["id"])["state"] == "withdrawn"


def test_a_delegation_is_ended_on_the_list(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    given = listed(sign_in(app, "holder-elder"), "given")[0]["id"]
    there = f"/counter/{session['id']}/delegations"
    assert given in page(wang, there)
    assert send_form(wang, f"{there}/{given}/end").status_code == 303
    assert given not in page(wang, there)


def test_the_receipt_of_the_last_person_is_one_click_away(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    ended = send_form(wang, f"/counter/{session['id']}/end")
    assert f"/counter/{session['id']}/receipt" in page(wang, str(ended.location))
    assert "receipt.pdf?large=1" in page(wang, f"/counter/{session['id']}/receipt")
    injected = page(wang, "/counter?ended=%22%3E%3Cscript%3E")
    assert "<script>" not in injected.replace('<script type="module"', "")
