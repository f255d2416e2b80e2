"""A screen in the hall prints copies in a session whose staff released it, and forgets the person by itself."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, begun, licence_in
from tests.support.people import Visitor
from tests.support.staff import send_form
from tests.support.units import told
from verify.assets import static_dir
from wallet import numbers


def _waiting(app: Flask) -> tuple[FlaskClient, str]:
    screen = app.test_client()
    screen.post("/kiosk")
    shown = re.search(r'data-testid="number">(\d{3}) (\d{3})<', screen.get("/kiosk").text)
    assert shown is not None
    return screen, "".join(shown.groups())


def _released(app: Flask, wang: Visitor, session: dict[str, str]) -> FlaskClient:
    screen, number = _waiting(app)
    answer = send_form(wang, f"/counter/{session['id']}/kiosk", number=number)
    assert answer.status_code == 303
    return screen


def _serves(screen: FlaskClient) -> bool:
    return 'data-testid="served"' in screen.get("/kiosk").text


def _fields(screen: FlaskClient) -> dict[str, str]:
    page = screen.get("/kiosk").text
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
    assert not _serves(screen)
    assert f"kiosk-left {numbers.KIOSK_IDLE}s" in (static_dir() / "css/kiosk.css").read_text()
    assert screen.get_cookie("kiosk") is None


def test_it_ends_with_the_session_and_by_the_person(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    send_form(wang, f"/counter/{session['id']}/end")
    assert not _serves(screen)
    screen = _released(app, wang, begun(app, wang))
    assert screen.post("/kiosk/end", data={}).status_code == 403
    assert screen.post("/kiosk/end", data=_fields(screen)).status_code == 303
    assert not _serves(screen)


def test_a_number_is_good_once_and_for_a_while_and_a_session_has_one_screen(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    path = f"/counter/{session['id']}/kiosk"
    late, number = _waiting(app)
    clock.advance(numbers.KIOSK_WAIT)
    assert send_form(wang, path, number=number).status_code == 404
    assert not _serves(late)
    first, number = _waiting(app)
    assert send_form(wang, path, number=number).status_code == 303
    again = send_form(wang, path, number=number)
    assert again.status_code == 404
    # The session goes on where it was: the staff member reads what was wrong beside the field.
    assert ('role="alert"' in again.text, 'data-testid="served"' in again.text) == (True, True)
    second = _released(app, wang, session)
    assert (_serves(first), _serves(second)) == (False, True)


def test_what_cannot_be_printed_is_said_on_the_screen(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    screen = _released(app, wang, session)
    foreign = licence_in(begun(app, wang, "holder-li"), "driving-licence")
    for chosen, item in (("", ALLOWANCE), (foreign, ALLOWANCE), (licence_in(session), "no-such")):
        form = _fields(screen) | {"licence": chosen, "item": item}
        assert screen.post("/kiosk/copies", data=form).status_code == 422
    assert told(app, "copy.printed") == []
