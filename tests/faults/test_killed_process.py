"""A process of the server is killed while it judges."""

from __future__ import annotations

from flask import Flask

from tests.faults.killed import judge_until_killed
from tests.faults.sizes import ROUNDS
from tests.support.servers import browser, send
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, claims_of
from tests.support.two_desks import Kept, fresh_texts, kept_of, last_event, open_hall

CODES = 20


def test_what_it_answered_is_on_record_and_what_it_did_not_is_whole_or_not_there(
    app: Flask,
) -> None:
    deps, hall = deps_of(app), open_hall(app)
    desk, other = hall.desks[:2]
    for number in range(max(3, ROUNDS // 50)):
        texts = fresh_texts(hall, CODES)
        jtis = [claims_of(text)["jti"] for text in texts]
        before = last_event(deps)
        answers = judge_until_killed(deps.config, desk, texts, RENEWAL, seed=number)
        assert {answer.outcome for answer in answers} == {("accepted", "ok")}
        assert len(answers) < CODES

        kept = kept_of(deps, jtis, before)
        for answer, jti in zip(answers, jtis, strict=False):
            assert kept[jti] == accepted(answer.members["id"])
        # The one that it was judging when it ended, and one that it never saw.
        unanswered = jtis[len(answers) :]
        under_way = kept.pop(unanswered[0], Kept())
        if under_way != Kept():
            assert under_way == accepted(under_way.records[0][2])
        assert not kept.keys() & set(unanswered)

        http = browser(app, other)
        expected = ["already_used" if under_way != Kept() else "ok", "ok"]
        asked = zip(texts[len(answers) :], expected, strict=False)
        for text, reason in asked:
            assert send(http, other, text, RENEWAL).outcome[1] == reason


def accepted(verification: str) -> Kept:
    """All that the library holds of a code that it accepted once."""
    found = [("accepted", "ok", verification)]
    return Kept(records=found, events=found, claims=[("used", verification)], uses=[verification])
