"""Acts in an assisted session: what protects is done at once, what opens waits for a colleague."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.acts import ask_delegation, confirm, decline, prepared, state_of, waiting
from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, ASSISTANCES, ask_assistance, begun, licence_in, person
from tests.support.delegations import accepted, listed, person_of
from tests.support.people import Visitor
from tests.support.showing import ask, refusal, show
from tests.support.units import told
from wallet import numbers
from wallet.demo.data import load_holders


def path(session: dict[str, Any], rest: str) -> str:
    return f"{ASSISTANCES}/{session['id']}/{rest}"


def test_a_freeze_needs_nobody_else_and_holds_for_the_delegate_too(
    app: Flask, wang: Visitor, granddaughter: Visitor
) -> None:
    session = begun(app, wang)
    act = wang.post(path(session, "freeze")).get_json()
    assert (act["kind"], act["state"], act["terminal"]) == ("freeze", "done", None)
    showing = granddaughter.post("/api/v1/me/codes", {"licences": [licence_in(session)]})
    assert refusal(showing) == (409, "grantor_frozen")
    assert refusal(wang.post(path(session, "freeze"))) == (409, "already_frozen")
    [event] = told(app, "act.done")
    assert (event["assistance"], event["kind"]) == (session["id"], "freeze")
    assert len(told(app, "account.frozen")) == 1


def test_a_freeze_at_the_counter_voids_the_code_on_the_phone(
    app: Flask, wang: Visitor, elder: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    code = show(elder, "senior-card")["text"]
    assert wang.post(path(session, "freeze")).status_code == 201
    assert ask(zhao, code, ALLOWANCE).get_json()["reason"] == "withdrawn"


def test_codes_may_be_shown_again_once_a_colleague_has_confirmed_it(
    app: Flask, wang: Visitor, liu: Visitor, elder: Visitor
) -> None:
    session = begun(app, wang)
    assert refusal(wang.post(path(session, "unfreeze"))) == (409, "not_frozen")
    wang.post(path(session, "freeze"))
    act = wang.post(path(session, "unfreeze")).get_json()
    assert act["state"] == "waiting"
    assert elder.get("/api/v1/me/freeze").get_json()["frozen_at"] is not None
    assert refusal(ask_delegation(wang, session)) == (409, "frozen")
    assert confirm(liu, act["id"]).get_json()["state"] == "done"
    # The lost phone is signed out, as when the holder lets it go on.
    assert elder.get("/api/v1/me/freeze").status_code == 401
    assert refusal(wang.post(path(session, "unfreeze"))) == (409, "not_frozen")


def test_a_delegation_is_offered_once_confirmed_and_counts_once_accepted(
    app: Flask, wang: Visitor, liu: Visitor, li: Visitor, elder: Visitor
) -> None:
    before = len(listed(elder))
    received = len(listed(li, "received"))
    session = begun(app, wang)
    act = prepared(wang, session, items=[ALLOWANCE])
    made = act["content"]["delegation"]
    assert (made["name"], made["code"]) == ("李明", person_of("holder-li")["code"])
    assert [one["code"] for one in made["items"]] == [ALLOWANCE]
    assert (made["starts_on"], made["ends_on"]) == (day_in(0), day_in(30))
    assert (len(listed(elder)), len(listed(li, "received"))) == (before, received)
    assert confirm(liu, act["id"]).status_code == 200
    offer = listed(li, "received")[0]
    assert (offer["state"], offer["grantor"]) == ("offered", "王秀英")
    assert accepted(li, offer)["state"] == "active"
    settled = state_of(wang, session, act["id"])
    assert (settled["state"], settled["terminal"]) == ("done", "帮办代办 2 号台")
    [event] = told(app, "act.confirmed")
    assert event["delegation"] is not None


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"ends_on": day_in(-1)}, (422, "delegation_period")),
        ({"ends_on": day_in(numbers.DELEGATION_DAYS_MAX)}, (422, "delegation_period")),
        ({"ends_on": day_in(numbers.DELEGATION_DAYS_MAX - 1)}, None),
        ({"items": ["no-such-item"]}, (422, "unknown_item")),
        ({"delegate": person_of("holder-elder")}, (422, "delegation_to_self")),
        ({"delegate": person_of("holder-li") | {"code": "150602199003077514"}}, (422, "holder_code")),
        ({"licences": []}, (422, "invalid")),
    ],
)  # fmt: skip
def test_it_is_held_against_the_rules_before_a_colleague_is_called(
    app: Flask, wang: Visitor, other: dict[str, Any], expected: tuple[int, str] | None
) -> None:
    answer = ask_delegation(wang, begun(app, wang), **other)
    if expected is None:
        assert answer.status_code == 201
    else:
        assert refusal(answer) == expected


def test_only_the_served_persons_own_licences_can_be_given(
    app: Flask, wang: Visitor, li: Visitor
) -> None:
    others = begun(app, wang, "holder-li")["licences"][0]["identifier"]
    answer = ask_delegation(wang, begun(app, wang), licences=[others])
    assert answer.status_code == 404


def test_the_same_twice_is_one_act_and_not_too_many_wait(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    assert prepared(wang, session)["id"] == prepared(wang, session)["id"]
    for days in range(1, numbers.ACTS_WAITING_MAX):
        prepared(wang, session, ends_on=day_in(days))
    beyond = ask_delegation(wang, session, ends_on=day_in(29))
    assert refusal(beyond) == (409, "too_many_waiting")


def test_an_act_that_waits_can_be_taken_back(app: Flask, wang: Visitor, liu: Visitor) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)["id"]
    assert wang.delete(path(session, f"acts/{act}")).status_code == 204
    assert wang.delete(path(session, f"acts/{act}")).status_code == 204
    assert state_of(wang, session, act)["state"] == "withdrawn"
    assert waiting(liu) == []
    assert refusal(confirm(liu, act)) == (409, "act_settled")
    declined = prepared(wang, session)["id"]
    decline(liu, declined)
    assert refusal(wang.delete(path(session, f"acts/{declined}"))) == (409, "act_settled")


def test_a_delegation_is_ended_at_once_by_whoever_is_served(
    app: Flask, wang: Visitor, granddaughter: Visitor
) -> None:
    session = begun(app, wang)
    [given] = wang.get(path(session, "delegations")).get_json()["items"]
    assert (given["side"], given["state"]) == ("given", "active")
    for _twice in range(2):
        assert wang.delete(path(session, f"delegations/{given['id']}")).status_code == 204
    assert listed(granddaughter)[0]["state"] == "ended"
    [event] = told(app, "act.done")
    assert event["kind"] == "delegation_end"
    assert wang.get(path(session, "delegations")).get_json()["items"] == []


def test_nobody_ends_a_delegation_of_others(app: Flask, wang: Visitor, elder: Visitor) -> None:
    theirs = listed(elder)[0]["id"]
    session = begun(app, wang, "holder-li")
    assert wang.delete(path(session, f"delegations/{theirs}")).status_code == 404


def test_who_has_never_signed_in_is_served_too(
    app: Flask, wang: Visitor, liu: Visitor, li: Visitor, never_signed_in: dict[str, str]
) -> None:
    session = ask_assistance(wang, never_signed_in).get_json()
    assert wang.get(path(session, "delegations")).get_json()["items"] == []
    act = prepared(wang, session, licences=[session["licences"][0]["identifier"]])["id"]
    assert confirm(liu, act).status_code == 200
    offer = listed(li, "received")[0]
    assert offer["grantor"] == never_signed_in["name"]
    assert wang.post(path(session, "freeze")).status_code == 201


def test_an_organisation_and_a_child_are_not_acted_for(app: Flask, wang: Visitor) -> None:
    company = load_holders()["holder-company"]
    assert company.organisation is not None
    assert company.child is not None
    for code_type, code, name, slug in (
        ("001", company.organisation.code, company.organisation.name, "holder_not_person"),
        ("111", company.child.code, company.child.name, "holder_child"),
    ):
        served = {"code_type": code_type, "code": code, "name": name}
        session = ask_assistance(wang, served).get_json()
        assert refusal(wang.post(path(session, "freeze"))) == (409, slug)


def test_nothing_is_done_after_the_session_has_ended(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    clock.advance(numbers.ASSISTANCE_LIFE)
    assert refusal(wang.post(path(session, "freeze"))) == (409, "assistance_ended")
    assert refusal(ask_delegation(wang, session)) == (409, "assistance_ended")
    assert refusal(wang.get(path(session, "delegations"))) == (409, "assistance_ended")


def test_a_person_found_by_name_is_the_same(app: Flask, wang: Visitor) -> None:
    slip = {"evidence": {"kind": "signed_slip"}}
    session = ask_assistance(wang, person(app), **slip).get_json()
    assert prepared(wang, session)["state"] == "waiting"
