"""A holder withdraws a code in the moment in which a desk scans it."""

from __future__ import annotations

from flask import Flask

from tests.faults.sizes import ROUNDS
from tests.faults.withdrawing import withdraw_while_judged
from tests.support.people import sign_in
from tests.support.servers import servers, session_of
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, claims_of
from tests.support.two_desks import HOLDER, fresh_showings, kept_of, last_event, open_hall

CODES = 100
ENDS = {
    (("accepted", "ok"), 409): ["used"],
    (("refused", "withdrawn"), 204): ["withdrawn"],
}
"""What the desk and the phone are told, and the one claim that must be there then."""


def test_a_code_is_used_or_withdrawn_and_both_are_told_which(app: Flask) -> None:
    deps, hall = deps_of(app), open_hall(app)
    phone = session_of(sign_in(app, HOLDER))
    with servers(deps.config, 2) as started:
        for _ in range(max(1, ROUNDS // CODES)):
            showings = fresh_showings(hall, CODES)
            before = last_event(deps)
            told = withdraw_while_judged(started, hall.desks[0], phone, showings, RENEWAL)
            jtis = [claims_of(showing.text)["jti"] for showing in showings]
            kept = kept_of(deps, jtis, before)
            claimed = [[state for state, _ in kept[jti].claims] for jti in jtis]
            assert claimed == [ENDS.get(one) for one in told]
            assert [bool(kept[jti].uses) for jti in jtis] == [end == ["used"] for end in claimed]
