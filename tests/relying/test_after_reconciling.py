"""What was told once it was offline opens nothing: no second showing, and no other code's finding."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.support.clock import Clock
from tests.support.judgements import finding, judgement
from tests.support.people import Visitor
from tests.support.showing import instant, row_counts, show, state, verify, withdraw
from wallet.base.clock import rfc3339
from wallet.base.deps import Deps
from wallet.showing.model import Claim, Verification


@pytest.mark.parametrize("seconds", [-30, -1, 0, 10])
def test_a_use_that_was_told_of_is_not_repeated_online(
    li: Visitor, zhao: Visitor, clock: Clock, seconds: int
) -> None:
    """Whichever time the desk says, ahead of the library's even."""
    code = show(li)
    clock.advance(20)
    judged_at = clock.now - timedelta(seconds=seconds)
    assert finding(zhao, judgement(code["text"], judged_at))["verdict"] == "accepted"
    online = verify(zhao, code["text"])
    assert (online["verdict"], online["reason"], online["licences"]) == (
        "refused", "already_used", [],
    )  # fmt: skip
    assert instant(state(li, code)["used_at"]) == judged_at


@pytest.mark.parametrize(("seconds", "repeated"), [(10, True), (11, False)])
def test_a_use_of_a_time_to_come_is_repeated_for_no_longer_than_a_past_one(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, seconds: int, repeated: bool
) -> None:
    """As where the clock of the server was put back."""
    code = show(li)
    verify(zhao, code["text"])
    with deps.db.begin() as tx:
        tx.execute(update(Claim).values(at=clock.now + timedelta(seconds=seconds)))
    assert verify(zhao, code["text"])["repeated"] is repeated


def test_a_lost_answer_that_was_told_of_may_be_had_again_online(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    first = verify(zhao, code["text"])
    clock.advance(5)
    finding(zhao, judgement(code["text"], clock.now))
    again = verify(zhao, code["text"])
    assert (again["id"], again["repeated"], again["licences"]) == (
        first["id"], True, first["licences"],
    )  # fmt: skip


@pytest.mark.parametrize("second", ["another code", "no code"])
def test_a_known_id_with_another_code_is_taken(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, second: str
) -> None:
    code, other = show(li), show(li)
    one = judgement(code["text"], clock.now)
    first = finding(zhao, one)
    before = row_counts(deps)
    text = other["text"] if second == "another code" else "no code"
    assert finding(zhao, {**one, "code": text})["problem"] == "id_taken"
    assert row_counts(deps) == before
    assert state(li, other)["state"] == "waiting"
    assert finding(zhao, one) == first


def test_another_form_of_the_same_code_is_told_again(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    one = judgement(code["text"], clock.now)
    first = finding(zhao, one)
    assert finding(zhao, {**one, "code": code["text"].partition("#")[2]}) == first


@pytest.mark.parametrize("days", [-9_000, -2, 2, 9_000])
def test_a_time_that_cannot_be_is_on_record_as_the_time_it_was_told(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, days: int
) -> None:
    one = judgement(show(li)["text"], clock.now + timedelta(days=days))
    told_at = clock.now
    first = finding(zhao, one)
    assert (first["verdict"], first["reason"]) == ("undetermined", "trust_stale")
    with deps.db.read() as tx:
        row = tx.execute(select(Verification).where(Verification.id == one["id"])).one()
    assert (row.at, row.received_at) == (told_at, told_at)
    clock.advance(60)
    assert finding(zhao, one) == first
    assert first["checked_at"] == rfc3339(told_at)


def test_a_time_that_cannot_be_is_told_again_however_it_looks_by_then(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    withdraw(li, code)
    one = judgement(code["text"], clock.now + timedelta(seconds=31))
    first = finding(zhao, one)
    clock.advance(60)
    assert finding(zhao, one) == first
