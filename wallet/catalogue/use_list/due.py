"""A version that was published for a day to come: on that day it counts, or goes back where a rule no longer lets it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from wallet.base.clock import local_day
from wallet.base.database import AnySelect
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItemVersion
from wallet.catalogue.register import move, note_step
from wallet.catalogue.review import mark_published
from wallet.catalogue.use_list.drafts import ITEMS
from wallet.catalogue.use_list.entry import checked_item
from wallet.catalogue.use_list.publish import put_item
from wallet.errors import Conflict, Invalid

SCHEDULE: Final = "schedule"
"""The account of the steps that a day brings."""


def publish_due_items(deps: Deps, now: datetime, limit: int) -> int:
    """Let at most so many count whose day has come; gives of how many this was decided.

    One that breaks a rule meanwhile is returned, and its unit reads why.
    """
    with deps.db.begin() as tx:
        # Two workers on PostgreSQL share the rows between them.
        rows = tx.execute(due_items(now, limit).with_for_update(skip_locked=True)).all()
        for row in rows:
            try:
                content = checked_item(tx, row.code, row.unit_id, row.content)
            except (Invalid, Conflict) as refused:
                move(tx, ITEMS, row, "returned", now, counts_from=None)
                note_step(tx, ITEMS, row, SCHEDULE, "returned", refused.detail, now)
            else:
                put_item(tx, row, content)
                mark_published(tx, ITEMS, row, SCHEDULE, now)
    return len(rows)


def due_items(now: datetime, limit: int) -> AnySelect:
    """Query of at most so many versions whose day has come."""
    return (
        select(UseItemVersion)
        .where(UseItemVersion.state == "scheduled", UseItemVersion.counts_from <= local_day(now))
        .order_by(UseItemVersion.id)
        .limit(limit)
    )
