"""What a desk accepted offline is a use like any other, unless the library knows better."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from tests.support.clock import Clock
from tests.support.judgements import finding, findings, judgement
from tests.support.library import account_id, licence_id
from tests.support.people import Machine, Visitor, sign_in
from tests.support.showing import (
    FOOD,
    events,
    identifier_of,
    instant,
    new_events,
    next_code,
    refusal,
    row_counts,
    set_licence,
    show,
    state,
    verify,
    withdraw,
)
from wallet.base.clock import local_day, rfc3339
from wallet.base.deps import Deps
from wallet.holders.model import Account
from wallet.licences.status.places import note_change
from wallet.showing.model import Verification


def freeze(deps: Deps, persona: str, at: datetime) -> None:
    """Freeze an account, as its holder would."""
    with deps.db.begin() as tx:
        where = Account.id == account_id(deps, persona)
        tx.execute(update(Account).where(where).values(frozen_at=at))


def change_status(deps: Deps, identifier: str, status: str, at: datetime) -> None:
    """Change a licence's status, as its issuing unit would."""
    set_licence(deps, identifier, status=status)
    with deps.db.begin() as tx:
        note_change(tx, [licence_id(deps, identifier)], at)


def uses(holder: Visitor) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = holder.get("/api/v1/me/uses").get_json()["items"]
    return items


def test_an_accepted_code_is_used_at_the_time_it_was_judged(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code, judged_at = show(li), clock.now
    clock.advance(600)
    one = judgement(code["text"], judged_at)
    with new_events(deps) as added:
        found = finding(zhao, one)
    assert found == {
        "id": one["id"],
        "verdict": "accepted",
        "reason": "ok",
        "message": "已与库中记录核对，离线核验无误。",
        "conflict": False,
        "since": None,
        "checked_at": rfc3339(clock.now),
        "problem": None,
    }
    assert refusal(next_code(li, code)) == (409, "already_used")
    ((name, fields),) = added
    assert name == "verification.reconciled"
    assert (fields["verdict"], fields["conflict"], fields["alert"]) == ("accepted", False, False)
    assert (fields["judged_at"], len(fields["licences"])) == (rfc3339(judged_at), 1)


def test_phone_and_history_say_that_it_was_used_offline(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code, judged_at = show(li), clock.now
    clock.advance(120)
    one = judgement(code["text"], judged_at)
    finding(zhao, one)
    told = state(li, code)
    assert (told["state"], instant(told["used_at"])) == ("used", judged_at)
    assert (told["terminal"], told["fields"]) == ("3 号窗口", [])
    (use,) = uses(li)
    assert (use["id"], instant(use["at"])) == (one["id"], judged_at)
    assert (use["outcome"], use["offline"], use["fields"]) == ("accepted", True, [])


def test_the_verification_may_be_read_again_and_gives_no_field(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    one = judgement(show(li)["text"], clock.now)
    finding(zhao, one)
    verdict = zhao.get(f"/api/v1/verifications/{one['id']}").get_json()
    assert (verdict["verdict"], verdict["offline"], verdict["licences"]) == ("accepted", True, [])


@pytest.mark.parametrize(
    ("verdict", "reason"), [("refused", "already_used"), ("undetermined", "trust_stale")]
)
def test_what_the_desk_did_not_accept_is_recorded_as_it_said_and_consumes_nothing(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, verdict: str, reason: str
) -> None:
    code = show(li)
    before = row_counts(deps)["claims"]
    found = finding(zhao, judgement(code["text"], clock.now, verdict=verdict, reason=reason))
    assert (found["verdict"], found["reason"], found["conflict"]) == (verdict, reason, False)
    assert row_counts(deps)["claims"] == before
    assert state(li, code)["state"] == "waiting"
    (use,) = uses(li)
    assert (use["outcome"], use["reason"], use["offline"]) == (verdict, reason, True)
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_a_code_that_another_desk_had_used_is_a_conflict(
    li: Visitor, zhao: Visitor, qian: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    used_at = clock.now
    first = verify(qian, code["text"])
    clock.advance(20)
    one = judgement(code["text"], clock.now)
    with capture_logs() as logged, new_events(deps) as added:
        found = finding(zhao, one)
    assert (found["verdict"], found["reason"], found["conflict"]) == (
        "refused",
        "already_used",
        True,
    )
    assert instant(found["since"]) == used_at
    assert found["message"].startswith("离线核验时已通过，但此码另有一次使用（")
    assert [(line["event"], line["verification"]) for line in logged] == [
        ("verification.conflict", one["id"])
    ]
    ((_, fields),) = added
    assert (fields["reason"], fields["conflict"], fields["alert"]) == ("already_used", True, True)
    assert instant(state(li, code)["used_at"]) == used_at
    assert {use["id"] for use in uses(li)} == {first["id"], one["id"]}


def test_of_two_desks_that_accepted_one_code_offline_the_second_to_tell_has_a_conflict(
    li: Visitor, zhao: Visitor, qian: Visitor, clock: Clock
) -> None:
    code, judged_at = show(li), clock.now
    clock.advance(600)
    assert not finding(zhao, judgement(code["text"], judged_at))["conflict"]
    assert finding(qian, judgement(code["text"], judged_at))["reason"] == "already_used"


@pytest.mark.parametrize(("seconds", "conflict"), [(10, False), (11, True)])
def test_the_same_desk_within_ten_seconds_of_its_lost_answer_is_the_same_use(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, seconds: int, conflict: bool
) -> None:
    code = show(li)
    verify(zhao, code["text"])
    clock.advance(seconds)
    one = judgement(code["text"], clock.now)
    clock.advance(600)
    assert finding(zhao, one)["conflict"] is conflict
    assert len(uses(li)) == (2 if conflict else 1)
    assert events(deps)[-1][1]["repeated"] is not conflict


def test_the_same_desk_for_another_item_is_another_use(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    verify(zhao, code["text"])
    assert finding(zhao, judgement(code["text"], clock.now, item="open-a-shop"))["conflict"]


@pytest.mark.parametrize(("seconds", "conflict"), [(0, True), (1, False)])
def test_a_withdrawal_counts_from_its_time_and_the_code_is_used_all_the_same(
    li: Visitor, zhao: Visitor, clock: Clock, seconds: int, conflict: bool
) -> None:
    code, judged_at = show(li), clock.now
    withdrawn_at = clock.advance(seconds)
    assert withdraw(li, code).status_code == 204
    clock.advance(60)
    found = finding(zhao, judgement(code["text"], judged_at))
    assert (found["reason"], found["conflict"]) == ("withdrawn" if conflict else "ok", conflict)
    assert found["since"] == (rfc3339(withdrawn_at) if conflict else None)
    told = state(li, code)
    assert (told["state"], instant(told["used_at"])) == ("used", judged_at)


@pytest.mark.parametrize(("seconds", "conflict"), [(0, True), (1, False)])
def test_a_freeze_counts_from_its_time_and_the_code_is_used_all_the_same(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, seconds: int, conflict: bool
) -> None:
    code, judged_at = show(li), clock.now
    frozen_at = clock.advance(seconds)
    freeze(deps, "holder-li", frozen_at)
    found = finding(zhao, judgement(code["text"], judged_at))
    assert (found["reason"], found["conflict"]) == ("withdrawn" if conflict else "ok", conflict)
    assert found["since"] == (rfc3339(frozen_at) if conflict else None)
    assert state(li, code)["state"] == "used"


@pytest.mark.parametrize("status", ["suspended", "revoked"])
def test_a_licence_that_does_not_stand_now_is_a_conflict_which_says_since_when(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, status: str
) -> None:
    code, judged_at = show(li), clock.now
    change_status(deps, identifier_of(li, FOOD), status, clock.advance(60))
    changed_at = clock.now
    clock.advance(600)
    found = finding(zhao, judgement(code["text"], judged_at))
    assert (found["verdict"], found["reason"], found["conflict"]) == (
        "refused",
        f"licence_{status}",
        True,
    )
    assert instant(found["since"]) == changed_at
    assert state(li, code)["state"] == "used"
    (use,) = uses(li)
    assert (use["outcome"], use["reason"]) == ("accepted", "ok")


@pytest.mark.parametrize(("days", "conflict"), [(0, False), (-1, True)])
def test_the_last_day_of_a_licence_is_told_by_the_day_of_the_judgement(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, days: int, conflict: bool
) -> None:
    code, judged_at = show(li), clock.now
    last = local_day(judged_at) + timedelta(days=days)
    set_licence(deps, identifier_of(li, FOOD), valid_until=last)
    clock.advance(24 * 3600)
    found = finding(sign_in_again(zhao), judgement(code["text"], judged_at))
    assert (found["reason"], found["conflict"]) == (
        "licence_expired" if conflict else "ok",
        conflict,
    )
    if conflict:
        assert found["since"] == f"{last + timedelta(days=1)}T00:00:00+08:00"


@pytest.mark.parametrize(("seconds", "conflict"), [(0, True), (1, False)])
def test_a_newer_version_counts_from_its_time(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, seconds: int, conflict: bool
) -> None:
    code, judged_at = show(li), clock.now
    set_licence(deps, identifier_of(li, FOOD), superseded_at=clock.advance(seconds))
    found = finding(zhao, judgement(code["text"], judged_at))
    assert (found["reason"], found["conflict"]) == ("withdrawn" if conflict else "ok", conflict)


@pytest.mark.parametrize(
    ("seconds", "good"),
    [(25 * 3600, True), (25 * 3600 + 1, False), (-30, True), (-31, False)],
)
def test_a_time_too_long_ago_or_ahead_is_recorded_as_undetermined(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, seconds: int, good: bool
) -> None:
    code, shown_at = show(li), clock.now
    clock.advance(max(seconds, 0))
    desk = sign_in_again(zhao)
    judged_at = shown_at if seconds > 0 else clock.now - timedelta(seconds=seconds)
    before = row_counts(deps)
    found = finding(desk, judgement(code["text"], judged_at))
    after = row_counts(deps)
    expected = ("accepted", "ok", False) if good else ("undetermined", "trust_stale", True)
    assert (found["verdict"], found["reason"], found["conflict"]) == expected
    assert after["claims"] - before["claims"] == after["uses"] - before["uses"] == int(good)
    assert after["verifications"] - before["verifications"] == 1


def test_a_code_that_was_over_when_it_was_judged_is_a_conflict_and_not_consumed(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    clock.advance(90)
    found = finding(zhao, judgement(code["text"], clock.now))
    assert (found["verdict"], found["reason"], found["conflict"]) == ("refused", "expired", True)
    assert state(li, code)["state"] == "waiting"


def test_what_is_sent_again_is_told_again_and_done_once(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    good, withdrawn = show(li), show(li)
    withdraw(li, withdrawn)
    sent = [judgement(code["text"], clock.now) for code in (good, withdrawn)]
    first = findings(zhao, *sent)
    before = row_counts(deps)
    clock.advance(60)
    freeze(deps, "holder-li", clock.now)
    assert findings(zhao, *sent, sent[0]) == [*first, first[0]]
    clock.advance(12 * 3600)
    assert findings(sign_in_again(zhao), *sent) == first
    after = row_counts(deps)
    assert [after[name] for name in ("verifications", "claims", "uses")] == [
        before[name] for name in ("verifications", "claims", "uses")
    ]


def test_an_id_of_another_desk_or_another_judgement_is_taken_and_tells_nothing(
    li: Visitor, zhao: Visitor, qian: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    online = verify(zhao, show(li)["text"])
    one = judgement(code["text"], clock.now)
    finding(zhao, one)
    before = row_counts(deps)
    clock.advance(5)
    others = [
        finding(qian, one),
        finding(zhao, {**one, "judged_at": clock.now.isoformat()}),
        finding(zhao, {**one, "item": "open-a-shop"}),
        finding(zhao, {**one, "verdict": "refused", "reason": "expired"}),
        finding(zhao, {**one, "id": online["id"]}),
    ]
    assert row_counts(deps) == before
    for found in others:
        told = {**found, "id": None}
        assert told == {
            "id": None,
            "verdict": None,
            "reason": None,
            "message": "这条记录的编号已被占用，没有再记一次，请联系系统管理员。",
            "conflict": False,
            "since": None,
            "checked_at": rfc3339(clock.now),
            "problem": "id_taken",
        }


def test_a_line_beyond_the_grant_does_not_fail_the_others(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    other_type, other_item, good = show(li, "driving-licence"), show(li), show(li)
    sent = [
        judgement(other_type["text"], clock.now),
        judgement(other_item["text"], clock.now, item="food-permit-change"),
        judgement(good["text"], clock.now),
    ]
    with capture_logs() as logged, new_events(deps) as added:
        found = findings(zhao, *sent)
    assert [(one["verdict"], one["problem"]) for one in found] == [
        (None, "not_permitted"),
        (None, "not_permitted"),
        ("accepted", None),
    ]
    assert [name for name, _ in added] == [
        "verification.refused_beyond_grant",
        "verification.refused_beyond_grant",
        "verification.reconciled",
    ]
    assert len(logged) == 2
    assert state(li, other_type)["state"] == state(li, other_item)["state"] == "waiting"


def test_a_machine_client_names_its_terminal(
    li: Visitor, reception: Machine, deps: Deps, clock: Clock
) -> None:
    one = judgement(show(li)["text"], clock.now)
    answer = reception.post("/api/v1/offline-verifications", {"judgements": [one]})
    assert refusal(answer) == (422, "terminal_required")
    first = finding(reception, one, terminal="自助机 1")
    assert first["verdict"] == "accepted"
    assert finding(reception, one, terminal="自助机 1") == first
    assert finding(reception, one, terminal="自助机 2")["problem"] == "id_taken"


def test_the_record_keeps_what_the_desk_said_and_when_it_told(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code, judged_at = show(li), clock.now
    withdraw(li, code)
    told_at = clock.advance(60)
    one = judgement(code["text"], judged_at)
    finding(zhao, one)
    with deps.db.read() as tx:
        row = tx.execute(select(Verification).where(Verification.id == one["id"])).one()
    assert (row.at, row.received_at, row.conflict_since) == (judged_at, told_at, judged_at)
    assert (row.verdict, row.reason, row.offline_reason) == ("refused", "withdrawn", "ok")


def sign_in_again(desk: Visitor) -> Visitor:
    """The same clerk at the same desk, later."""
    return sign_in(desk.http.application, "desk-zhao")
