"""An application on its way: written with proof, handed in, reviewed, approved by a second person, filed, granted."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from tests.support.applications import (
    APPLICATIONS,
    ELSEWHERE,
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
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, ask, fields_of, refusal, show, verify
from tests.support.units import BANK, CITY, told, unit_id
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.relying.model import Grant
from wallet.relying.onboarding.model import Application


def _without_grants(deps: Deps, item: str) -> None:
    with deps.db.begin() as tx:
        tx.execute(delete(Grant).where(Grant.id.in_(grant_ids(deps, item))))


def _granted(deps: Deps, item: str) -> list[Grant]:
    return list(deps.db.rows(select(Grant).where(Grant.id.in_(grant_ids(deps, item)))))  # type: ignore[arg-type]


def test_a_social_scenario_is_granted_once_it_is_filed_and_not_before(
    app: Flask, bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    _without_grants(deps, LOAN)
    made = begun(bank, opens="08:30", closes="08:30")
    assert refusal(step(bank, made, "submission")) == (422, "proof_required")
    assert proved(bank, made).status_code == 201
    assert took(step(bank, made, "submission"))["state"] == "submitted"
    assert took(step(sun, made, "review", {"decision": "pass"}))["state"] == "reviewed"
    assert took(step(wu, made, "approval", {"decision": "approve"}))["state"] == "approved"
    assert _granted(deps, LOAN) == []
    assert LOAN not in bank.get("/api/v1/me").get_json()["items"]
    done = filed(sun, made)
    assert done["state"] == "granted"
    assert done["filing"]["number"].startswith("BB-150600-")
    grants = _granted(deps, LOAN)
    assert [(one.fields, one.quota_per_day, str(one.ends_on)) for one in grants] == [
        (["obligee", "number"], 500, day_in(364))
    ]
    assert [(str(one.opens), str(one.closes)) for one in grants] == [("08:30:00", "08:30:00")]
    assert LOAN in bank.get("/api/v1/me").get_json()["items"]
    acts = [one["act"] for one in done["steps"]]
    assert acts == ["written", "submitted", "reviewed", "approved", "filed", "granted"]
    for act in acts:
        events = [one for one in told(app, f"application.{act}") if one["application"] == int(made)]
        assert events[-1]["unit"] == unit_id(deps, BANK)
    [given] = told(app, "grant.given")
    assert (given["application"], given["fields"]) == (int(made), ["obligee", "number"])


def test_a_government_item_is_granted_with_its_approval(
    app: Flask, qian: Visitor, sun: Visitor, wu: Visitor
) -> None:
    li, zhao = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    assert refusal(ask(zhao, show(li, FOOD)["text"], ELSEWHERE)) == (403, "not_permitted")
    made = submitted(qian, ELSEWHERE)
    assert passed(sun, wu, made)["state"] == "granted"
    assert fields_of(verify(zhao, show(li, FOOD)["text"], ELSEWHERE)) == [
        ["number", "operator_name"]
    ]
    assert refusal(step(sun, made, "filing", {"measures": "专网传输"})) == (
        409,
        "application_state",
    )


def test_what_was_granted_before_is_replaced_for_the_types_that_it_names_and_stays_suspended(
    bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    before = {one.id: one for one in _granted(deps, LOAN)}
    assert len(before) == 2
    change_grant(deps, LOAN, ESTATE, suspended_at=None, quota_per_day=7)
    made = submitted(bank)
    passed(sun, wu, made)
    change_grant(deps, LOAN, suspended_by="rule", suspension_reason="", networks=None)
    filed(wu, made)
    after = {one.id: one for one in _granted(deps, LOAN)}
    assert after.keys() == before.keys()
    changed = [id for id in before if after[id].fields != before[id].fields]
    assert [after[id].quota_per_day for id in changed] == [500]
    assert {after[id].suspended_by for id in after} == {"rule"}


def test_a_returned_application_is_mended_and_handed_in_again(
    bank: Visitor, sun: Visitor, wu: Visitor
) -> None:
    made = submitted(bank)
    path = f"{APPLICATIONS}/{made}"
    changed = {"content": loan_content(quota_per_day=20)}
    assert refusal(bank.http.put(path, json=changed, headers=bank._csrf())) == (
        409,
        "application_state",
    )
    assert refusal(step(sun, made, "review", {"decision": "return"})) == (422, "reason_required")
    took(step(sun, made, "review", {"decision": "return", "reason": "次数过多"}))
    mended = bank.http.put(path, json=changed, headers=bank._csrf())
    assert took(mended)["content"]["quota_per_day"] == 20
    took(step(bank, made, "submission"))
    took(step(sun, made, "review", {"decision": "pass"}))
    # The second person may return it too: then the review begins anew.
    took(step(wu, made, "approval", {"decision": "return", "reason": "请补公函"}))
    took(step(bank, made, "submission"))
    assert passed(wu, sun, made)["state"] == "approved"


def test_a_rejected_application_ends_and_another_may_be_begun(
    bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    assert refusal(bank.post(APPLICATIONS, {"item": LOAN, "content": loan_content()})) == (
        409,
        "application_exists",
    )
    took(step(sun, made, "review", {"decision": "reject", "reason": "没有必要"}))
    assert refusal(step(bank, made, "submission")) == (409, "application_state")
    assert refusal(step(bank, made, "withdrawal")) == (409, "application_state")
    again = submitted(bank)
    took(step(sun, again, "review", {"decision": "pass"}))
    rejected = step(wu, again, "approval", {"decision": "reject", "reason": "没有必要"})
    assert took(rejected)["state"] == "rejected"
    begun(bank)


@pytest.mark.parametrize("state", ["draft", "submitted", "reviewed", "approved"])
def test_the_party_takes_it_back_before_it_is_granted(
    bank: Visitor, sun: Visitor, wu: Visitor, state: str
) -> None:
    made = begun(bank) if state == "draft" else submitted(bank)
    if state in ("reviewed", "approved"):
        took(step(sun, made, "review", {"decision": "pass"}))
    if state == "approved":
        took(step(wu, made, "approval", {"decision": "approve"}))
    assert took(step(bank, made, "withdrawal"))["state"] == "withdrawn"
    if state == "approved":
        answer = step(sun, made, "filing", {"measures": "专网传输"})
        assert refusal(answer) == (409, "application_state")


def test_review_and_approval_are_two_peoples_and_neither_is_the_authors(
    app: Flask, bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    approval = {"decision": "approve"}
    assert refusal(step(wu, made, "approval", approval)) == (409, "application_state")
    took(step(sun, made, "review", {"decision": "pass"}))
    assert refusal(step(sun, made, "approval", approval)) == (403, "four_eyes")
    took(step(wu, made, "approval", approval))
    author = sun.get("/api/v1/me").get_json()["account"]
    with deps.db.begin() as tx:
        tx.execute(update(Application).values(state="submitted", authors=[author]))
    assert refusal(step(sun, made, "review", {"decision": "pass"})) == (403, "four_eyes")


def test_the_item_and_its_unit_are_looked_at_again_at_each_step(
    bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    change_item(deps, LOAN, materials=[])
    assert refusal(step(sun, made, "review", {"decision": "pass"})) == (422, "invalid_application")
    change_item(deps, LOAN, withdrawn_at=read_clock())
    assert refusal(step(sun, made, "review", {"decision": "pass"})) == (422, "invalid_application")
    took(step(sun, made, "review", {"decision": "reject", "reason": "事项已撤下"}))


def test_managers_alone_decide_and_ask_for_a_step_up_elsewhere(app: Flask, bank: Visitor) -> None:
    made = submitted(bank)
    assert refusal(step(bank, made, "review", {"decision": "pass"})) == (403, "not_permitted")
    assert sign_in(app, "desk-zhao").get(APPLICATIONS).status_code == 403
    assert sign_in(app, "manager-han").get(f"{APPLICATIONS}/{made}").status_code == 200
    assert sign_in(app, "manager-han").get(f"{APPLICATIONS}/{made}").get_json()["decider"] == CITY
