"""Offline nobody can be asked: what a desk accepts for an item that asks is a conflict."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, answer, asked, outcome, recall, stored
from tests.support.judgements import finding, judgement
from tests.support.library import signed_again
from tests.support.people import Visitor
from tests.support.showing import (
    FOOD,
    events,
    identifier_of,
    instant,
    set_licence,
    show,
    state,
    verify,
    withdraw,
)
from wallet.base.deps import Deps


def test_an_acceptance_for_an_item_that_asks_is_a_use_and_a_conflict(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code, judged_at = show(li), clock.now
    clock.advance(300)
    one = judgement(code["text"], judged_at, item=BANK_ACCOUNT)
    with capture_logs() as logs:
        found = finding(bank, one)
    assert (found["verdict"], found["reason"]) == ("refused", "consent_expired")
    assert (found["conflict"], found["since"], found["problem"]) == (True, None, None)
    assert found["message"] == "离线核验时已通过，但持证人没有同意出示，请复核这笔业务。"
    assert [entry["event"] for entry in logs] == ["verification.conflict"]
    ((name, fields),) = events(deps)
    assert (name, fields["alert"]) == ("verification.reconciled", True)
    told = state(li, code)
    assert (told["state"], instant(told["used_at"]), told["ask"]) == ("used", judged_at, None)
    use = li.get("/api/v1/me/uses").get_json()["items"][0]
    assert (use["outcome"], use["offline"], use["fields"]) == ("accepted", True, [])


def test_a_refusal_for_an_item_that_asks_is_recorded_and_consumes_nothing(
    li: Visitor, bank: Visitor, clock: Clock
) -> None:
    code = show(li)
    one = judgement(code["text"], clock.now, item=BANK_ACCOUNT)
    found = finding(bank, one | {"verdict": "undetermined", "reason": "trust_stale"})
    assert (found["verdict"], found["conflict"]) == ("undetermined", False)
    assert state(li, code)["state"] == "waiting"


def test_what_speaks_against_the_licence_is_said_before_the_consent(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    set_licence(deps, identifier_of(li, FOOD), status="suspended")
    found = finding(bank, judgement(code["text"], clock.now, item=BANK_ACCOUNT))
    assert (found["reason"], found["conflict"]) == ("licence_suspended", True)


@pytest.mark.parametrize(("later", "reason"), [(0, "already_used"), (-5, "ok")])
def test_a_use_elsewhere_that_is_told_takes_the_place_of_an_open_question(
    li: Visitor, bank: Visitor, zhao: Visitor, deps: Deps, clock: Clock, later: int, reason: str
) -> None:
    """Whoever was served has been served; before the question there was nothing against it."""
    code, pending = asked(li, bank)
    one = judgement(code["text"], clock.now + timedelta(seconds=later))
    clock.advance(30)
    assert finding(zhao, one)["reason"] == reason
    assert outcome(recall(bank, pending)) == ("refused", "already_used")
    assert answer(li, code, True).status_code == 409
    told = state(li, code)
    assert (told["state"], told["terminal"]) == ("used", "3 号窗口")
    lapsed = [fields for name, fields in events(deps, "consent.lapsed")]
    assert [(one["verification"], one["reason"]) for one in lapsed] == [
        (pending["id"], "already_used")
    ]


def test_a_use_elsewhere_that_is_told_after_the_time_of_a_question_leaves_its_end_as_it_was(
    li: Visitor, bank: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code, pending = asked(li, bank)
    clock.advance(60)
    judged_at = clock.now
    clock.advance(40)
    found = finding(zhao, judgement(code["text"], judged_at))
    assert (found["verdict"], found["reason"], found["conflict"]) == ("accepted", "ok", False)
    assert outcome(recall(bank, pending)) == ("refused", "consent_expired")
    assert state(li, code)["state"] == "used"


@pytest.mark.parametrize("ended", ["no", "late"])
def test_a_use_that_is_told_after_a_question_without_a_yes_is_a_conflict(
    li: Visitor, bank: Visitor, zhao: Visitor, deps: Deps, clock: Clock, ended: str
) -> None:
    code, pending = asked(li, bank)
    clock.advance(10 if ended == "no" else 85)
    if ended == "no":
        answer(li, code, False)
    clock.advance(6)
    text = signed_again(deps, code["text"], clock.now)
    found = finding(zhao, judgement(text, clock.now))
    reason = "consent_refused" if ended == "no" else "consent_expired"
    assert (found["verdict"], found["reason"], found["conflict"]) == ("refused", reason, True)
    assert outcome(recall(bank, pending)) == ("refused", reason)
    assert state(li, code)["state"] == "used"


def test_a_use_by_a_yes_is_a_use_like_any_other_against_one_that_is_told(
    li: Visitor, bank: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code, pending = asked(li, bank)
    answer(li, code, True)
    found = finding(zhao, judgement(code["text"], clock.now))
    assert (found["reason"], found["conflict"]) == ("already_used", True)
    assert stored(deps, pending) == ("used", "accepted", "ok")
    assert outcome(verify(zhao, code["text"])) == ("refused", "already_used")
    assert withdraw(li, code).status_code == 409
