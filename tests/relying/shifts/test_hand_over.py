"""A desk is handed over: counts are recorded, what is open ends, and the next clerk works at the same desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.consent import answer, asked, recall, stored
from tests.support.people import Visitor, sign_in
from tests.support.showing import events, show, state, verify
from tests.support.staff import send_form
from wallet import numbers
from wallet.base.clock import SHANGHAI
from wallet.base.deps import Deps

HAND_OVER = "/desk/handover"
PAGE = {"headers": {"Accept": "text/html"}}


def hand_over(clerk: Visitor, **fields: str) -> TestResponse:
    answer = send_form(clerk, HAND_OVER, **fields)
    assert (answer.status_code, answer.location) == (302, "/")
    return answer


def next_clerk(at: Visitor, persona: str) -> Visitor:
    """Who signs in at that computer."""
    assert at.http.post("/demo/session", data={"persona": persona}).status_code == 303
    return at


def handed_over(deps: Deps) -> dict[str, Any]:
    """The newest hand-over in the audit trail."""
    return events(deps, "desk.handed_over")[-1][1]


def works_at(clerk: Visitor) -> str:
    """The desk's label on its page."""
    page = clerk.get("/desk", **PAGE).text
    return page.partition('<span class="who push">')[2].partition("</span>")[0].split(" · ")[1]


def test_the_page_counts_what_the_clerk_has_judged_today_by_verdict(
    app: Flask, zhao: Visitor, li: Visitor
) -> None:
    assert '<b class="num">0</b>' in zhao.get(HAND_OVER, **PAGE).text
    code = show(li)
    mismatch = verify(zhao, code["text"])
    zhao.post(f"/api/v1/verifications/{mismatch['id']}/outcome", {"outcome": "person_mismatch"})
    verify(zhao, show(li)["text"])
    verify(zhao, "no code of ours")
    page = zhao.get(HAND_OVER, **PAGE).text
    counts = [part.partition("<")[0] for part in page.split('<b class="num">')[1:]]
    assert counts == ["2", "1"]
    assert "其中人与证照不符 1 次" in page
    assert "断网" not in page


def test_what_another_clerk_another_day_or_another_desk_did_does_not_count(
    app: Flask, clock: Clock, deps: Deps
) -> None:
    day = clock.now.astimezone(SHANGHAI)
    last = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI)
    clock.advance((last - clock.now).total_seconds())
    late = sign_in(app, "desk-zhao")
    verify(late, "no code of ours")
    clock.advance(1)
    verify(sign_in(app, "desk-qian"), "no code of ours")
    verify(late, "no code of ours")
    hand_over(late)
    assert handed_over(deps)["refused"] == 1


def test_the_session_ends_and_is_recorded_with_ids_and_counts_alone(
    app: Flask, zhao: Visitor, li: Visitor, deps: Deps
) -> None:
    verify(zhao, show(li)["text"])
    hand_over(zhao, unsent="2")
    assert zhao.get("/api/v1/me").status_code == 401
    fields = handed_over(deps)
    (ended,) = [event for name, event in events(deps, "session.") if name == "session.ended"]
    assert {key: fields[key] for key in ("subject", "session")} == ended
    assert fields == ended | {
        "unit": fields["unit"], "terminal": "3 号窗口", "accepted": 1, "refused": 0, "undetermined": 0,
        "offline": 0, "mismatches": 0, "questions": 0, "unsent": 2,
    }  # fmt: skip


@pytest.mark.parametrize("told", ["", "-1", "many", "9" * 7, "１２x"])
def test_a_number_of_unsent_judgements_that_is_none_counts_as_none(
    zhao: Visitor, deps: Deps, told: str
) -> None:
    hand_over(zhao, unsent=told)
    assert handed_over(deps)["unsent"] == 0


def test_a_question_that_is_open_is_named_and_ends_so_that_the_code_can_be_shown_again(
    app: Flask, bank: Visitor, li: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    page = bank.get(HAND_OVER, **PAGE).text
    assert "还有 1 位持证人正在手机上选择" in page
    assert "个体工商户开户" in page
    hand_over(bank)
    assert handed_over(deps)["questions"] == 1
    assert stored(deps, verdict) == ("expired", "refused", "consent_expired")
    assert state(li, code)["state"] == "expired"
    assert answer(li, code, True).status_code == 409
    again = asked(li, next_clerk(bank, "desk-bank"))[1]
    assert again["reason"] == "consent_pending"


def test_the_questions_of_other_desks_go_on(
    app: Flask, bank: Visitor, li: Visitor, deps: Deps
) -> None:
    elsewhere = sign_in(app, "desk-bank")
    code, verdict = asked(li, elsewhere)
    hand_over(bank)
    assert handed_over(deps)["questions"] == 0
    assert answer(li, code, True).status_code == 204
    assert recall(elsewhere, verdict)["verdict"] == "accepted"


def test_its_number_ends(zhao: Visitor, li: Visitor) -> None:
    number = zhao.post("/api/v1/desk-numbers", {}).get_json()["number"]
    hand_over(zhao)
    assert li.get(f"/api/v1/desk-numbers/{number}").status_code == 404


def test_the_next_clerk_works_at_the_same_desk_and_holders_see_it(
    app: Flask, zhao: Visitor, li: Visitor
) -> None:
    hand_over(zhao)
    assert "本机已作为“3 号窗口”交班" in zhao.get("/", **PAGE).text
    qian = next_clerk(zhao, "desk-qian")
    assert works_at(qian) == "3 号窗口"
    code = show(li)
    verify(qian, code["text"])
    assert state(li, code)["terminal"] == "3 号窗口"
    assert works_at(sign_in(app, "desk-qian")) == "5 号窗口"


@pytest.mark.parametrize(("later", "desk"), [(-1, "3 号窗口"), (0, "5 号窗口")])
def test_the_computer_remembers_its_desk_for_half_a_day(
    zhao: Visitor, clock: Clock, later: int, desk: str
) -> None:
    hand_over(zhao)
    clock.advance(numbers.DESK_PLACE_KEPT + later)
    assert works_at(next_clerk(zhao, "desk-qian")) == desk


def test_a_clerk_of_another_unit_keeps_the_own_desk(zhao: Visitor) -> None:
    hand_over(zhao)
    assert works_at(next_clerk(zhao, "desk-bank")) == "东胜支行 2 号柜台"


@pytest.mark.parametrize("forged", ["", "x", "é", "AAAA", "eyJ1bml0X2lkIjoxfQ=="])
def test_a_desk_that_nobody_handed_over_is_none(app: Flask, forged: str) -> None:
    clerk = Visitor(app)
    clerk.http.set_cookie("desk", forged)
    assert "交班" not in clerk.get("/", **PAGE).text
    assert works_at(next_clerk(clerk, "desk-qian")) == "5 号窗口"


def test_a_locked_desk_is_not_handed_over(zhao: Visitor, deps: Deps) -> None:
    zhao.post("/api/v1/desk/lock", {"cause": "clerk"})
    answer = send_form(zhao, HAND_OVER)
    assert answer.location.startswith("/step-up")
    assert events(deps, "desk.handed_over") == []
