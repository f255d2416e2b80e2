"""What is asked every few seconds, or with each page, goes by an index of its own however many
licences there are."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.shared import deps_of
from wallet.base.clock import local_day, read_clock
from wallet.base.database import AnySelect
from wallet.licences.issue import pending_before
from wallet.licences.model import AWAITS_REVIEW, CURRENT, Licence
from wallet.licences.status.remind import due_reminders

SWEEP = pending_before(read_clock(), 30)
QUEUE = select(Licence.id).where(AWAITS_REVIEW, Licence.unit_id == 1).order_by(Licence.id)
COUNTS = (
    select(Licence.type_id, func.count())
    .where(CURRENT, Licence.unit_id == 1)
    .group_by(Licence.type_id)
)
REMINDERS = due_reminders(local_day(read_clock()), 100)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (SWEEP, "ix_licences_awaits_sealing"),
        (QUEUE, "ix_licences_awaits_review"),
        (COUNTS, "ix_licences_current"),
        (REMINDERS, "ix_licences_to_remind"),
    ],
)
# PostgreSQL plans by how many rows there are, and of the demo's few it may read any index.
@pytest.mark.parametrize(
    "shared_app", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True
)
def test_it_goes_by_its_index(shared_app: Flask, query: AnySelect, index: str) -> None:
    with deps_of(shared_app).db.read() as tx:
        asked = query.compile(tx, compile_kwargs={"literal_binds": True})
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}".replace("%", "%%")).all()
    assert index in str(plan)
