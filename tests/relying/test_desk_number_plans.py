"""Drawing a number lets go of what is over, and reads no number that still counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, text

from tests.licences.delegations.test_plans import plan
from tests.support.clock import Clock
from wallet.base.deps import Deps
from wallet.organisations.model import Unit
from wallet.relying.desk_numbers.draw import let_go
from wallet.relying.desk_numbers.model import DeskNumber, SentShowing

_OTHERS = 5_000


def test_what_is_let_go_is_found_by_indexes(deps: Deps, clock: Clock) -> None:
    now = clock.now
    with deps.db.begin() as tx:
        unit = tx.execute(select(Unit.id).limit(1)).scalar_one()
        drawn = {"unit_id": unit, "terminal": "1", "ends_at": now + timedelta(minutes=5)}
        each = range(_OTHERS)
        tx.execute(
            insert(DeskNumber), [drawn | {"number": f"{one:06}", "desk": f"d{one}"} for one in each]
        )
        sent = {"showing_id": "x", "session_id": 1, "sent_at": now}
        tx.execute(
            insert(SentShowing), [sent | {"jti": f"j{one}", "desk": f"d{one}"} for one in each]
        )
    with deps.db.begin() as tx:
        tx.execute(text("ANALYZE"))
    own, showings = (plan(deps, _any(deletion)) for deletion in let_go("d1", now))
    for table, asked in (("desk_numbers", own), ("sent_showings", showings)):
        assert f"Seq Scan on {table}" not in asked, asked
        assert f"SCAN {table}" not in asked, asked
    assert "ix_desk_numbers_ends_at" in own
    assert "ix_sent_showings_sent_at" in showings


def _any(statement: Any) -> Any:
    return statement
