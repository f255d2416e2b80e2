"""Refuse what is beyond a grant: recorded each time, alerted once, and no code is consumed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from sqlalchemy import Connection, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.errors import NotPermitted
from wallet.relying.beyond.cause import SENTENCES, Cause, cause_of
from wallet.relying.beyond.rule import RULE, suspend_by_rule
from wallet.relying.desks import Desk
from wallet.relying.model import Alert
from wallet.relying.record import alert


def refuse_beyond_grant(
    deps: Deps,
    desk: Desk,
    item: str,
    types: Sequence[int],
    now: datetime,
    cause: Cause | None = None,
) -> NoReturn:
    """Record a request beyond the grant, alert it if nobody was told yet, then refuse it.

    `item` is whatever was asked for: only the code of an item that there is goes on record. `cause` is
    found out where the caller does not know it. Raises NotPermitted, with a sentence for each cause.
    """
    with deps.db.begin() as tx:
        known = tx.execute(select(UseItem.code).where(UseItem.code == item)).scalar_one_or_none()
        found = cause or cause_of(tx, desk, item, types, local_day(now))
        opened = _alert(tx, desk, known or "", found, now)
        suspended = suspend_by_rule(tx, desk, known or "", found, now)
        if suspended:
            _alert(tx, desk, known or "", RULE, now)
        audit.record(
            tx,
            "verification.refused_beyond_grant",
            now,
            actor=desk.principal.account,
            desk=desk.key,
            unit=desk.principal.unit_id,
            item=known,
            types=list(types),
            cause=found,
            alert=opened,
        )
    if opened:
        alert("verification.refused_beyond_grant", desk.principal, cause=found)
    for grant_id in suspended:
        alert("grant.suspended", desk.principal, grant=str(grant_id))
    raise NotPermitted(SENTENCES[found])


def _alert(tx: Connection, desk: Desk, item: str, cause: str, now: datetime) -> bool:
    """Count it on the open alert; true where this opened one."""
    same = {
        "unit_id": desk.principal.unit_id,
        "actor": desk.principal.account,
        "item": item,
        "cause": cause,
    }
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
