"""A code reaches one desk by six digits, and is judged there like any other."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, answer, outcome, recall
from tests.support.numbers import PATH, draw, look_up, send, take
from tests.support.people import Machine, Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import (
    FOOD,
    claims_of,
    counted_statements,
    created,
    events,
    identifier_of,
    instant,
    refusal,
    row_counts,
    set_licence,
    show,
    state,
    verify,
    withdraw,
)
from wallet import numbers
from wallet.base.deps import Deps
from wallet.relying.desk_numbers import draw as drawing
from wallet.web import limits
from wallet.web.cookies import CSRF_COOKIE, CSRF_FIELD

HALL = "东胜区政务服务大厅（演示）"


def sign_out(visitor: Visitor) -> None:
    cookie = visitor.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    assert visitor.http.post("/sign-out", data={CSRF_FIELD: cookie.value}).status_code == 302


def test_a_number_has_six_digits_and_says_whose_it_is_for_five_minutes(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    drawn = created(zhao.post(PATH, {}))
    assert len(drawn["number"]) == 6
    assert drawn["number"].isdigit()
    assert (instant(drawn["ends_at"]) - instant(drawn["server_time"])).total_seconds() == 300
    clock.advance(299.999)
    told = look_up(li, drawn["number"]).get_json()
    assert told == {"unit": HALL, "terminal": "3 号窗口", "ends_at": drawn["ends_at"]}
    clock.advance(0.001)
    assert refusal(look_up(li, drawn["number"])) == (404, "desk_number_unknown")
    assert refusal(send(li, show(li), drawn["number"])) == (404, "desk_number_unknown")


def test_what_is_sent_is_taken_by_that_desk_once_and_judged_like_any_other(
    li: Visitor, zhao: Visitor, qian: Visitor, deps: Deps, clock: Clock
) -> None:
    draw(qian)
    code, number = show(li), draw(zhao)
    assert take(zhao) is None
    assert send(li, code, number).status_code == 204
    assert take(qian) is None
    assert state(li, code)["state"] == "waiting"
    text = take(zhao)
    assert text is not None
    assert take(zhao) is None
    assert claims_of(text)["jti"] == claims_of(code["text"])["jti"]
    assert verify(zhao, text)["verdict"] == "accepted"
    assert state(li, code)["used_by"] == HALL
    assert outcome(verify(qian, code["text"])) == ("refused", "already_used")
    assert [name for name, _ in events(deps, "desk_number.")] == ["desk_number.drawn"] * 2
    ((_name, fields),) = events(deps, "showing.sent")
    assert fields["jti"] == claims_of(text)["jti"]


def test_a_code_that_waits_is_signed_anew_when_it_is_taken(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code, number = show(li), draw(zhao)
    send(li, code, number)
    clock.advance(240)
    text = take(zhao)
    assert text is not None
    assert claims_of(text)["iat"] == int(clock.now.timestamp())
    assert verify(zhao, text)["verdict"] == "accepted"


def test_an_item_that_asks_asks_whoever_sent_the_code(li: Visitor, bank: Visitor) -> None:
    code = show(li)
    send(li, code, draw(bank))
    verdict = verify(bank, str(take(bank)), BANK_ACCOUNT)
    assert outcome(verdict) == ("pending", "consent_pending")
    assert answer(li, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("accepted", "ok")


def test_a_number_serves_a_queue_in_the_order_of_sending(
    li: Visitor, elder: Visitor, zhao: Visitor, clock: Clock
) -> None:
    number, codes = draw(zhao), []
    for holder, licence in ((li, FOOD), (elder, "senior-card"), (li, "driving-licence")):
        codes.append(show(holder, licence))
        assert send(holder, codes[-1], number).status_code == 204
        clock.advance(1)
    taken = [claims_of(str(take(zhao)))["jti"] for _ in codes]
    assert taken == [claims_of(code["text"])["jti"] for code in codes]
    assert take(zhao) is None


def test_sent_twice_is_once_and_sent_elsewhere_is_there_alone(
    li: Visitor, zhao: Visitor, qian: Visitor
) -> None:
    code, first, second = show(li), draw(zhao), draw(qian)
    for number in (first, first, second):
        assert send(li, code, number).status_code == 204
    assert take(zhao) is None
    assert take(qian) is not None
    assert take(qian) is None


def test_a_new_number_takes_the_place_of_the_last_and_what_was_sent_stays(
    li: Visitor, zhao: Visitor
) -> None:
    code, first = show(li), draw(zhao)
    send(li, code, first)
    second = draw(zhao)
    assert first != second
    assert refusal(look_up(li, first)) == (404, "desk_number_unknown")
    assert look_up(li, second).status_code == 200
    assert take(zhao) is not None


def test_a_desk_gives_its_number_back_and_with_it_what_was_not_taken(
    li: Visitor, zhao: Visitor, qian: Visitor
) -> None:
    number = draw(zhao)
    send(li, show(li), number)
    assert refusal(qian.delete(f"{PATH}/{number}")) == (404, "not_found")
    assert zhao.delete(f"{PATH}/{number}").status_code == 204
    assert refusal(zhao.delete(f"{PATH}/{number}")) == (404, "not_found")
    assert refusal(look_up(li, number)) == (404, "desk_number_unknown")
    assert take(zhao) is None


def test_a_showing_that_has_ended_is_not_sent(li: Visitor, zhao: Visitor, clock: Clock) -> None:
    number = draw(zhao)
    withdrawn, used = show(li), show(li)
    withdraw(li, withdrawn)
    verify(zhao, used["text"])
    assert refusal(send(li, withdrawn, number)) == (409, "withdrawn")
    assert refusal(send(li, used, number)) == (409, "already_used")
    old = show(li)
    clock.advance(600)
    assert refusal(send(li, old, draw(zhao))) == (409, "showing_ended")


def test_what_has_ended_before_it_is_taken_is_passed_over(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    number = draw(zhao)
    withdrawn, suspended, good = show(li), show(li, "driving-licence"), show(li)
    for code in (withdrawn, suspended, good):
        send(li, code, number)
        clock.advance(1)
    withdraw(li, withdrawn)
    set_licence(deps, identifier_of(li, "driving-licence"), status="suspended")
    assert claims_of(str(take(zhao)))["jti"] == claims_of(good["text"])["jti"]
    assert take(zhao) is None


def test_a_freeze_stops_what_was_sent(li: Visitor, zhao: Visitor) -> None:
    send(li, show(li), draw(zhao))
    li.post("/api/v1/me/freeze")
    assert take(zhao) is None


def test_a_frozen_account_sends_nothing(li: Visitor, zhao: Visitor) -> None:
    code, number = show(li), draw(zhao)
    li.post("/api/v1/me/freeze")
    assert refusal(send(li, code, number)) == (409, "frozen")


def test_whoever_signs_in_after_a_desk_has_gone_never_takes_what_is_sent_to_it(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    number = draw(zhao)
    zhao.post("/sign-out")
    other = sign_in(app, "desk-bank")
    send(li, show(li), number)
    assert take(other) is None


def test_a_number_ends_with_its_clerks_session(li: Visitor, zhao: Visitor) -> None:
    number = draw(zhao)
    sign_out(zhao)
    assert refusal(look_up(li, number)) == (404, "desk_number_unknown")
    assert refusal(send(li, show(li), number)) == (404, "desk_number_unknown")


def test_what_a_holder_has_sent_is_not_taken_once_the_holder_has_signed_out(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    number, other = draw(zhao), sign_in(app, "holder-li")
    send(li, show(li), number)
    send(other, kept := show(other), number)
    sign_out(li)
    assert claims_of(str(take(zhao)))["jti"] == claims_of(kept["text"])["jti"]
    assert take(zhao) is None


def test_a_showing_that_two_taps_send_at_once_is_sent_once(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    number, taps = draw(zhao), 6
    for _ in range(3):
        code, together = show(li), Barrier(taps)

        def one(_: Any, code: dict[str, Any] = code, together: Barrier = together) -> int:
            visitor = Visitor(app)
            for name in ("session", "csrf_token"):
                cookie = li.http.get_cookie(name)
                assert cookie is not None
                visitor.http.set_cookie(name, cookie.value)
            together.wait(30)
            return send(visitor, code, number).status_code

        with ThreadPoolExecutor(taps) as pool:
            assert set(pool.map(one, range(taps))) == {204}
        assert take(zhao) is not None
        assert take(zhao) is None


def test_nobody_sends_anothers_showing(li: Visitor, elder: Visitor, zhao: Visitor) -> None:
    assert refusal(send(elder, show(li), draw(zhao))) == (404, "not_found")
    assert take(zhao) is None


@pytest.mark.parametrize(
    "number", ["", "12345", "1234567", "12345x", "١٢٣٤٥٦", "12345\n", None, 123456]
)
def test_a_number_is_six_digits(li: Visitor, deps: Deps, number: object) -> None:
    before = row_counts(deps)
    answer = li.post(f"/api/v1/me/codes/{show(li)['id']}/desk", {"number": number})
    assert refusal(answer) == (422, "invalid")
    assert row_counts(deps) == before


def test_each_terminal_of_a_client_has_a_number_of_its_own(
    li: Visitor, reception: Machine, zhao: Visitor
) -> None:
    first, second = (draw(reception, terminal=name) for name in ("自助机 1", "自助机 2"))
    assert first != second
    assert look_up(li, second).get_json()["terminal"] == "自助机 2"
    send(li, show(li), second)
    assert take(reception, terminal="自助机 1") is None
    text = take(reception, terminal="自助机 2")
    assert text is not None
    assert verify(reception, text, terminal="自助机 2")["verdict"] == "accepted"
    assert refusal(reception.post(PATH, {})) == (422, "terminal_required")


def test_a_holder_who_tries_many_numbers_is_stopped_and_others_are_not(
    li: Visitor, elder: Visitor, zhao: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 3
    few = {"number": (tries, 300), "holder": (1000, 1), "desk": (1000, 1)}
    monkeypatch.setattr(limits, "_LIMITS", few)
    monkeypatch.setattr(numbers, "DEMO_LIMIT_FACTOR", 1)
    number, code = draw(zhao), show(li)
    wrong = f"{(int(number) + 1) % 1_000_000:06}"
    for _ in range(tries - 1):
        assert refusal(look_up(li, wrong)) == (404, "desk_number_unknown")
    assert send(li, code, number).status_code == 204
    refused = look_up(li, number)
    assert refusal(refused) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "300"
    assert refusal(send(li, show(li), number)) == (429, "too_many_requests")
    assert look_up(elder, number).status_code == 200


def test_no_two_desks_have_the_same_number_and_a_free_one_is_found(
    app: Flask, zhao: Visitor, qian: Visitor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["000007", "000007", "000007", "123456"])
    monkeypatch.setattr(drawing, "_random_number", lambda: next(drawn))
    assert draw(zhao) == "000007"
    assert draw(qian) == "123456"


def test_a_number_whose_time_is_over_may_be_drawn_by_another(
    zhao: Visitor, qian: Visitor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_random_number", lambda: "000007")
    draw(zhao)
    assert refusal(qian.post(PATH, {})) == (503, "unavailable")
    clock.advance(300)
    assert draw(qian) == "000007"


def test_looking_for_codes_costs_the_session_and_one_query(app: Flask, zhao: Visitor) -> None:
    draw(zhao)
    with counted_statements(app) as statements:
        take(zhao)
    assert [statement.split()[0] for statement in statements] == ["SELECT"] * 2


def test_one_showing_that_many_tabs_take_at_once_is_taken_once(
    app: Flask, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    number, tabs = draw(zhao), 6
    for _ in range(3):
        send(li, show(li), number)
        together = Barrier(tabs)

        def one(_: Any, together: Barrier = together) -> str | None:
            visitor = Visitor(app)
            for name in ("session", "csrf_token"):
                cookie = zhao.http.get_cookie(name)
                assert cookie is not None
                visitor.http.set_cookie(name, cookie.value)
            together.wait(30)
            return take(visitor)

        with ThreadPoolExecutor(tabs) as pool:
            taken = list(pool.map(one, range(tabs)))
        assert Counter(text is None for text in taken) == {True: tabs - 1, False: 1}


def test_desks_that_draw_at_once_each_have_a_number_and_one_each(app: Flask, clock: Clock) -> None:
    desks = [sign_in(app, "desk-zhao") for _ in range(4)]
    together = Barrier(8)

    def one(desk: Visitor) -> str:
        together.wait(30)
        return draw(desk)

    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(one, desks * 2))
    assert len(set(drawn)) == 8
    assert row_counts(deps_of(app))["desk_numbers"] == 4
