"""Refuse what is beyond a grant: recorded each time, alerted once, and no code is consumed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from sqlalchemy import select

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.errors import NotPermitted
from wallet.organisations.alerts import count_alert
from wallet.relying.beyond.cause import SENTENCES, Cause, cause_of
from wallet.relying.beyond.rule import RULE, suspend_by_rule
from wallet.relying.beyond.traffic import count_beyond
from wallet.relying.desks import Desk
from wallet.relying.record import alert


def refuse_beyond_grant(
    deps: Deps,
    desk: Desk,
    item: str,
    types: Sequence[int],
    now: datetime,
    cause: Cause | None = None,
    *,
    at: datetime | None = None,
) -> NoReturn:
    """Record a request beyond the grant, alert it if nobody was told yet, then refuse it.

    `item` is whatever was asked for: only the code of an item that there is goes on record. `cause` is
    found out where the caller does not know it, as of `at` where the code was judged before now. Raises NotPermitted, with a sentence for each cause.
    """
    with deps.db.begin() as tx:
        known = tx.execute(select(UseItem.code).where(UseItem.code == item)).scalar_one_or_none()
        found = cause or cause_of(tx, desk, item, types, at or now)
        by = (desk.principal.unit_id, desk.principal.account, known or "")
        count_beyond(tx, desk.principal.unit_id, known or "", local_day(now))
        opened = count_alert(tx, *by, found, now)
        suspended = suspend_by_rule(tx, desk, known or "", found, now)
        if suspended:
            count_alert(tx, *by, RULE, now)
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
