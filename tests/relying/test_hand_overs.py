"""Staff hand licences to a desk in the house by its number: judged like a phone's, used once, over with the session."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.relying.test_desk_numbers import sign_out
from tests.support.backup import take_backup
from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, outcome, recall
from tests.support.counter import ALLOWANCE, ASSISTANCES, begun, licence_in
from tests.support.hand_overs import ask_hand_over, became, handed, path, take_back, tell
from tests.support.numbers import draw, take
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import claims_of, refusal, row_counts, set_licence, show, verify
from tests.support.units import told
from wallet import numbers
from wallet.organisations.model import Unit

HALL = "东胜区政务服务大厅（演示）"
COUNTER = "东胜区天骄街道便民服务中心（演示）"
BANK = "鄂尔多斯蓝城农村商业银行（演示）"


@pytest.fixture
def wang(app: Flask, clock: Clock) -> Visitor:
    """Counter staff beside the hall."""
    return sign_in(app, "counter-wang")


def bank_moves_in(app: Flask) -> None:
    """The bank has a desk in the house: its items ask."""
    with deps_of(app).db.begin() as tx:
        hall = tx.execute(Unit.__table__.select().where(Unit.name == HALL)).one()
        tx.execute(update(Unit).where(Unit.name == BANK).values(parent_id=hall.parent_id))


def test_a_desk_takes_and_judges_it_as_it_does_a_phones(
    app: Flask, wang: Visitor, zhao: Visitor, qian: Visitor, elder: Visitor
) -> None:
    session = begun(app, wang)
    one = handed(wang, session, draw(zhao))
    assert (one["unit"], one["terminal"], one["showing"]["state"]) == (HALL, "3 号窗口", "waiting")
    text = take(zhao)
    assert text is not None
    assert take(zhao) is None
    verdict = verify(zhao, text, ALLOWANCE)
    assert outcome(verdict) == ("accepted", "ok")
    assert verdict["shown_by"] == "assisted"
    assert became(wang, session, one)["used_by"] == HALL
    assert outcome(verify(qian, text, ALLOWANCE)) == ("refused", "already_used")
    assert refusal(take_back(wang, session, one)) == (409, "already_used")
    uses = [one for one in elder.get("/api/v1/me/uses").get_json()["items"] if one["kind"] == "use"]
    shown = {(use["shown_by"], use["counter"], use["role"]) for use in uses[:2]}
    assert shown == {("assisted", COUNTER, "own")}
    receipt = wang.get(f"{ASSISTANCES}/{session['id']}/receipt").get_json()["acts"]
    assert [(act["kind"], act["note"]) for act in receipt] == [("hand_over", "")]
    [sent] = told(app, "hand_over.sent")
    assert (sent["assistance"], sent["jti"]) == (session["id"], claims_of(text)["jti"])


def test_whoever_never_had_a_phone_is_served_and_the_code_names_nobody(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    handed(wang, session, draw(zhao))
    first = claims_of(str(take(zhao)))
    handed(wang, session, draw(zhao))
    second = claims_of(str(take(zhao)))
    assert first["n"] == "王*"
    assert set(first) == {"iss", "jti", "iat", "exp", "h", "t", "n"}
    assert first["h"] != second["h"]
    assert first["jti"] != second["jti"]


def test_it_fits_a_code_as_a_phones_does(app: Flask, wang: Visitor, zhao: Visitor) -> None:
    handed(wang, begun(app, wang), draw(zhao))
    assert len(str(take(zhao)).encode()) <= 367


def test_sent_twice_with_one_key_is_once(app: Flask, wang: Visitor, zhao: Visitor) -> None:
    session, number = begun(app, wang), draw(zhao)
    answers = [ask_hand_over(wang, session, number, key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json()["id"] == answers[1].get_json()["id"]
    assert take(zhao) is not None
    assert take(zhao) is None
    other = ask_hand_over(wang, session, draw(zhao), key="k")
    assert refusal(other) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"licences": []}, (422, "invalid")),
        ({"licences": ["1.2.3"]}, (404, "not_found")),
    ],
)
def test_what_is_refused_before_anything_is_sent(
    app: Flask, wang: Visitor, zhao: Visitor, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    session, number = begun(app, wang), draw(zhao)
    assert refusal(ask_hand_over(wang, session, number, **change)) == expected
    twice = [licence_in(session)] * 2
    assert refusal(ask_hand_over(wang, session, number, licences=twice)) == (
        422,
        "duplicate_licence",
    )
    assert refusal(ask_hand_over(wang, session, "12345")) == (422, "invalid")
    assert row_counts(deps_of(app))["hand_overs"] == 0


def test_only_to_a_desk_in_the_house(
    app: Flask, wang: Visitor, zhao: Visitor, bank: Visitor, clock: Clock
) -> None:
    session, number, elsewhere = begun(app, wang), draw(zhao), draw(bank)
    desk = wang.get(f"{ASSISTANCES}/{session['id']}/desks/{number}").get_json()
    assert (desk["unit"], desk["terminal"]) == (HALL, "3 号窗口")
    assert refusal(wang.get(f"{ASSISTANCES}/{session['id']}/desks/{elsewhere}")) == (
        404,
        "desk_elsewhere",
    )
    assert refusal(ask_hand_over(wang, session, elsewhere)) == (404, "desk_elsewhere")
    clock.advance(numbers.DESK_NUMBER_LIFE)
    assert refusal(ask_hand_over(wang, session, number)) == (404, "desk_number_unknown")


def test_a_licence_that_does_not_stand_is_refused_with_its_reason(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session, number = begun(app, wang), draw(zhao)
    set_licence(deps_of(app), licence_in(session), status="suspended")
    assert refusal(ask_hand_over(wang, session, number)) == (409, "licence_suspended")
    assert row_counts(deps_of(app))["hand_overs"] == 0


def test_a_freeze_does_not_stop_who_is_there_in_person(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    wang.post(f"{ASSISTANCES}/{session['id']}/freeze")
    handed(wang, session, draw(zhao))
    assert outcome(verify(zhao, str(take(zhao)), ALLOWANCE)) == ("accepted", "ok")


def test_taken_back_it_reaches_no_desk_and_is_refused_at_the_one_that_has_it(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session, number = begun(app, wang), draw(zhao)
    first, second = handed(wang, session, number), handed(wang, session, number)
    text = take(zhao)
    assert [take_back(wang, session, one).status_code for one in (first, second, second)] == [
        204
    ] * 3
    assert outcome(verify(zhao, str(text), ALLOWANCE)) == ("refused", "withdrawn")
    assert take(zhao) is None
    assert became(wang, session, first)["state"] == "withdrawn"
    assert len(told(app, "hand_over.withdrawn")) == 2


def test_the_end_of_the_session_takes_back_what_waits(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    one = handed(wang, session, draw(zhao))
    text = take(zhao)
    assert wang.delete(f"{ASSISTANCES}/{session['id']}").status_code == 204
    assert outcome(verify(zhao, str(text), ALLOWANCE)) == ("refused", "withdrawn")
    assert refusal(ask_hand_over(wang, session, draw(zhao))) == (409, "assistance_ended")
    assert refusal(take_back(wang, session, one)) == (409, "assistance_ended")


def test_nothing_outlives_the_session_by_its_own_time(
    app: Flask, wang: Visitor, zhao: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    clock.advance(numbers.ASSISTANCE_LIFE - 20)
    handed(wang, session, draw(zhao))
    code = claims_of(str(take(zhao)))
    assert code["exp"] - code["iat"] <= 20
    handed(wang, session, draw(zhao))
    clock.advance(20)
    assert take(zhao) is None


def test_a_colleague_has_no_part_in_it(app: Flask, wang: Visitor, zhao: Visitor) -> None:
    session = begun(app, wang)
    one = handed(wang, session, draw(zhao))
    liu = sign_in(app, "counter-liu")
    assert refusal(liu.get(path(session, one))) == (404, "assistance_unknown")
    assert refusal(take_back(liu, session, one)) == (404, "assistance_unknown")
    other = begun(app, wang)
    assert refusal(wang.get(path(other, one))) == (404, "hand_over_unknown")


def test_who_signs_out_hands_over_nothing_more(app: Flask, wang: Visitor, zhao: Visitor) -> None:
    handed(wang, begun(app, wang), draw(zhao))
    sign_out(wang)
    assert take(zhao) is None


def test_an_item_that_asks_asks_the_person_through_the_staff(
    app: Flask, wang: Visitor, bank: Visitor
) -> None:
    bank_moves_in(app)
    session = begun(app, wang, "holder-li")
    for allow, became_of in ((True, ("accepted", "ok")), (False, ("refused", "consent_refused"))):
        one = handed(wang, session, draw(bank), "food-operation-permit")
        verdict = verify(bank, str(take(bank)), BANK_ACCOUNT)
        assert outcome(verdict) == ("pending", "consent_pending")
        state = became(wang, session, one)
        assert (state["state"], state["ask"]["unit"]) == ("asked", BANK)
        assert tell(wang, session, one, allow).status_code == 204
        assert outcome(recall(bank, verdict)) == became_of
    assert [event["allow"] for event in told(app, "hand_over.answered")] == [True, False]
    assert {event["evidence"] for event in told(app, "hand_over.answered")} == {"card_seen"}


def test_a_question_is_open_for_ninety_seconds_and_not_after_the_session(
    app: Flask, wang: Visitor, bank: Visitor, clock: Clock
) -> None:
    bank_moves_in(app)
    session = begun(app, wang, "holder-li")
    first = handed(wang, session, draw(bank), "food-operation-permit")
    verify(bank, str(take(bank)), BANK_ACCOUNT)
    clock.advance(numbers.CONSENT_ANSWER)
    assert refusal(tell(wang, session, first, True)) == (409, "consent_expired")
    second = handed(wang, session, draw(bank), "food-operation-permit")
    verdict = verify(bank, str(take(bank)), BANK_ACCOUNT)
    wang.delete(f"{ASSISTANCES}/{session['id']}")
    assert refusal(tell(wang, session, second, True)) == (409, "assistance_ended")
    assert outcome(recall(bank, verdict)) == ("refused", "withdrawn")


def test_the_end_of_a_session_hides_no_restore(
    app: Flask, wang: Visitor, zhao: Visitor, li: Visitor
) -> None:
    deps = deps_of(app)
    session = begun(app, wang)
    handed(wang, session, draw(zhao))
    backup = take_backup(deps.db)
    assert outcome(verify(zhao, show(li)["text"])) == ("accepted", "ok")
    backup.put_back()
    assert wang.delete(f"{ASSISTANCES}/{session['id']}").status_code == 204
    assert deps.epoch.marks().unconfirmed_since is not None
