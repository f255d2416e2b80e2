"""A screen in the hall prints copies in a session whose staff released it, and forgets the person by itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, begun, licence_in
from tests.support.people import Visitor
from tests.support.staff import send_form
from tests.support.units import HALL_BESIDE, told
from verify.assets import static_dir
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.organisations.model import Staff, Unit


def waiting_screen(app: Flask) -> tuple[FlaskClient, str]:
    screen = app.test_client()
    screen.post("/kiosk")
    shown = re.search(r'data-testid="number">(\d{3}) (\d{3})<', screen.get("/kiosk").text)
    assert shown is not None
    return screen, "".join(shown.groups())


def _released(app: Flask, wang: Visitor, session: dict[str, str]) -> FlaskClient:
    screen, number = waiting_screen(app)
    answer = send_form(wang, f"/counter/{session['id']}/kiosk", number=number)
    assert answer.status_code == 303
    return screen


def serves(screen: FlaskClient) -> bool:
    return 'data-testid="served"' in screen.get("/kiosk").text


def _fields(screen: FlaskClient) -> dict[str, str]:
    page = screen.get(f"/kiosk?item={ALLOWANCE}").text
    return dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', page))


def test_after_the_release_a_person_prints_for_a_matter(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    form = _fields(screen) | {"licence": licence_in(session), "item": ALLOWANCE}
    answer = screen.post("/kiosk/copies", data=form)
    assert answer.status_code == 303
    assert screen.post("/kiosk/copies", data=form).headers["Location"] == answer.headers["Location"]
    [event] = told(app, "copy.printed")
    assert event["assistance"] == session["id"]
    [released] = told(app, "kiosk.released")
    assert set(released) >= {"kiosk", "assistance", "actor", "unit"}
    pdf = screen.get("/kiosk/copies.pdf", query_string={"serial": event["serial"]})
    assert (pdf.data[:5], pdf.headers["Cache-Control"]) == (b"%PDF-", "no-store")
    other = app.test_client().get("/kiosk/copies.pdf", query_string={"serial": event["serial"]})
    assert other.status_code == 404


def test_it_ends_when_nobody_touches_it(app: Flask, wang: Visitor, clock: Clock) -> None:
    screen = _released(app, wang, begun(app, wang))
    clock.advance(numbers.KIOSK_IDLE - 1)
    page = screen.get("/kiosk")
    assert 'data-testid="served"' in page.text
    assert page.headers["Refresh"].startswith(str(numbers.KIOSK_IDLE + 1))
    clock.advance(numbers.KIOSK_IDLE)
    assert not serves(screen)
    assert told(app, "kiosk.ended")[0]["cause"] == "idle"
    assert f"kiosk-left {numbers.KIOSK_IDLE}s" in (static_dir() / "css/kiosk.css").read_text()
    assert screen.get_cookie("kiosk") is None


def test_it_ends_with_the_session_and_by_the_person(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    send_form(wang, f"/counter/{session['id']}/end")
    assert not serves(screen)
    screen = _released(app, wang, begun(app, wang))
    assert screen.post("/kiosk/end", data={}).status_code == 403
    assert screen.post("/kiosk/end", data=_fields(screen)).status_code == 303
    assert not serves(screen)


def test_a_number_is_good_once_and_for_a_while_and_a_session_has_one_screen(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    path = f"/counter/{session['id']}/kiosk"
    late, number = waiting_screen(app)
    clock.advance(numbers.KIOSK_WAIT)
    assert send_form(wang, path, number=number).status_code == 422
    assert not serves(late)
    first, number = waiting_screen(app)
    assert send_form(wang, path, number=number).status_code == 303
    again = send_form(wang, path, number=number)
    assert again.status_code == 422
    # The session goes on where it was: the staff member reads what was wrong beside the field.
    assert ('role="alert"' in again.text, 'data-testid="served"' in again.text) == (True, True)
    second = _released(app, wang, session)
    assert (serves(first), serves(second)) == (False, True)
    [ended] = told(app, "kiosk.ended")
    assert (ended["cause"], ended["assistance"]) == ("replaced", session["id"])
    # Typed by a Chinese keyboard.
    _, number = waiting_screen(app)
    wide = number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in number})
    assert send_form(wang, path, number=wide).status_code == 303


def test_a_touch_counts_and_the_screen_looking_by_itself_does_not(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    screen = _released(app, wang, begun(app, wang))
    form = _fields(screen)
    clock.advance(numbers.KIOSK_IDLE - 1)
    assert screen.post("/kiosk/touch", data={}).status_code == 403
    assert screen.post("/kiosk/touch", data=form).status_code == 204
    clock.advance(numbers.KIOSK_IDLE - 1)
    page = screen.get("/kiosk?left")
    assert (page.headers["Refresh"], 'data-left="2"' in page.text) == ("2; url=/kiosk?left", True)
    clock.advance(1)
    assert screen.post("/kiosk/touch", data=form).status_code == 404
    assert 'data-testid="start"' in screen.get("/kiosk?left").text


def test_staff_see_that_a_screen_serves_their_session_and_take_it_back(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    page = f"/counter/{session['id']}"
    assert "kiosk-serving" not in wang.get(page).text
    screen = _released(app, wang, session)
    assert "kiosk-serving" in wang.get(page).text
    assert send_form(liu, f"{page}/kiosk/end").status_code == 404
    assert serves(screen)
    assert send_form(wang, f"{page}/kiosk/end").status_code == 303
    assert not serves(screen)
    page_of_staff = wang.get(page)
    assert (page_of_staff.status_code, "kiosk-serving" in page_of_staff.text) == (200, False)
    [ended] = told(app, "kiosk.ended")
    assert (ended["cause"], ended["actor"]) == (
        "taken_back",
        told(app, "kiosk.released")[0]["actor"],
    )
    left = _released(app, wang, session)
    clock.advance(numbers.KIOSK_IDLE)
    assert "kiosk-serving" not in wang.get(page).text
    assert not serves(left)


@pytest.mark.parametrize("change", ["disabled", "moved", "no role", "unit closed"])
def test_it_ends_once_the_staff_member_may_no_longer_serve(
    app: Flask, wang: Visitor, deps: Deps, change: str
) -> None:
    screen = _released(app, wang, begun(app, wang))
    is_wang, now = Staff.login == "counter-wang", read_clock()
    with deps.db.begin() as tx:
        if change == "unit closed":
            unit = select(Staff.unit_id).where(is_wang).scalar_subquery()
            tx.execute(update(Unit).where(Unit.id == unit).values(closed_at=now))
        else:
            other = select(Unit.id).where(Unit.code == HALL_BESIDE).scalar_subquery()
            values: dict[str, dict[str, Any]] = {
                "disabled": {"disabled_at": now},
                "moved": {"unit_id": other},
                "no role": {"roles": ["desk"]},
            }
            tx.execute(update(Staff).where(is_wang).values(values[change]))
    assert not serves(screen)
    assert told(app, "kiosk.ended")[0]["cause"] == "session_over"


def test_another_choice_from_the_same_page_is_another_print(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    form = _fields(screen) | {"item": ALLOWANCE, "licence": licence_in(session)}
    for wanted in (form, form, form | {"item": "senior-bus-card"}):
        assert screen.post("/kiosk/copies", data=wanted).status_code == 303
    assert len(told(app, "copy.printed")) == 2


@pytest.mark.parametrize(("language", "words"), [("zh", "请找工作人员"), ("en", "ask the staff")])
def test_what_cannot_be_sealed_is_said_in_words_for_whom_stands_there(
    app: Flask, wang: Visitor, deps: Deps, language: str, words: str
) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    screen.set_cookie("lang", language)
    form = _fields(screen) | {"item": ALLOWANCE, "licence": licence_in(session)}
    for seal in deps.config.seals_dir.iterdir():
        seal.unlink()
    answer = screen.post("/kiosk/copies", data=form)
    assert (answer.status_code, words in answer.text) == (409, True)


def test_a_refusal_leads_back_to_the_start_by_itself(app: Flask, wang: Visitor) -> None:
    screen = _released(app, wang, begun(app, wang))
    form = _fields(screen)
    for refused in (
        screen.post("/kiosk/copies", data={"csrf_token": "x"}, headers={"Accept": "text/html"}),
        screen.get("/kiosk/copies.pdf?serial=x", headers={"Accept": "text/html"}),
    ):
        assert 400 <= refused.status_code < 500
        assert refused.headers["Refresh"].endswith("url=/kiosk")
        assert 'href="/kiosk"' in refused.text
    zero = form | {"key": "a\0", "licence": "x", "item": "x"}
    answer = screen.post("/kiosk/copies", data=zero, content_type="multipart/form-data")
    assert answer.status_code == 422


def test_a_choice_that_is_refused_stays(app: Flask, wang: Visitor) -> None:
    screen = _released(app, wang, begun(app, wang))
    answer = screen.post("/kiosk/copies", data=_fields(screen) | {"item": ALLOWANCE})
    assert answer.status_code == 422
    assert f'name="item" value="{ALLOWANCE}"' in answer.text


def test_of_a_matter_only_what_it_uses_is_offered(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    matters = re.findall(r'href="/kiosk\?item=([^"]+)"', screen.get("/kiosk").text)
    assert {ALLOWANCE, "senior-bus-card"} <= set(matters)
    page = screen.get(f"/kiosk?item={ALLOWANCE}").text
    # One licence alone is chosen already.
    assert re.findall(r'name="licence" value="([^"]+)" checked', page) == [licence_in(session)]
    assert page.count('name="licence"') == 1
    other = next(
        one["identifier"] for one in session["licences"] if one["type"]["code"] != "senior-card"
    )
    form = _fields(screen) | {"item": ALLOWANCE, "licence": [licence_in(session), other]}
    assert screen.post("/kiosk/copies", data=form).status_code == 422


def test_what_cannot_be_printed_is_said_on_the_screen(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    foreign = licence_in(begun(app, wang, "holder-li"), "driving-licence")
    for chosen, item in (("", ALLOWANCE), (foreign, ALLOWANCE), (licence_in(session), "no-such")):
        form = _fields(screen) | {"licence": chosen, "item": item}
        assert screen.post("/kiosk/copies", data=form).status_code == 422
    assert told(app, "copy.printed") == []
