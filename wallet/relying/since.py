"""Since when licences have not stood, as far as that is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, func, select

from verify.verdict import Reason
from wallet.base.clock import SHANGHAI
from wallet.base.database import AnyRow
from wallet.licences.delegations.model import Delegation
from wallet.licences.model import StatusEntry
from wallet.showing.handle import Shower


def licences_since(
    tx: Connection, reason: Reason, rows: Sequence[AnyRow], shower: Shower
) -> datetime | None:
    """When licences (rows of `State`) came to give this reason, None where that is not kept."""
    if reason in ("licence_suspended", "licence_revoked"):
        changed = select(func.max(StatusEntry.changed_at)).where(
            StatusEntry.licence_id.in_({row.id for row in rows})
        )
        since: datetime | None = tx.execute(changed).scalar_one()
        return since
    if reason == "licence_expired":
        last = min(row.valid_until for row in rows if row.valid_until is not None)
        return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    if reason == "withdrawn":
        gone = [row.superseded_at for row in rows]
        if shower.delegated:
            ended = select(Delegation.ended_at).where(Delegation.id == shower.id)
            gone.append(tx.execute(ended).scalar_one_or_none())
        return max(filter(None, gone), default=None)
    return None
