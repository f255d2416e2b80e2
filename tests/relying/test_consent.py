"""An item that asks: the scan puts a question, the holder answers, and only then fields are given."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.consent import (
    ASKED,
    BANK,
    BANK_ACCOUNT,
    answer,
    asked,
    outcome,
    recall,
    stored,
)
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    DRIVING,
    FOOD,
    RENEWAL,
    SENIOR,
    ask,
    counted_statements,
    events,
    fields_of,
    instant,
    next_code,
    refusal,
    row_counts,
    show,
    state,
    verify,
    withdraw,
)
from wallet.base.clock import rfc3339
from wallet.base.deps import Deps

ASKED_LABELS = ["许可证编号", "经营者名称", "经营项目"]


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


def use_of(holder: Visitor, verdict: dict[str, Any]) -> dict[str, Any]:
    """What the holder's history says of a verification."""
    items: list[dict[str, Any]] = holder.get("/api/v1/me/uses").get_json()["items"]
    return next(use for use in items if use["id"] == verdict["id"])


def test_the_first_scan_is_pending_and_gives_no_field(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    before = row_counts(deps)
    _code, verdict = asked(li, bank)
    assert outcome(verdict) == ("pending", "consent_pending")
    assert verdict["message"] == "已请持证人在手机上选择是否允许，请稍候。"
    assert (verdict["repeated"], verdict["legal_effect"]) == (False, None)
    assert (instant(verdict["answer_by"]) - clock.now).total_seconds() == 90
    assert recall(bank, verdict) == verdict
    after = row_counts(deps)
    added = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert added == {"claims": 1, "verifications": 1, "uses": 1, "audit_events": 1}


def test_the_phone_is_told_who_asks_for_what_and_how_long_it_is_kept(
    li: Visitor, bank: Visitor, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    told = state(li, code)
    assert (told["state"], told["used_by"], told["used_at"], told["reason"]) == (
        "asked", None, None, None,
    )  # fmt: skip
    assert told["ask"] == {
        "unit": BANK,
        "terminal": "东胜支行 2 号柜台",
        "item": "个体工商户开户",
        "item_en": "Merchant account opening",
        "fields": ASKED_LABELS,
        "fields_en": ["Permit number", "Operator", "Permitted items"],
        "licences": [
            {
                "name": "食品经营许可证",
                "name_en": "Food Operation Permit",
                "fields": ASKED_LABELS,
                "fields_en": ["Permit number", "Operator", "Permitted items"],
            }
        ],
        "retention": "账户存续期间及销户后 5 年",
        "retention_en": "While the account is open and for 5 years after",
        "ends_at": verdict["answer_by"],
    }
    assert refusal(next_code(li, code)) == (409, "already_used")


def test_a_yes_gives_the_fields_where_the_desk_reads_its_verification_and_for_two_minutes(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    clock.advance(20)
    answered_at = clock.now
    assert answer(li, code, True).status_code == 204
    accepted = recall(bank, verdict)
    assert outcome(accepted) == ("accepted", "ok")
    assert accepted["id"] == verdict["id"]
    assert instant(accepted["checked_at"]) == answered_at
    assert fields_of(accepted) == [ASKED]
    assert "answer_by" not in accepted
    assert accepted["legal_effect"]
    assert stored(deps, verdict) == ("used", "accepted", "ok")
    clock.advance(120)
    assert fields_of(recall(bank, verdict)) == [ASKED]
    clock.advance(0.001)
    assert recall(bank, verdict)["licences"] == []


def test_the_phone_and_the_history_say_what_was_seen_after_a_yes(
    li: Visitor, bank: Visitor, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    clock.advance(20)
    answer(li, code, True)
    told = state(li, code)
    assert (told["state"], told["used_by"], told["fields"]) == ("used", BANK, ASKED_LABELS)
    assert instant(told["used_at"]) == clock.now
    use = use_of(li, verdict)
    assert (use["outcome"], use["reason"]) == ("accepted", "ok")
    assert use["fields"] == use["asked"] == ASKED_LABELS
    assert refusal(withdraw(li, code)) == (409, "already_used")


def test_a_no_gives_nothing_and_both_are_told(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    clock.advance(20)
    assert answer(li, code, False).status_code == 204
    assert outcome(recall(bank, verdict)) == ("refused", "consent_refused")
    told = state(li, code)
    assert (told["state"], told["reason"], told["fields"]) == ("refused", "consent_refused", [])
    assert told["ask"]["unit"] == BANK
    use = use_of(li, verdict)
    assert (use["outcome"], use["reason"]) == ("refused", "consent_refused")
    assert (use["fields"], use["asked"]) == ([], ASKED_LABELS)
    assert stored(deps, verdict) == ("refused", "refused", "consent_refused")
    assert refusal(next_code(li, code)) == (409, "already_used")
    assert withdraw(li, code).status_code == 204
    assert state(li, code)["state"] == "refused"


@pytest.mark.parametrize("allow", [True, False])
def test_an_answer_is_on_record_with_its_outcome(
    li: Visitor, bank: Visitor, deps: Deps, allow: bool
) -> None:
    code, verdict = asked(li, bank)
    answer(li, code, allow)
    answer(li, code, allow)
    said = [
        (name, fields)
        for name, fields in events(deps, "consent.")
        if fields["verification"] == verdict["id"]
    ]
    ((name, fields),) = said
    assert name == "consent.answered"
    assert (fields["allow"], fields["account"]) == (allow, int(_account(li)))
    assert (fields["verdict"], fields["reason"]) == (
        ("accepted", "ok") if allow else ("refused", "consent_refused")
    )


def _account(li: Visitor) -> str:
    account: str = li.get("/api/v1/me").get_json()["account"]
    return account.partition(":")[2]


def test_the_same_answer_twice_is_once_and_another_is_refused(li: Visitor, bank: Visitor) -> None:
    code, _ = asked(li, bank)
    assert answer(li, code, True).status_code == 204
    assert answer(li, code, True).status_code == 204
    assert refusal(answer(li, code, False)) == (409, "already_used")
    code, _ = asked(li, bank)
    assert answer(li, code, False).status_code == 204
    assert answer(li, code, False).status_code == 204
    assert refusal(answer(li, code, True)) == (409, "consent_refused")


def test_there_is_nothing_to_answer_where_nobody_has_asked(
    li: Visitor, bank: Visitor, zhao: Visitor
) -> None:
    code = show(li)
    assert refusal(answer(li, code, True)) == (409, "not_asked")
    assert state(li, code)["state"] == "waiting"
    assert withdraw(li, code).status_code == 204
    assert refusal(answer(li, code, True)) == (409, "withdrawn")
    code = show(li)
    verify(zhao, code["text"])
    assert refusal(answer(li, code, True)) == (409, "already_used")


def test_only_the_account_that_shows_answers(
    app: Flask, li: Visitor, bank: Visitor, elder: Visitor
) -> None:
    code, verdict = asked(li, bank)
    assert refusal(answer(elder, code, True)) == (404, "not_found")
    assert refusal(answer(bank, code, True)) == (403, "not_permitted")
    assert refusal(answer(Visitor(app), code, True)) == (401, "not_signed_in")
    assert outcome(recall(bank, verdict)) == ("pending", "consent_pending")
    assert answer(sign_in(app, "holder-li"), code, True).status_code == 204


@pytest.mark.parametrize("allow", [None, "yes", "true", 2, [], {}])
def test_an_answer_is_yes_or_no(li: Visitor, bank: Visitor, deps: Deps, allow: object) -> None:
    code, verdict = asked(li, bank)
    before = row_counts(deps)
    assert refusal(answer(li, code, allow)) == (422, "invalid")
    assert row_counts(deps) == before
    assert outcome(recall(bank, verdict)) == ("pending", "consent_pending")


def test_the_same_desk_hears_the_same_pending_answer_as_long_as_the_question_is_open(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    before = row_counts(deps)
    clock.advance(59)
    again = verify(bank, code["text"], BANK_ACCOUNT)
    assert again == verdict | {"repeated": True, "status_as_of": rfc3339(clock.now)}
    assert row_counts(deps) == before | {"audit_events": before["audit_events"] + 1}
    assert answer(li, code, True).status_code == 204


def test_the_same_code_at_another_desk_or_for_another_item_is_used_already(
    app: Flask, li: Visitor, bank: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code, verdict = asked(li, bank)
    for desk, item in ((zhao, RENEWAL), (sign_in(app, "desk-bank"), BANK_ACCOUNT)):
        refused = verify(desk, code["text"], item)
        assert outcome(refused) == ("refused", "already_used")
        assert refused["message"] == "此码已经用过，请持证人点“再亮一次”后再扫。"
    assert outcome(recall(bank, verdict)) == ("pending", "consent_pending")
    assert answer(li, code, True).status_code == 204
    assert fields_of(recall(bank, verdict)) == [ASKED]


@pytest.mark.parametrize(
    ("allow", "expected"),
    [(True, ("accepted", "ok")), (False, ("refused", "consent_refused"))],
)
def test_ten_seconds_after_the_answer_the_code_is_used_already_at_its_own_desk_too(
    li: Visitor, bank: Visitor, clock: Clock, allow: bool, expected: tuple[str, str]
) -> None:
    code, verdict = asked(li, bank)
    clock.advance(30)
    answer(li, code, allow)
    clock.advance(10)
    again = verify(bank, code["text"], BANK_ACCOUNT)
    assert (outcome(again), again["id"], again["repeated"]) == (expected, verdict["id"], True)
    assert again["licences"] == []  # what the holder agreed to is read at the verification alone
    clock.advance(1)
    assert outcome(verify(bank, code["text"], BANK_ACCOUNT)) == ("refused", "already_used")


def test_several_licences_are_asked_for_at_once(elder: Visitor, bank: Visitor) -> None:
    code = show(elder, SENIOR, "disability-certificate")
    verdict = verify(bank, code["text"], "bank-senior-service")
    question = state(elder, code)["ask"]
    assert len(question["fields"]) == 6
    assert [(one["name"], one["fields"]) for one in question["licences"]] == [
        ("残疾人证", question["fields"][:3]),
        ("老年人优待证", question["fields"][3:]),
    ]
    answer(elder, code, True)
    accepted = recall(bank, verdict)
    assert len(accepted["licences"]) == 2
    assert all(row["photo"] and len(row["fields"]) == 3 for row in accepted["licences"])


def test_a_type_beyond_the_grant_asks_nobody(li: Visitor, bank: Visitor) -> None:
    code = show(li, FOOD, DRIVING)
    assert refusal(ask(bank, code["text"], BANK_ACCOUNT)) == (403, "not_permitted")
    assert state(li, code)["state"] == "waiting"


def test_no_other_desk_reads_what_the_holder_agreed_to(
    app: Flask, li: Visitor, bank: Visitor, zhao: Visitor
) -> None:
    code, verdict = asked(li, bank)
    answer(li, code, True)
    path = f"/api/v1/verifications/{verdict['id']}"
    for other in (zhao, sign_in(app, "desk-bank")):
        assert refusal(other.get(path)) == (404, "not_found")


def test_a_question_costs_no_more_than_an_acceptance_and_waiting_three_reads(
    app: Flask, li: Visitor, bank: Visitor
) -> None:
    code = show(li)
    with counted_statements(app) as asking:
        verdict = verify(bank, code["text"], BANK_ACCOUNT)
    assert len(asking) == 7
    with counted_statements(app) as waiting:
        recall(bank, verdict)
    with counted_statements(app) as polling:
        state(li, code)
    for statements in (waiting, polling):
        assert [statement.split()[0] for statement in statements] == ["SELECT"] * 3
