"""Offline judgements told by many at once are each taken in once, and one code is used once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from tests.support.clock import Clock
from tests.support.judgements import findings, judgement
from tests.support.people import Visitor, sign_in
from tests.support.showing import events, row_counts, show, verify
from wallet.base.deps import Deps

AT_ONCE = 8
ROUNDS = 5


def at_once(desks: list[Visitor], batches: list[list[dict[str, Any]]]) -> list[Any]:
    """Each desk sends its batch, all together."""
    together = Barrier(len(desks))

    def send(desk: Visitor, batch: list[dict[str, Any]]) -> Any:
        together.wait(30)
        return findings(desk, *batch)

    with ThreadPoolExecutor(len(desks)) as pool:
        return list(pool.map(send, desks, batches))


def test_one_batch_sent_many_times_at_once_gets_one_answer_and_one_record(
    app: Flask, li: Visitor, deps: Deps, clock: Clock
) -> None:
    desks = [sign_in(app, "desk-zhao") for _ in range(AT_ONCE)]
    for _ in range(ROUNDS):
        before = row_counts(deps)
        batch = [judgement(show(li)["text"], clock.now) for _ in range(3)]
        answers = at_once(desks, [batch] * AT_ONCE)
        assert all(answer == answers[0] for answer in answers)
        assert [found["conflict"] for found in answers[0]] == [False] * 3
        after = row_counts(deps)
        for table in ("verifications", "claims", "uses"):
            assert after[table] - before[table] == 3
    assert [name for name, _ in events(deps)] == ["verification.reconciled"] * 3 * ROUNDS


def test_of_desks_that_tell_one_code_at_once_one_has_no_conflict(
    app: Flask, li: Visitor, deps: Deps, clock: Clock
) -> None:
    personas = ["desk-zhao", "desk-qian"]
    desks = [sign_in(app, persona) for persona in personas]
    for _ in range(ROUNDS):
        text = show(li)["text"]
        answers = at_once(desks, [[judgement(text, clock.now)] for _ in desks])
        reasons = sorted(found["reason"] for (found,) in answers)
        assert reasons == ["already_used", "ok"]


def test_a_code_told_while_another_desk_verifies_it_is_used_once(
    app: Flask, li: Visitor, deps: Deps, clock: Clock
) -> None:
    zhao, qian = sign_in(app, "desk-zhao"), sign_in(app, "desk-qian")
    for _ in range(ROUNDS):
        text = show(li)["text"]
        one = judgement(text, clock.now)
        together = Barrier(2)

        def tell(one: dict[str, Any] = one, together: Barrier = together) -> str:
            together.wait(30)
            reason: str = findings(zhao, one)[0]["reason"]
            return reason

        def ask(text: str = text, together: Barrier = together) -> str:
            together.wait(30)
            reason: str = verify(qian, text)["reason"]
            return reason

        with ThreadPoolExecutor(2) as pool:
            told, asked = pool.submit(tell), pool.submit(ask)
            assert sorted((told.result(), asked.result())) == ["already_used", "ok"]
