"""What was done under a grant in seven days, for those above its party."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from tests.licences.delegations.test_plans import plan
from tests.support.beyond import beyond, grant_ids
from tests.support.clock import Clock
from tests.support.people import Machine, Visitor, sign_in
from tests.support.showing import DRIVING, IDENTITY, RENEWAL, ask, show, verify, withdraw
from tests.support.units import BESIDE, manager_at
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.relying.beyond.traffic import JUDGED
from wallet.showing.model import Verification


def _traffic(sun: Visitor, grant: int) -> dict[str, int]:
    answer = sun.get(f"/api/v1/grants/{grant}/traffic")
    assert answer.status_code == 200, answer.text
    told: dict[str, int] = answer.get_json()
    return told


def test_it_counts_what_was_done_by_staff_and_programs_and_nothing_of_other_grants(
    app: Flask, li: Visitor, zhao: Visitor, reception: Machine, deps: Deps, clock: Clock
) -> None:
    verify(zhao, show(li)["text"])
    verify(reception, show(li)["text"], terminal="1")
    code = show(li)
    withdraw(li, code)
    verify(zhao, code["text"])
    verify(zhao, "not a code")
    verify(zhao, show(li, DRIVING)["text"], IDENTITY)
    for _ in range(2):
        beyond(ask(zhao, show(li, DRIVING)["text"]))
    sun = sign_in(app, "manager-sun")
    (renewal,) = grant_ids(deps, RENEWAL)
    since = (local_day(clock.now) - timedelta(days=6)).isoformat()
    expected = {"since": since, "judged": 3, "accepted": 2, "refused": 1, "beyond": 2, "lines": 0}
    assert _traffic(sun, renewal) == expected
    assert sum(_traffic(sun, one)["judged"] for one in grant_ids(deps, IDENTITY)) == 1
    page = sun.get(f"/manager/grants/{renewal}").text
    assert 'data-testid="traffic"' in page


@pytest.mark.parametrize(("days", "judged"), [(6, 1), (7, 0)])
def test_it_is_of_seven_local_days_today_among_them(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, days: int, judged: int
) -> None:
    verify(zhao, show(li)["text"])
    beyond(ask(zhao, show(li, DRIVING)["text"]))
    clock.now += timedelta(days=days)
    told = _traffic(sign_in(app, "manager-sun"), grant_ids(deps)[0])
    assert (told["judged"], told["beyond"]) == (judged, judged)


def test_a_manager_beside_is_told_of_no_such_grant(app: Flask, deps: Deps) -> None:
    path = f"/api/v1/grants/{grant_ids(deps)[0]}/traffic"
    assert manager_at(app, BESIDE).get(path).status_code == 404


def test_it_does_not_read_what_others_judged(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    verify(zhao, show(li)["text"])
    with deps.db.begin() as tx:
        judged = dict(tx.execute(select(Verification)).mappings().one())
        others = [judged | {"id": f"{n}", "actor": f"staff:{n + 1000}"} for n in range(5_000)]
        tx.execute(insert(Verification), others)
        tx.execute(text("ANALYZE"))
    query = JUDGED.params(unit=1, item=1, type=1, since=clock.now)
    asked = plan(deps, query)
    assert "SCAN verifications" not in asked
    assert "Seq Scan on verifications" not in asked
