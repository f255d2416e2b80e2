"""Yes, withdrawal, a second desk and the end of the time at one moment, from four processes: one wins,
and phone, history and desk agree on it."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from tests.support.answering import Question, meet
from tests.support.consent import BANK_ACCOUNT, asked, outcome, recall, stored
from tests.support.people import sign_in
from tests.support.servers import PROCESSES, servers, session_of
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, events, state

ROUNDS = 30
LEFT_MS = (60_000, 3, 8)
"""What is left of a question's time as all go for it, in turns."""
ENDS = {
    ("used", "accepted", "ok"): "used",
    ("withdrawn", "refused", "withdrawn"): "withdrawn",
    ("expired", "refused", "consent_expired"): "expired",
}
"""Claim, verdict and reason → the state that the phone is told."""


def test_a_question_ends_once_whoever_goes_for_it_at_the_same_moment(app: Flask) -> None:
    deps = deps_of(app)
    li, bank, zhao = (sign_in(app, name) for name in ("holder-li", "desk-bank", "desk-zhao"))
    questions, codes = [], []
    for number in range(ROUNDS):
        code, verdict = asked(li, bank)
        codes.append(code)
        left = LEFT_MS[number % len(LEFT_MS)]
        questions.append(Question(code["id"], code["text"], verdict["id"], left))

    with servers(deps.config, PROCESSES) as started:
        met = meet(
            started,
            session_of(li),
            session_of(bank),
            session_of(zhao),
            questions,
            (BANK_ACCOUNT, RENEWAL),
        )

    uses = li.get("/api/v1/me/uses?limit=200").get_json()["items"]
    history = {use["id"]: use for use in uses}
    for question, code, told in zip(questions, codes, met, strict=True):
        final = stored(deps, {"id": question.verification})
        became = ENDS[final]
        assert (told.yes == 204) == (became == "used"), (told, final)
        assert (told.withdrawal == 204) == (became != "used"), (told, final)
        assert told.second in {("refused", "already_used"), ("refused", became)}, (told, final)
        assert told.own in {("pending", "consent_pending"), final[1:]}, (told, final)
        assert state(li, code)["state"] == became
        use = history[question.verification]
        assert (use["outcome"], use["reason"]) == final[1:]
        assert bool(use["fields"]) == (became == "used")
        assert outcome(recall(bank, {"id": question.verification})) == final[1:]
    ended = Counter(fields["verification"] for _name, fields in events(deps, "consent."))
    assert ended == {question.verification: 1 for question in questions}
