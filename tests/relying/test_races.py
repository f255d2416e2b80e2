"""Two hundred uses of one code at once, from four processes: one is accepted."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from tests.support.codes import twin
from tests.support.people import sign_in
from tests.support.race import race
from tests.support.servers import session_of
from tests.support.shared import deps_of
from tests.support.showing import (
    FOOD,
    RENEWAL,
    claims_of,
    created,
    events,
    identifier_of,
    next_code,
    open_code,
    row_counts,
    state,
)
from wallet.showing.model import Claim

PROCESSES = 4
USES_EACH = 50


def test_one_of_two_hundred_uses_is_accepted_and_the_others_repeat_it_or_are_refused(
    app: Flask,
) -> None:
    deps = deps_of(app)
    li = sign_in(app, "holder-li")
    first = created(open_code(li, identifier_of(li, FOOD)))
    second = created(next_code(li, first))
    names = ("desk-zhao", "desk-qian")
    desks = [session_of(sign_in(app, name), number) for number, name in enumerate(names)]
    before = row_counts(deps)
    codes = [(text, RENEWAL) for text in (first["text"], twin(first["text"]), second["text"])]

    answers = race(deps.config, desks, codes, PROCESSES, USES_EACH)

    assert [answer.status for answer in answers] == [200] * PROCESSES * USES_EACH
    accepted = [answer for answer in answers if answer.members["verdict"] == "accepted"]
    refused = [answer for answer in answers if answer.members["verdict"] != "accepted"]
    (winner,) = (answer for answer in accepted if not answer.members["repeated"])
    assert {(answer.desk, answer.members["id"]) for answer in accepted} == {
        (winner.desk, winner.members["id"])
    }
    assert {answer.members["reason"] for answer in refused} == {"already_used"}
    assert {answer.desk for answer in refused} == {1 - winner.desk}
    assert all(answer.members["licences"] == [] for answer in refused)

    with deps.db.read() as tx:
        claims = tx.execute(select(Claim.jti, Claim.state, Claim.verification_id)).all()
    assert claims == [(claims_of(first["text"])["jti"], "used", winner.members["id"])]
    after = row_counts(deps)
    assert after["verifications"] - before["verifications"] == 1 + len(refused)
    assert after["audit_events"] - before["audit_events"] == len(answers)
    assert len(events(deps)) == len(answers)
    assert state(li, first)["state"] == "used"
