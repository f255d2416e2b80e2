"""What is asked every few seconds, or with each page, goes by an index of its own however many
licences there are."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.support.shared import deps_of
from wallet.base.clock import read_clock
from wallet.base.database import AnySelect
from wallet.licences.issue import pending_before
from wallet.licences.model import AWAITS_REVIEW, CURRENT, Licence

SWEEP = pending_before(read_clock(), 30)
QUEUE = select(Licence.id).where(AWAITS_REVIEW, Licence.unit_id == 1).order_by(Licence.id)
COUNTS = (
    select(Licence.type_id, func.count())
    .where(CURRENT, Licence.unit_id == 1)
    .group_by(Licence.type_id)
)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (SWEEP, "ix_licences_awaits_sealing"),
        (QUEUE, "ix_licences_awaits_review"),
        (COUNTS, "ix_licences_current"),
    ],
)
def test_it_goes_by_its_index(shared_app: Flask, query: AnySelect, index: str) -> None:
    db = deps_of(shared_app).db
    with db.begin() as tx:
        if tx.dialect.name == "postgresql":
            # The few licences of the demo it would read through.
            tx.execute(text("SET LOCAL enable_seqscan = off"))
        asked = query.compile(tx, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
        plan = tx.exec_driver_sql(f"{explain} {asked}".replace("%", "%%")).all()
    assert index in str(plan)
