"""Eighty requests at once from four processes: the quota is given out to the last, and not once more."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from tests.support.beyond import alerts, change_grant
from tests.support.people import sign_in
from tests.support.race import race
from tests.support.servers import session_of
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, show
from wallet.relying.model import GrantDay

PROCESSES = 4
USES_EACH = 20
QUOTA = 13


def test_of_eighty_requests_at_once_as_many_are_judged_as_the_quota_has(app: Flask) -> None:
    deps = deps_of(app)
    change_grant(deps, quota_per_day=QUOTA)
    li = sign_in(app, "holder-li")
    names = ("desk-zhao", "desk-qian")
    desks = [session_of(sign_in(app, name), number) for number, name in enumerate(names)]
    codes = [(show(li)["text"], RENEWAL) for _ in range(10)]

    answers = race(deps.config, desks, codes, PROCESSES, USES_EACH)

    statuses = [answer.status for answer in answers]
    assert (statuses.count(200), statuses.count(403)) == (QUOTA, PROCESSES * USES_EACH - QUOTA)
    assert [row.judged for row in deps.db.rows(select(GrantDay))] == [QUOTA]
    told = alerts(deps)
    assert {row.cause for row in told} == {"quota"}
    assert len(told) == len({row.actor for row in told})
    assert sum(row.times for row in told) == statuses.count(403)
