"""Alert the managing units above a unit: one open alert for each actor, item and cause, counted up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from wallet.base.database import insert_if_new
from wallet.organisations.model import Alert


def count_alert(
    tx: Connection, unit_id: int | None, actor: str, item: str, cause: str, now: datetime
) -> bool:
    """Count it on the open alert; true where this opened one."""
    same = {"unit_id": unit_id, "actor": actor, "item": item, "cause": cause}
    again = (
        update(Alert)
        .filter_by(**same)
        .where(Alert.closed_at.is_(None))
        .values(times=Alert.times + 1, last_at=now)
    )
    if tx.execute(again).rowcount:
        return False
    if insert_if_new(tx, Alert, **same, times=1, first_at=now, last_at=now):
        return True
    tx.execute(again)  # another request has opened it since
    return False
