"""What the worker asks in every round, and for every line, goes by an index however many licences there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.shared import deps_of
from tests.support.showing import counted_statements
from wallet.base.clock import read_clock
from wallet.base.database import AnySelect
from wallet.licences.model import Licence
from wallet.queue.fan_out import fan_out
from wallet.relying.merchant_checks import answer, tell
from wallet.relying.merchant_checks.answer import answer_some
from wallet.relying.merchant_checks.forget import forget_checks

BY_NUMBER = select(Licence.id).where(Licence.type_id.in_([1, 2]), Licence.number_index.in_([b"1"]))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (lambda: answer._WAITING, "ix_merchant_checks_finished_at"),
        (lambda: BY_NUMBER, "ix_licences_number_index"),
        (lambda: tell._lines_of([1, 2], read_clock()), "ix_merchant_check_lines_licence_id"),
    ],
)
# PostgreSQL plans by how many rows there are, and of the demo's few it may read any index.
@pytest.mark.parametrize(
    "shared_app", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True
)
def test_it_goes_by_its_index(
    shared_app: Flask, query: Callable[[], AnySelect], index: str
) -> None:
    with deps_of(shared_app).db.read() as tx:
        asked = query().compile(tx, compile_kwargs={"literal_binds": True})
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}".replace("%", "%%")).all()
    assert index in str(plan)


def test_where_no_list_waits_a_round_costs_two_statements_and_no_transaction(
    shared_app: Flask,
) -> None:
    deps = deps_of(shared_app)
    while fan_out(deps, read_clock()):
        pass
    with counted_statements(shared_app) as statements:
        assert answer_some(deps, read_clock()) == 0
        assert forget_checks(deps, read_clock()) == 0
    assert len(statements) == 2
    assert all(words.startswith("SELECT") for words in statements)
