"""What has changed while an application waited: its days, its item, its content, and what its party has already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.support.applications import (
    APPLICATIONS,
    ESTATE,
    LOAN,
    begun,
    day_in,
    filed,
    loan_content,
    passed,
    proved,
    step,
    submitted,
    took,
)
from tests.support.beyond import grant_ids
from tests.support.grants import change_grant, change_item
from tests.support.people import Visitor
from tests.support.showing import refusal
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.relying.model import Grant
from wallet.relying.onboarding.model import Application, ApplicationStep

PASS = {"decision": "pass"}


def _says(deps: Deps, made: str, **other: Any) -> None:
    """As if an application had been written so, some time ago."""
    with deps.db.begin() as tx:
        which = Application.id == int(made)
        content = tx.execute(select(Application.content).where(which)).scalar_one()
        tx.execute(update(Application).where(which).values(content=content | other))


def test_a_first_day_that_passed_while_it_waited_is_the_day_of_granting(
    bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    made = begun(bank)
    proved(bank, made)
    _says(deps, made, starts_on=day_in(-3))
    took(step(bank, made, "submission"))
    passed(sun, wu, made)
    filed(sun, made)
    estate = [
        row
        for row in deps.db.rows(select(Grant).where(Grant.id.in_(grant_ids(deps, LOAN))))
        if row.quota_per_day == 500
    ]
    assert [row.starts_on for row in estate] == [local_day(read_clock())]


def test_a_last_day_that_passed_while_it_waited_stops_it(
    bank: Visitor, sun: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    _says(deps, made, starts_on=day_in(-3), ends_on=day_in(-1))
    assert refusal(step(sun, made, "review", PASS)) == (422, "invalid_application")


def test_a_renewal_does_not_take_away_what_there_is_until_a_later_day(
    bank: Visitor, deps: Deps
) -> None:
    later = {"item": LOAN, "content": loan_content(starts_on=day_in(20))}
    answer = bank.post(APPLICATIONS, later)
    assert refusal(answer) == (422, "invalid_application")
    assert list(answer.get_json()["errors"]) == ["starts_on"]
    today = local_day(read_clock())
    change_grant(deps, LOAN, ESTATE, ends_on=today)
    assert bank.post(APPLICATIONS, later).status_code == 422
    change_grant(deps, LOAN, ESTATE, ends_on=today - timedelta(days=1))
    assert bank.post(APPLICATIONS, later).status_code == 201


@pytest.mark.parametrize(("decision", "state"), [("return", "returned"), ("reject", "rejected")])
def test_what_waits_for_its_filing_can_be_turned_down_when_its_item_has_changed(
    bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps, decision: str, state: str
) -> None:
    made = submitted(bank)
    passed(sun, wu, made)
    change_item(deps, LOAN, materials=[])
    filing = step(sun, made, "filing", {"measures": "专网传输"})
    assert refusal(filing) == (422, "invalid_application")
    again = step(wu, made, "approval", {"decision": "approve"})
    assert refusal(again) == (409, "application_state")
    down = step(sun, made, "approval", {"decision": decision, "reason": "事项已变"})
    assert took(down)["state"] == state


def test_what_changed_since_it_was_read_is_not_decided_on(
    bank: Visitor, sun: Visitor, wu: Visitor
) -> None:
    made = submitted(bank)
    seen = len(wu.get(f"{APPLICATIONS}/{made}").get_json()["steps"])
    took(step(sun, made, "review", {"decision": "return", "reason": "请减少次数"}))
    content = loan_content(quota_per_day=9999)
    bank.http.put(f"{APPLICATIONS}/{made}", json={"content": content}, headers=bank._csrf())
    took(step(bank, made, "submission"))
    stale = step(wu, made, "review", PASS | {"seen": seen})
    assert refusal(stale) == (409, "application_changed")
    now = len(wu.get(f"{APPLICATIONS}/{made}").get_json()["steps"])
    assert took(step(wu, made, "review", PASS | {"seen": now}))["state"] == "reviewed"


def test_what_was_never_handed_in_is_not_seen_above_when_it_is_taken_back(
    bank: Visitor, sun: Visitor
) -> None:
    draft = begun(bank)
    took(step(bank, draft, "withdrawal"))
    assert sun.get(f"{APPLICATIONS}/{draft}").status_code == 404
    assert sun.get(f"{APPLICATIONS}?state=withdrawn").get_json()["items"] == []
    handed_in = submitted(bank)
    took(step(bank, handed_in, "withdrawal"))
    assert sun.get(f"{APPLICATIONS}/{handed_in}").status_code == 200


def test_whoever_sent_in_a_proof_has_a_part_in_writing_it(bank: Visitor, deps: Deps) -> None:
    made = begun(bank)
    with deps.db.begin() as tx:
        tx.execute(update(Application).values(authors=["staff:0"]))
    proved(bank, made)
    account = bank.get("/api/v1/me").get_json()["account"]
    [row] = deps.db.rows(select(Application.authors).where(Application.id == int(made)))
    assert row.authors == ["staff:0", account]


def test_a_step_stays_with_the_unit_in_which_it_was_taken(
    bank: Visitor, sun: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    before = sun.get(f"{APPLICATIONS}/{made}").get_json()["steps"]
    with deps.db.begin() as tx:
        tx.execute(update(ApplicationStep).values(account="staff:999999"))
    after = sun.get(f"{APPLICATIONS}/{made}").get_json()["steps"]
    assert [one["unit_name"] for one in after] == [one["unit_name"] for one in before]
