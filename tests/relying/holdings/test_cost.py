"""A look-up runs a known number of SQL statements, however many materials and licences there are."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.showing.test_cost import what
from tests.support.holdings import ON_POST, ask_holdings
from tests.support.people import Visitor
from tests.support.showing import DRIVING, IDENTITY, OPERATOR, counted_statements, show, verify


@pytest.mark.parametrize(
    ("item", "types"), [(ON_POST, [OPERATOR]), (IDENTITY, [OPERATOR, DRIVING])]
)
def test_it_costs_session_grant_item_state_licences_and_two_records(
    app: Flask, li: Visitor, zhao: Visitor, item: str, types: list[str]
) -> None:
    code = show(li, *types)
    with counted_statements(app) as statements:
        assert ask_holdings(zhao, {"code": code["text"]}, item).status_code == 200
    assert [what(statement) for statement in statements] == [
        "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "INSERT INTO look_ups",
        "INSERT INTO audit_events",
    ]  # fmt: skip


def test_after_the_own_verification_it_costs_one_more(
    app: Flask, li: Visitor, zhao: Visitor
) -> None:
    code = show(li, OPERATOR)
    verify(zhao, code["text"], ON_POST)
    with counted_statements(app) as statements:
        assert ask_holdings(zhao, {"code": code["text"]}).status_code == 200
    assert len(statements) == 8
