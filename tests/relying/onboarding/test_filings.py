"""报备: what was approved below is filed above before it goes live; the unit above notes it, or objects."""

from __future__ import annotations

from flask import Flask

from tests.support.applications import APPLICATIONS, LOAN, filed, passed, step, submitted, took
from tests.support.beyond import beyond, grant_ids
from tests.support.consent import answer, asked
from tests.support.people import Visitor, sign_in
from tests.support.showing import MARRIAGE, ask, refusal, show
from tests.support.units import told
from wallet.base.deps import Deps


def _filed(bank: Visitor, sun: Visitor, wu: Visitor) -> str:
    made = submitted(bank)
    passed(sun, wu, made)
    filed(sun, made)
    return made


def test_the_unit_above_notes_a_filing_once(
    bank: Visitor, sun: Visitor, wu: Visitor, han: Visitor
) -> None:
    made = _filed(bank, sun, wu)
    noted = took(step(han, made, "filing/answer", {"answer": "noted"}))
    assert (noted["state"], noted["filing"]["answer"]) == ("granted", "noted")
    again = step(han, made, "filing/answer", {"answer": "objected", "reason": "晚了"})
    assert refusal(again) == (409, "filing_answered")


def test_an_objection_suspends_the_grants_of_that_item_at_once(
    app: Flask, bank: Visitor, sun: Visitor, wu: Visitor, han: Visitor
) -> None:
    made = _filed(bank, sun, wu)
    li = sign_in(app, "holder-li")
    assert refusal(step(han, made, "filing/answer", {"answer": "objected"})) == (
        422,
        "reason_required",
    )
    body = {"answer": "objected", "reason": "个人信息保护措施不足"}
    assert took(step(han, made, "filing/answer", body))["filing"]["answer"] == "objected"
    assert "暂停" in beyond(ask(bank, show(li, MARRIAGE)["text"], LOAN))
    assert len(told(app, "grant.suspended")) == 2
    # Another item of the same bank goes on.
    code, verdict = asked(li, bank)
    assert verdict["verdict"] == "pending"
    assert answer(li, code, True).status_code == 204


def test_the_party_is_told_of_an_objection_and_the_unit_that_filed_it_does_not_lift_it(
    bank: Visitor, sun: Visitor, wu: Visitor, han: Visitor, deps: Deps
) -> None:
    made = _filed(bank, sun, wu)
    took(step(han, made, "filing/answer", {"answer": "objected", "reason": "个人信息保护措施不足"}))
    notices = bank.get("/api/v1/notices").get_json()["items"]
    grants = sorted(str(id) for id in grant_ids(deps, LOAN))
    assert sorted(one["grant"] for one in notices if one["kind"] == "suspended") == grants
    path = f"/api/v1/grants/{grants[0]}/suspension"
    assert refusal(sun.delete(path)) == (403, "suspended_above")
    assert han.delete(path).status_code == 200
    assert sun.http.put(path, json={"reason": "核查"}, headers=sun._csrf()).status_code == 200
    assert han.delete(path).status_code == 200


def test_who_filed_it_and_who_is_not_above_do_not_answer(
    bank: Visitor, sun: Visitor, wu: Visitor
) -> None:
    made = _filed(bank, sun, wu)
    assert refusal(step(wu, made, "filing/answer", {"answer": "noted"})) == (409, "filing_answered")
    assert refusal(step(bank, made, "filing/answer", {"answer": "noted"})) == (403, "not_permitted")


def test_what_measures_are_taken_must_be_said(bank: Visitor, sun: Visitor, wu: Visitor) -> None:
    made = submitted(bank)
    passed(sun, wu, made)
    for body in ({}, {"measures": ""}, {"measures": "一" * 1001}):
        assert step(sun, made, "filing", body).status_code == 422
    assert sun.get(f"{APPLICATIONS}/{made}").get_json()["state"] == "approved"


def test_at_the_top_it_is_filed_with_nobody(
    app: Flask, bank: Visitor, sun: Visitor, han: Visitor
) -> None:
    made = submitted(bank)
    passed(sun, han, made)
    done = filed(han, made)
    assert (done["filing"]["with_unit_name"], done["filing"]["number"][:9]) == ("", "BB-150000")
    assert refusal(step(han, made, "filing/answer", {"answer": "noted"})) == (
        409,
        "filing_answered",
    )
