"""Showing writes no row, and showing and verifying run a known number of SQL statements.

One statement more is one round trip more for every citizen at every desk.
"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.people import Visitor
from tests.support.showing import (
    IDENTITY,
    ask,
    counted_statements,
    created,
    identifier_of,
    next_code,
    open_code,
    row_counts,
    show,
    state,
)
from wallet.base.deps import Deps


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


def test_opening_refreshing_and_asking_write_no_row(
    li: Visitor, granddaughter: Visitor, deps: Deps
) -> None:
    before = row_counts(deps)
    for holder, type_code, role in (
        (li, "food-operation-permit", "own"),
        (granddaughter, "senior-card", "delegate"),
    ):
        code = show(holder, type_code, role=role)
        created(next_code(holder, code))
        assert state(holder, code)["state"] == "waiting"
    open_code(li, "1.2.3")
    assert row_counts(deps) == before


def test_a_showing_and_its_refresh_cost_the_session_and_one_query(app: Flask, li: Visitor) -> None:
    identifier = identifier_of(li, "food-operation-permit")
    with counted_statements(app) as opening:
        code = created(open_code(li, identifier))
    with counted_statements(app) as refreshing:
        created(next_code(li, code))
    for statements in (opening, refreshing):
        assert [statement.split()[0] for statement in statements] == ["SELECT"] * 2


def test_several_licences_cost_no_more_than_one(app: Flask, li: Visitor) -> None:
    chosen = [identifier_of(li, code) for code in ("food-operation-permit", "driving-licence")]
    with counted_statements(app) as statements:
        created(open_code(li, *chosen))
    assert len(statements) == 2


def test_an_acceptance_costs_session_grant_state_claim_and_three_records(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    code = show(li)
    with counted_statements(app) as statements:
        assert ask(zhao, code["text"]).get_json()["verdict"] == "accepted"
    assert [what(statement) for statement in statements] == [
        "SELECT", "SELECT", "SELECT", "INSERT INTO claims", "INSERT INTO verifications",
        "INSERT INTO uses", "INSERT INTO audit_events",
    ]  # fmt: skip


def test_two_licences_in_a_code_cost_a_desk_no_more_than_one(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    code = show(li, "driving-licence", "special-equipment-operator")
    with counted_statements(app) as statements:
        assert ask(zhao, code["text"], IDENTITY).get_json()["verdict"] == "accepted"
    assert len(statements) == 7


def test_a_refusal_of_the_text_costs_session_grant_and_two_records(
    app: Flask, zhao: Visitor
) -> None:
    with counted_statements(app) as statements:
        assert ask(zhao, "not a code").get_json()["reason"] == "malformed"
    assert [what(statement) for statement in statements] == [
        "SELECT", "SELECT", "INSERT INTO verifications", "INSERT INTO audit_events",
    ]  # fmt: skip


def what(statement: str) -> str:
    """SELECT, or INSERT INTO and the table."""
    words = statement.split()
    return words[0] if words[0] == "SELECT" else " ".join(words[:3])
