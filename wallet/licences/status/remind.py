"""Remind holders that a licence ends: some weeks before, some days before, and on its last day.

The licence knows on which day the next reminder is due, from its issue on, so a round of the worker
reads no more than it has to send. Nobody is told twice of one of these days: a worker that was away,
or a licence that was suspended meanwhile, leads to one reminder, with the days that are left then.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select, update

from wallet import numbers
from wallet.base import outbox
from wallet.base.clock import local_day
from wallet.base.database import AnySelect
from wallet.base.deps import Deps
from wallet.licences.model import TO_REMIND, Licence

TOPIC: Final = "licence.expiring"
_BEFORE: Final = (numbers.EXPIRING_DAYS, numbers.REMIND_AGAIN_DAYS, 0)
"""Days before the last good day."""


def next_reminder(valid_until: date | None, after: date) -> date | None:
    """The first day after `after` on which holders are reminded; None where there is none."""
    if valid_until is None:
        return None
    days = (valid_until - timedelta(days=before) for before in _BEFORE)
    return min((day for day in days if day > after), default=None)


def due_reminders(today: date, limit: int) -> AnySelect:
    """Query of at most so many licences of which holders are to be reminded on that day."""
    return (
        select(Licence.id, Licence.valid_until)
        .where(
            TO_REMIND,
            Licence.remind_on <= today,
            Licence.valid_until >= today,
            Licence.issued_at.is_not(None),
        )
        .order_by(Licence.remind_on)
        .limit(limit)
    )


def remind(deps: Deps, now: datetime, limit: int) -> int:
    """Send at most so many reminders that are due, each once. Returns how many."""
    today = local_day(now)
    with deps.db.begin() as tx:
        # Two workers on PostgreSQL share the rows between them.
        due = due_reminders(today, limit).with_for_update(skip_locked=True)
        rows = tx.execute(due).all()
        if not rows:
            return 0
        tx.execute(
            update(Licence)
            .where(Licence.id == bindparam("licence"))
            .values(remind_on=bindparam("on")),
            [{"licence": row.id, "on": next_reminder(row.valid_until, today)} for row in rows],
        )
        outbox.put_all(tx, TOPIC, now, [{"licence": row.id} for row in rows])
    return len(rows)
