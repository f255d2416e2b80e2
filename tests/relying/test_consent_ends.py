"""A question ends once: by its time, a withdrawal, a freeze, or what has changed before the yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, answer, asked, outcome, recall, stored
from tests.support.grants import change_grant
from tests.support.library import account_id, signed_again
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    FOOD,
    SENIOR,
    events,
    fields_of,
    identifier_of,
    instant,
    midnight_after,
    refusal,
    set_licence,
    show,
    state,
    verify,
    withdraw,
)
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.model import Account
from wallet.licences.delegations.model import Delegation
from wallet.showing.questions import lapse_overdue

LATE = ("refused", "consent_expired")


def lapses(deps: Deps, verdict: dict[str, Any]) -> list[str]:
    """Why a question ended without an answer, by the audit trail."""
    return [
        fields["reason"]
        for name, fields in events(deps, "consent.")
        if (name, fields["verification"]) == ("consent.lapsed", verdict["id"])
    ]


def test_an_answer_is_in_time_until_the_ninetieth_second(
    li: Visitor, bank: Visitor, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    clock.advance(89.999)
    assert state(li, code)["state"] == "asked"
    assert outcome(recall(bank, verdict)) == ("pending", "consent_pending")
    assert answer(li, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("accepted", "ok")


@dataclass(frozen=True)
class Question:
    """One question, and everybody who may ask what has become of it."""

    li: Visitor
    bank: Visitor
    deps: Deps
    clock: Clock
    code: dict[str, Any]
    verdict: dict[str, Any]


def _ask_the_desk(one: Question) -> None:
    assert outcome(recall(one.bank, one.verdict)) == LATE


def _ask_the_phone(one: Question) -> None:
    assert state(one.li, one.code)["state"] == "expired"


def _answer(one: Question) -> None:
    assert refusal(answer(one.li, one.code, True)) == (409, "consent_expired")


def _read_the_history(one: Question) -> None:
    use = one.li.get("/api/v1/me/uses").get_json()["items"][0]
    assert (use["id"], use["outcome"], use["reason"]) == (one.verdict["id"], *LATE)


def _withdraw(one: Question) -> None:
    assert withdraw(one.li, one.code).status_code == 204


def _sweep(one: Question) -> None:
    assert lapse_overdue(one.deps, one.clock.now) == 1


@pytest.mark.parametrize(
    "first", [_ask_the_desk, _ask_the_phone, _answer, _read_the_history, _withdraw, _sweep]
)
def test_at_the_ninetieth_second_nobody_has_answered_whoever_asks_first(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock, first: Callable[[Question], None]
) -> None:
    code, verdict = asked(li, bank)
    one = Question(li, bank, deps, clock, code, verdict)
    ends_at = instant(verdict["answer_by"])
    clock.advance(90)
    first(one)
    clock.advance(1200)
    for every in (_ask_the_desk, _ask_the_phone, _answer, _read_the_history):
        every(one)
    assert lapse_overdue(deps, clock.now) == 0
    assert stored(deps, verdict) == ("expired", *LATE)
    assert lapses(deps, verdict) == ["consent_expired"]
    assert instant(recall(bank, verdict)["checked_at"]) == ends_at
    told = state(li, code)
    assert (told["reason"], told["ask"]["ends_at"]) == ("consent_expired", verdict["answer_by"])


def test_a_question_that_is_open_is_not_swept(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    clock.advance(89.999)
    assert lapse_overdue(deps, clock.now) == 0
    assert answer(li, code, False).status_code == 204
    clock.advance(60)
    assert lapse_overdue(deps, clock.now) == 0
    assert outcome(recall(bank, verdict)) == ("refused", "consent_refused")


def test_a_scan_after_the_time_tells_the_own_desk_so_and_another_that_it_is_used(
    app: Flask, li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    """The showing goes on for ten minutes, so its text is signed anew for this."""
    code, verdict = asked(li, bank)
    clock.advance(90)
    text = signed_again(deps, code["text"], clock.now)
    again = verify(bank, text, BANK_ACCOUNT)
    assert (outcome(again), again["id"], again["repeated"]) == (LATE, verdict["id"], True)
    assert outcome(verify(sign_in(app, "desk-bank"), text, BANK_ACCOUNT)) == (
        "refused",
        "already_used",
    )
    clock.advance(11)
    assert outcome(verify(bank, text, BANK_ACCOUNT)) == ("refused", "already_used")


def test_a_withdrawal_takes_the_question_back(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    clock.advance(5)
    assert withdraw(li, code).status_code == 204
    assert withdraw(li, code).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", "withdrawn")
    assert recall(bank, verdict)["message"].startswith("持证人已收回此码")
    assert refusal(answer(li, code, True)) == (409, "withdrawn")
    assert (state(li, code)["state"], state(li, code)["reason"]) == ("withdrawn", "withdrawn")
    assert stored(deps, verdict) == ("withdrawn", "refused", "withdrawn")
    assert lapses(deps, verdict) == ["withdrawn"]
    assert outcome(verify(bank, code["text"], BANK_ACCOUNT)) == ("refused", "withdrawn")


@pytest.mark.parametrize(
    ("status", "reason"), [("suspended", "licence_suspended"), ("revoked", "licence_revoked")]
)
def test_a_licence_that_is_ended_before_the_yes_gives_nothing(
    li: Visitor, bank: Visitor, deps: Deps, status: str, reason: str
) -> None:
    code, verdict = asked(li, bank)
    set_licence(deps, identifier_of(li, FOOD), status=status)
    assert answer(li, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", reason)
    told = state(li, code)
    assert (told["state"], told["reason"], told["fields"]) == ("refused", reason, [])
    assert answer(li, code, True).status_code == 204
    assert stored(deps, verdict) == ("refused", "refused", reason)


def test_a_no_stays_a_no_whatever_has_become_of_the_licence(
    li: Visitor, bank: Visitor, deps: Deps
) -> None:
    code, verdict = asked(li, bank)
    set_licence(deps, identifier_of(li, FOOD), status="suspended")
    assert answer(li, code, False).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", "consent_refused")


def test_a_scan_after_the_suspension_ends_the_question_and_says_why(
    li: Visitor, bank: Visitor, deps: Deps
) -> None:
    code, verdict = asked(li, bank)
    set_licence(deps, identifier_of(li, FOOD), status="suspended")
    again = verify(bank, code["text"], BANK_ACCOUNT)
    assert outcome(again) == ("refused", "licence_suspended")
    assert (again["id"], again["repeated"]) == (verdict["id"], True)
    assert lapses(deps, verdict) == ["licence_suspended"]
    assert state(li, code)["state"] == "refused"


def test_a_licence_whose_last_day_passes_before_the_yes_gives_nothing(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    clock.now = midnight_after(clock.now) - timedelta(seconds=30)
    li, bank = sign_in(app, "holder-li"), sign_in(app, "desk-bank")
    set_licence(deps, identifier_of(li, FOOD), valid_until=local_day(clock.now))
    code, verdict = asked(li, bank)
    clock.advance(30)
    assert answer(li, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", "licence_expired")


def test_a_newer_version_before_the_yes_gives_nothing_of_the_old_one(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    set_licence(deps, identifier_of(li, FOOD), superseded_at=clock.now)
    assert answer(li, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", "withdrawn")


def test_an_account_that_is_frozen_otherwise_gives_nothing_by_a_yes(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    with deps.db.begin() as tx:
        mine = Account.id == account_id(deps, "holder-li")
        tx.execute(update(Account).where(mine).values(frozen_at=clock.now))
    assert answer(li, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", "withdrawn")
    told = state(li, code)
    assert (told["state"], told["reason"]) == ("refused", "frozen")


def test_a_code_withdrawn_before_a_freeze_stays_withdrawn_by_its_holder(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, _ = asked(li, bank)
    withdraw(li, code)
    clock.advance(1)
    with deps.db.begin() as tx:
        mine = Account.id == account_id(deps, "holder-li")
        tx.execute(update(Account).where(mine).values(frozen_at=clock.now))
    told = state(li, code)
    assert (told["state"], told["reason"]) == ("withdrawn", "withdrawn")


def test_a_delegation_that_is_ended_before_the_yes_gives_nothing(
    granddaughter: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(granddaughter, SENIOR, role="delegate")
    verdict = verify(bank, code["text"], "bank-senior-service")
    assert verdict["shown_by"] == "delegate"
    with deps.db.begin() as tx:
        mine = Delegation.account_id == account_id(deps, "delegate-li")
        tx.execute(update(Delegation).where(mine).values(ended_at=clock.now))
    assert answer(granddaughter, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", "withdrawn")


def test_a_delegate_answers_for_what_it_shows(
    granddaughter: Visitor, elder: Visitor, bank: Visitor
) -> None:
    code = show(granddaughter, SENIOR, role="delegate")
    verdict = verify(bank, code["text"], "bank-senior-service")
    assert refusal(answer(elder, code, True)) == (404, "not_found")
    assert answer(granddaughter, code, True).status_code == 204
    assert outcome(recall(bank, verdict)) == ("accepted", "ok")
    use = elder.get("/api/v1/me/uses").get_json()["items"][0]
    assert (use["outcome"], use["shown_by"]) == ("accepted", "delegate")


def _suspend(deps: Deps, now: datetime) -> None:
    change_grant(deps, BANK_ACCOUNT, suspended_at=now)


def _end_yesterday(deps: Deps, now: datetime) -> None:
    change_grant(deps, BANK_ACCOUNT, ends_on=local_day(now) - timedelta(days=1))


@pytest.mark.parametrize("end", [_suspend, _end_yesterday])
def test_a_grant_that_ends_before_the_yes_gives_nothing_and_the_desk_is_told_so(
    li: Visitor,
    bank: Visitor,
    deps: Deps,
    clock: Clock,
    end: Callable[[Deps, datetime], None],
) -> None:
    code, verdict = asked(li, bank)
    end(deps, clock.now)
    assert answer(li, code, True).status_code == 204
    told = recall(bank, verdict)
    assert outcome(told) == ("refused", "withdrawn")
    assert told["message"] == "本单位已不能用此证照办理这一事项，请按传统方式办理。"


def test_one_grant_of_several_that_ends_before_the_yes_is_told_so_too(
    elder: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(elder, "senior-card", "disability-certificate")
    verdict = verify(bank, code["text"], "bank-senior-service")
    change_grant(deps, "bank-senior-service", "senior-card", suspended_at=clock.now)
    assert answer(elder, code, True).status_code == 204
    told = recall(bank, verdict)
    assert outcome(told) == ("refused", "withdrawn")
    assert told["message"] == "本单位已不能用此证照办理这一事项，请按传统方式办理。"


def test_a_field_that_is_granted_no_longer_is_not_given_and_one_that_is_new_neither(
    li: Visitor, bank: Visitor, deps: Deps
) -> None:
    code, verdict = asked(li, bank)
    change_grant(deps, BANK_ACCOUNT, fields=["number", "premises"])
    assert answer(li, code, True).status_code == 204
    assert fields_of(recall(bank, verdict)) == [["number"]]
    assert state(li, code)["fields"] == ["许可证编号"]


def test_a_desk_whose_code_was_refused_as_used_says_so_after_the_answer_too(
    app: Flask, li: Visitor, bank: Visitor, clock: Clock
) -> None:
    code, _ = asked(li, bank)
    other = sign_in(app, "desk-bank")
    refused = verify(other, code["text"], BANK_ACCOUNT)
    answer(li, code, False)
    assert recall(other, refused) == refused
