"""A process of the server is killed while it judges."""

from __future__ import annotations

from itertools import count

from flask import Flask

from tests.faults.killed import judge_until_killed, judge_until_step
from tests.faults.sizes import ROUNDS
from tests.support.servers import browser, send
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, claims_of
from tests.support.two_desks import Kept, fresh_texts, kept_of, last_event, open_hall

CODES = 20
NOTHING = Kept()
STEPS_LEAST = 9
"""Session, grant, state, claim, three records, the commit, and what follows it."""


def whole(verification: str) -> Kept:
    """All that the library holds of a code that was accepted once."""
    found = [("accepted", "ok", verification)]
    return Kept(found, found, [("used", verification)], [verification])


def test_what_it_answered_is_on_record_and_what_it_did_not_is_whole_or_not_there(
    app: Flask,
) -> None:
    deps, hall = deps_of(app), open_hall(app)
    desk, other = hall.desks[:2]
    http = browser(app, other)
    for seed in range(max(3, ROUNDS // 50)):
        texts = fresh_texts(hall, CODES)
        jtis = [claims_of(text)["jti"] for text in texts]
        before = last_event(deps)
        answers = judge_until_killed(deps.config, desk, texts, RENEWAL, seed)
        kept = kept_of(deps, jtis, before)

        assert {answer.outcome for answer in answers} == {("accepted", "ok")}
        for answer, jti in zip(answers, jtis, strict=False):
            assert kept[jti] == whole(answer.members["id"])
        unanswered = list(zip(texts, jtis, strict=True))[len(answers) :]
        for number, (text, jti) in enumerate(unanswered):
            # Only the first can be the one that it was judging when it ended.
            begun = number == 0 and kept[jti] != NOTHING
            assert kept[jti] == (whole(kept[jti].records[0][2]) if begun else NOTHING)
            if number < 2:
                expected = "already_used" if begun else "ok"
                assert send(http, other, text, RENEWAL).outcome[1] == expected


def test_killed_at_any_step_it_leaves_all_of_a_judgement_or_nothing(app: Flask) -> None:
    deps, hall = deps_of(app), open_hall(app)
    desk, other = hall.desks[:2]
    http = browser(app, other)
    left = []
    for step in count():
        (text,) = fresh_texts(hall, 1)
        jti = claims_of(text)["jti"]
        before = last_event(deps)
        answer = judge_until_step(deps.config, desk, text, RENEWAL, step)
        kept = kept_of(deps, [jti], before)[jti]
        assert kept in (NOTHING, *(whole(id) for _, _, id in kept.records))
        if answer is not None:
            assert kept == whole(answer.members["id"])
            break
        left.append(kept != NOTHING)
        expected = "already_used" if left[-1] else "ok"
        assert send(http, other, text, RENEWAL).outcome[1] == expected
    # Nothing up to the commit, all of it from then on.
    assert left == sorted(left)
    assert left[-1]
    assert len(left) >= STEPS_LEAST
