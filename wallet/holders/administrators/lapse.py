"""An invitation that nobody has answered in its time: the organisation is told that it has lapsed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from wallet.base import outbox
from wallet.base.database import AnySelect
from wallet.base.deps import Deps
from wallet.holders.acting import TOPIC
from wallet.holders.administrators.model import IS_WAITING, AdministratorOffer


def tell_of_lapsed(deps: Deps, now: datetime, limit: int) -> int:
    """Leave word of at most so many; gives of how many. Nobody is told whether there is such a person."""
    with deps.db.begin() as tx:
        # Two workers on PostgreSQL share the rows between them.
        rows = tx.execute(due_lapses(now, limit).with_for_update(skip_locked=True)).all()
        if rows:
            over = update(AdministratorOffer).where(
                AdministratorOffer.id.in_([row.id for row in rows])
            )
            tx.execute(over.values(closed_at=now))
            said = [{"act": "lapsed", "holder": row.holder_id, "person": None} for row in rows]
            outbox.put_all(tx, TOPIC, now, said)
    return len(rows)


def due_lapses(now: datetime, limit: int) -> AnySelect:
    """Query of at most so many whose time is over and that were not told of."""
    return (
        select(AdministratorOffer.id, AdministratorOffer.holder_id)
        .where(IS_WAITING, AdministratorOffer.answer_until <= now)
        .order_by(AdministratorOffer.answer_until)
        .limit(limit)
    )
