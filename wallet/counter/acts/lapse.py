"""Settle what nobody has confirmed before its session was over: the code of a delegate is kept no longer than it waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update

from wallet.base.deps import Deps
from wallet.counter.acts.content import without_code
from wallet.counter.acts.model import ENDED, AssistedAct
from wallet.counter.model import Assistance


def lapse_acts(deps: Deps, now: datetime, limit: int) -> int:
    """Note at most `limit` acts as ended; gives how many. The worker's part: for everybody else they are so already."""
    over = (
        select(AssistedAct.id, AssistedAct.content_sealed)
        .join(Assistance, Assistance.id == AssistedAct.assistance_id)
        .where(
            AssistedAct.outcome.is_(None),
            or_(Assistance.ended_at.is_not(None), Assistance.ends_at <= now),
        )
        .order_by(AssistedAct.id)
        .limit(limit)
    )
    if not deps.db.rows(over):
        return 0
    with deps.db.begin() as tx:
        acts = tx.execute(over).all()
        for act in acts:
            tx.execute(
                update(AssistedAct)
                .where(AssistedAct.id == act.id, AssistedAct.outcome.is_(None))
                .values(outcome=ENDED, content_sealed=without_code(deps.vault, act.content_sealed))
            )
    return len(acts)
