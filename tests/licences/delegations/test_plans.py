"""Whose delegations they are is found by indexes, however many there are of others."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from tests.support.clock import Clock
from tests.support.delegations import principal_of
from tests.support.people import Visitor
from wallet.base.clock import local_day
from wallet.base.database import AnySelect
from wallet.base.deps import Deps
from wallet.holders.model import Holder
from wallet.licences.delegations.listed import visible
from wallet.licences.delegations.model import Delegation
from wallet.licences.delegations.tell import due_ends

_OTHERS = 5_000


@pytest.fixture
def many(deps: Deps, li: Visitor, clock: Clock) -> Deps:
    """A library in which others have delegated much to others."""
    grantor, now = principal_of(deps, "holder-li"), clock.now
    today = local_day(now)
    persons = [
        {
            "kind": "person",
            "code_type": "111",
            "code_index": secrets.token_bytes(16),
            "code_sealed": b"x",
            "name_sealed": b"x",
        }
        for _ in range(_OTHERS // 5)
    ]
    with deps.db.begin() as tx:
        tx.execute(insert(Holder), persons)
        latest = select(Holder.id).order_by(Holder.id.desc()).limit(len(persons))
        grantors = tx.execute(latest).scalars().all()
    rows = [
        {
            "public_id": secrets.token_urlsafe(12),
            "kind": "family",
            "grantor_id": grantors[number % len(grantors)],
            "account_id": grantor.id if number < 100 else None,
            "any_item": True,
            "starts_on": today,
            "ends_on": today + timedelta(days=30),
            "offered_at": now,
            "offered_by": grantor.id,
            "answer_until": now + timedelta(days=7),
            "accepted_at": now if number < 100 else None,
            "over_at": now + timedelta(days=7),
            "code_type": "111",
            "code_index": secrets.token_bytes(16),
            "name_index": secrets.token_bytes(16),
            "name_sealed": b"x",
            "code_masked_sealed": b"x",
        }
        for number in range(_OTHERS)
    ]
    with deps.db.begin() as tx:
        tx.execute(insert(Delegation), rows)
    with deps.db.begin() as tx:
        tx.execute(text("ANALYZE"))
    return deps


def plan(deps: Deps, query: AnySelect) -> str:
    explain = "EXPLAIN QUERY PLAN" if deps.db.is_sqlite else "EXPLAIN"
    with deps.db.engine.connect() as tx:

        @event.listens_for(tx, "before_cursor_execute", retval=True)
        def explained(*given: Any) -> tuple[str, Any]:
            return f"{explain} {given[2]}", given[3]

        return str(tx.execute(query).cursor.fetchall())


@pytest.mark.parametrize("side", [None, "given", "received"])
def test_an_account_without_delegations_reads_none(
    many: Deps, clock: Clock, side: str | None
) -> None:
    nobody = principal_of(many, "holder-elder")
    query = visible(many, nobody, clock.now, Delegation, side=side)
    asked = plan(many, query.order_by(Delegation.id.desc()).limit(31))
    assert "SCAN delegations" not in asked
    assert "Seq Scan on delegations" not in asked
    assert "Backward using pk_delegations" not in asked
    assert "pk_delegations" in asked or "PRIMARY KEY" in asked


def test_what_is_over_is_found_by_its_time(many: Deps, clock: Clock) -> None:
    assert "ix_delegations_over_at" in plan(many, due_ends(clock.now, 100))
