"""Several requests at the same moment: a door is opened once, a slip is entered once, a session has one screen, a report
is made once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from flask import Flask
from werkzeug.test import TestResponse

from tests.counter.test_kiosk import serves, waiting_screen
from tests.counter.test_slips import BLOCKS, enter, issued
from tests.counter.test_visits import begin, confirm, prepared
from tests.relying.test_desk_refusals import REPORTS
from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import begun
from tests.support.people import Visitor, sign_in
from tests.support.showing import RENEWAL
from tests.support.staff import send_form
from tests.support.units import told
from wallet import numbers

AT_ONCE: Final = 6


def _answers(app: Flask, ask: Callable[[Visitor], TestResponse]) -> list[int]:
    """The statuses of what one staff member asks for in several windows at once, in order."""
    windows = [sign_in(app, "counter-wang") for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(answer.status_code for answer in pool.map(ask, windows))


def test_a_visit_that_is_begun_several_times_at_once_is_one_session(
    app: Flask, wang: Visitor, liu: Visitor
) -> None:
    one = prepared(wang, app)
    confirm(liu, one)
    statuses = _answers(app, lambda window: begin(window, one))
    assert statuses == [201] + [409] * (AT_ONCE - 1)
    assert len(told(app, "assistance.begun")) == 1


def test_a_slip_that_is_entered_several_times_at_once_is_entered_once(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    number = issued(wang)["numbers"][0]
    clock.advance(120)
    statuses = _answers(app, lambda window: enter(window, number, clock))
    assert statuses == [201] + [409] * (AT_ONCE - 1)
    assert len(told(app, "slip.entered")) == 1


def test_of_slips_issued_several_times_at_once_no_more_are_blank_than_may_be(
    app: Flask, wang: Visitor
) -> None:
    body = {"count": numbers.SLIPS_AT_ONCE_MAX}
    statuses = _answers(app, lambda window: window.post(BLOCKS, body))
    may_be = numbers.SLIPS_BLANK_MAX // numbers.SLIPS_AT_ONCE_MAX
    assert statuses == [201] * may_be + [409] * (AT_ONCE - may_be)


def test_of_screens_released_at_once_for_one_session_one_serves_it(
    app: Flask, wang: Visitor
) -> None:
    session = begun(app, wang)
    screens = [waiting_screen(app) for _ in range(AT_ONCE)]
    left = iter(screens)
    path = f"/counter/{session['id']}/kiosk"
    statuses = _answers(app, lambda window: send_form(window, path, number=next(left)[1]))
    assert statuses == [303] * AT_ONCE
    assert [serves(screen) for screen, _ in screens].count(True) == 1
    assert len(told(app, "kiosk.ended")) == AT_ONCE - 1


def test_the_same_report_several_times_at_once_is_one_and_ten_are_the_most(
    app: Flask, wang: Visitor
) -> None:
    body = {"item": RENEWAL, "kind": "copy", "on": day_in(0), "desk": "", "told": "不收"}
    body |= {"assistance": begun(app, wang)["id"]}
    assert _answers(app, lambda window: window.post(REPORTS, body)) == [201] * AT_ONCE
    assert len(told(app, "desk_refusal.reported")) == 1
    for number in range(numbers.REPORTS_PER_DAY - 2):
        assert wang.post(REPORTS, body | {"told": f"{number}"}).status_code == 201
    words = iter("甲乙丙丁戊己")
    last = _answers(app, lambda window: window.post(REPORTS, body | {"told": next(words)}))
    assert last == [201] + [429] * (AT_ONCE - 1)
