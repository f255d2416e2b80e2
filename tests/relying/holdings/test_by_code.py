"""A code shows whose licences may be looked up for an item; nothing of it is consumed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.showing.test_uses import uses
from tests.support.beyond import alerts, beyond
from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, answer, asked
from tests.support.counter import begun, printed, revoke
from tests.support.grants import change_grant
from tests.support.holdings import (
    DRIVING_CARD,
    ON_POST,
    OPERATOR_CARD,
    REGISTRATION,
    ask_holdings,
    held,
    holdings,
)
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    DRIVING,
    FOOD,
    IDENTITY,
    OPERATOR,
    RENEWAL,
    SENIOR,
    events,
    identifier_of,
    refusal,
    set_licence,
    show,
    state,
    verify,
    withdraw,
)
from wallet import numbers
from wallet.base.deps import Deps
from wallet.showing.model import Claim, LookUp


def by(code: dict[str, str]) -> dict[str, str]:
    return {"code": code["text"]}


def test_what_the_holder_has_need_not_be_handed_in_again(li: Visitor, zhao: Visitor) -> None:
    told = holdings(zhao, by(show(li, OPERATOR)))
    assert held(told) == {
        OPERATOR_CARD: OPERATOR,
        DRIVING_CARD: DRIVING,
        REGISTRATION: "not_held",  # the library has one, which is suspended
    }
    assert [one["shown"] for one in told["materials"]] == [True, False, False]
    third = told["materials"][2]
    assert third["exception"]["basis"] == "鄂府办发〔2022〕161号 第十二条、第十三条"
    assert "请申请人提交" in third["exception"]["message"]
    assert third["missing"][0]["name_en"] == "Special Equipment Use Registration"


def test_no_value_of_a_licence_and_no_identifier_leaves(li: Visitor, zhao: Visitor) -> None:
    text = ask_holdings(zhao, by(show(li, OPERATOR))).text
    for type_code in (OPERATOR, DRIVING):
        identifier = identifier_of(li, type_code)
        face = li.get(f"/api/v1/me/licences/{identifier}").get_json()
        assert identifier not in text
        assert not [one for one in face["fields"] if len(one["value"]) > 3 and one["value"] in text]


def test_the_code_is_not_consumed(li: Visitor, zhao: Visitor, deps: Deps) -> None:
    code = show(li, OPERATOR)
    for _ in range(2):
        holdings(zhao, by(code))
    assert state(li, code)["state"] == "waiting"
    assert verify(zhao, code["text"], ON_POST)["verdict"] == "accepted"


def test_it_is_in_the_history_of_the_holder_and_in_the_audit_trail(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    told = holdings(zhao, by(show(li, OPERATOR)))
    entries = uses(li)["items"]
    assert {one["id"] for one in entries} == {told["id"]}
    assert sorted(one["licence_type"] for one in entries) == sorted([OPERATOR_CARD, DRIVING_CARD])
    assert {(one["kind"], one["cause"], one["terminal"]) for one in entries} == {
        ("holdings", None, "3 号窗口")
    }
    ((name, fields),) = events(deps, "holdings.")
    assert (name, fields["look_up"], fields["item"]) == ("holdings.looked_up", told["id"], ON_POST)
    assert len(fields["licences"]) == 2


def test_the_desk_that_used_a_code_may_ask_about_it_as_long_as_it_may_read_it(
    li: Visitor, zhao: Visitor, reception: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li, OPERATOR)
    verdict = verify(zhao, code["text"], ON_POST)
    assert held(holdings(zhao, by(code)))[DRIVING_CARD] == DRIVING
    assert refusal(ask_holdings(zhao, by(code), IDENTITY)) == (409, "already_used")
    zhao.post(f"/api/v1/verifications/{verdict['id']}/outcome", {"outcome": "person_mismatch"})
    assert refusal(ask_holdings(zhao, by(code))) == (409, "already_used")


def test_a_code_that_another_desk_used_is_refused(
    li: Visitor, zhao: Visitor, qian: Visitor, deps: Deps
) -> None:
    code = show(li, OPERATOR)
    verify(qian, code["text"], ON_POST)
    answer = ask_holdings(zhao, by(code))
    assert refusal(answer) == (409, "already_used")
    assert "materials" not in answer.get_json()
    assert events(deps, "holdings.")[-1][1]["reason"] == "already_used"


def test_a_used_code_is_old_after_its_fields_are(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li, OPERATOR)
    verdict = verify(zhao, code["text"], ON_POST)
    for seconds, status in ((0, 200), (1, 409)):
        at = clock.now - timedelta(seconds=numbers.FIELDS_READABLE + seconds)
        with deps.db.begin() as tx:
            tx.execute(update(Claim).where(Claim.verification_id == verdict["id"]).values(at=at))
        assert ask_holdings(zhao, by(code)).status_code == status


def test_frozen_withdrawn_and_suspended_are_refused_with_the_reasons_of_a_verdict(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    code = show(li, OPERATOR)
    withdraw(li, code)
    assert refusal(ask_holdings(zhao, by(code))) == (409, "withdrawn")
    code = show(li, OPERATOR)
    set_licence(deps, identifier_of(li, OPERATOR), status="suspended")
    assert refusal(ask_holdings(zhao, by(code))) == (409, "licence_suspended")
    set_licence(deps, identifier_of(li, OPERATOR), status="valid")
    code = show(li, OPERATOR)
    assert li.post("/api/v1/me/freeze").status_code == 204
    assert refusal(ask_holdings(zhao, by(code))) == (409, "withdrawn")
    assert refusal(ask_holdings(zhao, {"code": "no code"})) == (409, "malformed")
    with deps.db.read() as tx:
        assert tx.execute(select(func.count()).select_from(LookUp)).scalar_one() == 0


def test_an_old_code_is_refused(li: Visitor, zhao: Visitor, clock: Clock) -> None:
    code = show(li, OPERATOR)
    clock.advance(91)
    assert refusal(ask_holdings(zhao, by(code))) == (409, "expired")


def test_a_type_beyond_the_grant_in_the_code_is_refused_and_alerted(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    assert "此证照" in beyond(ask_holdings(zhao, by(show(li, FOOD))))
    beyond(ask_holdings(zhao, {"code": "never read"}, "bank-home-loan"))
    assert [(row.item, row.cause) for row in alerts(deps)] == [
        (ON_POST, "type"), ("bank-home-loan", "item"),
    ]  # fmt: skip
    assert events(deps, "holdings.") == []


def test_a_type_that_is_not_granted_is_neither_looked_up_nor_revealed(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    change_grant(deps, ON_POST, DRIVING, suspended_at=clock.now)
    told = holdings(zhao, by(show(li, OPERATOR)))
    assert held(told)[DRIVING_CARD] == "not_granted"
    assert [one["licence_type"] for one in uses(li)["items"]] == [OPERATOR_CARD]


@pytest.mark.parametrize("quota", [1, 2])
def test_a_code_that_was_not_judged_yet_counts_towards_the_quota(
    li: Visitor, zhao: Visitor, deps: Deps, quota: int
) -> None:
    change_grant(deps, ON_POST, OPERATOR, quota_per_day=quota)
    code = show(li, OPERATOR)
    verify(zhao, code["text"], ON_POST)
    holdings(zhao, by(code))  # counted when it was judged
    for _ in range(quota - 1):
        holdings(zhao, by(show(li, OPERATOR)))
    assert "今天" in beyond(ask_holdings(zhao, by(show(li, OPERATOR))))


def test_a_delegate_s_code_says_no_more_than_the_delegation_covers(
    elder: Visitor, granddaughter: Visitor, zhao: Visitor
) -> None:
    own = holdings(zhao, by(show(elder, SENIOR)), IDENTITY)
    delegated = holdings(zhao, by(show(granddaughter, SENIOR, role="delegate")), IDENTITY)
    assert held(own) == held(delegated) == {"带照片的有效证照": SENIOR}
    assert {one["id"] for one in uses(elder)["items"]} == {own["id"], delegated["id"]}
    assert uses(granddaughter)["items"] == []


def test_an_item_that_asks_learns_nothing_but_what_is_in_the_code(
    li: Visitor, bank: Visitor
) -> None:
    code, _pending = asked(li, bank)
    told = holdings(bank, by(code), BANK_ACCOUNT)
    (one,) = told["materials"]
    assert (one["held"], one["shown"], one["licence_type"]) == (True, True, FOOD)
    answer(li, code, allow=False)
    assert refusal(ask_holdings(bank, by(code), BANK_ACCOUNT)) == (409, "already_used")


def test_an_unknown_assisted_session_is_none(zhao: Visitor) -> None:
    answer = ask_holdings(zhao, {"assistance": "no-such"})
    assert refusal(answer) == (404, "assistance_unknown")


@pytest.mark.parametrize("by_", [{}, {"code": "x", "assistance": "y"}, {"code": None}, [], "x"])
def test_who_is_said_in_one_way(zhao: Visitor, by_: object) -> None:
    answer = zhao.post("/api/v1/holdings", {"item": RENEWAL, "by": by_})
    assert refusal(answer) == (422, "invalid")


@pytest.mark.parametrize("item", ["\u0000", f"{RENEWAL}\u0000", "\u202e", "", "x" * 65, None, 1])
def test_an_item_is_a_line_of_text(zhao: Visitor, item: object) -> None:
    answer = zhao.post("/api/v1/holdings", {"item": item, "by": {"code": "x"}})
    assert refusal(answer) == (422, "invalid")


def test_of_an_annotated_copy_nothing_is_looked_up_but_the_licence_on_it(
    app: Flask, zhao: Visitor, li: Visitor
) -> None:
    wang = sign_in(app, "counter-wang")
    session = begun(app, wang, "holder-li")
    copy = printed(wang, session, licence=identifier_of(li, OPERATOR), single_use=True)
    said = {OPERATOR_CARD: OPERATOR, DRIVING_CARD: "not_on_copy", REGISTRATION: "not_on_copy"}
    for text in (copy["text"], copy["serial"]):
        assert held(holdings(zhao, {"code": text})) == said
    # It was not used by that, and the desk that uses it may still ask.
    assert verify(zhao, copy["text"], ON_POST)["verdict"] == "accepted"
    assert held(holdings(zhao, {"code": copy["text"]})) == said
    assert revoke(wang, copy["serial"]).status_code == 204
    assert refusal(ask_holdings(zhao, {"code": copy["text"]})) == (409, "copy_revoked")
