"""Assisted sessions: begun on evidence for whoever is there, one staff member's, over after a quarter of an hour."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.counter import ASSISTANCES, ask_assistance, begun, person
from tests.support.people import Visitor, sign_in
from tests.support.showing import refusal
from tests.support.units import add_member, told
from wallet import numbers


def test_a_card_that_was_read_is_enough_and_the_name_is_masked(app: Flask, wang: Visitor) -> None:
    elder = person(app)
    answer = ask_assistance(wang, {key: elder[key] for key in ("code_type", "code")})
    session = answer.get_json()
    assert (answer.status_code, session["holder"]) == (201, "王*")
    types = {one["type"]["code"] for one in session["licences"] if one["status"] == "valid"}
    assert "senior-card" in types
    assert len(types) >= 2
    [event] = told(app, "assistance.begun")
    assert (event["assistance"], event["evidence"]) == (session["id"], "card_seen")
    assert elder["code"] not in str(event)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"evidence": {"kind": "signed_slip"}}, 201),
        ({"evidence": {"kind": "guardian"}}, "reference_required"),
        ({"evidence": {"kind": "guardian", "reference": "监护证明 12 号"}}, 201),
        ({"evidence": {"kind": "reference"}}, "reference_required"),
        ({"evidence": {"kind": "face"}}, "invalid"),
        ({"evidence": {}}, "invalid"),
        ({"matter": ""}, "invalid"),
        ({"matter": "一" * numbers.MATTER_MAX}, 201),
        ({"matter": "一" * (numbers.MATTER_MAX + 1)}, "invalid"),
        ({"matter": "津贴\u202e"}, "invalid"),
        ({"more": 1}, "invalid"),
    ],
)
def test_what_must_be_said(
    app: Flask, wang: Visitor, other: dict[str, Any], expected: int | str
) -> None:
    answer = ask_assistance(wang, person(app), **other)
    said = answer.status_code if answer.status_code == 201 else answer.get_json()["slug"]
    assert said == expected


def test_without_a_card_the_name_is_needed_and_a_wrong_one_finds_nobody(
    app: Flask, wang: Visitor
) -> None:
    elder = person(app)
    slip = {"evidence": {"kind": "signed_slip"}}
    assert refusal(ask_assistance(wang, elder | {"name": ""}, **slip)) == (422, "name_required")
    wrong = ask_assistance(wang, elder | {"name": "王秀兰"}, **slip)
    unknown = ask_assistance(wang, elder | {"code": "150602194806152641"}, **slip)
    assert refusal(wrong) == refusal(unknown) == (404, "holder_unknown")
    assert wrong.get_json() == unknown.get_json()
    assert len(told(app, "assistance.refused")) == 2
    assert refusal(ask_assistance(wang, elder | {"code": "150602194806152626"})) == (
        422,
        "holder_code",
    )


def test_a_name_is_found_in_every_width_and_with_spaces(app: Flask, wang: Visitor) -> None:
    elder = person(app)
    assert ask_assistance(wang, elder | {"name": " 王 秀 英 "}).status_code == 201


def test_it_is_one_staff_members_and_ends_by_itself(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    path = f"{ASSISTANCES}/{session['id']}"
    add_member(app, "counter-two", "12150602MADEM0222X", ["counter"])
    assert refusal(sign_in(app, "counter-two").get(path)) == (404, "assistance_unknown")
    clock.advance(numbers.ASSISTANCE_LIFE - 1)
    assert wang.get(path).status_code == 200
    clock.advance(1)
    assert refusal(wang.get(path)) == (409, "assistance_ended")


def test_it_is_ended_once(app: Flask, wang: Visitor) -> None:
    path = f"{ASSISTANCES}/{begun(app, wang)['id']}"
    for _ in range(2):
        assert wang.delete(path).status_code == 204
    assert refusal(wang.get(path)) == (409, "assistance_ended")
    assert len(told(app, "assistance.ended")) == 1


@pytest.mark.parametrize("name", ["x", "a" * 300, "%00", "\u202e"])
def test_a_session_that_there_is_not_is_not_found(wang: Visitor, name: str) -> None:
    assert wang.get(f"{ASSISTANCES}/{name}").status_code == 404
