"""Delete lists whose time is over, with all of their lines; what was looked up stays in its holder's history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, select

from wallet import numbers
from wallet.base import audit
from wallet.base.deps import Deps
from wallet.base.dispatches import drop_waiting
from wallet.relying.merchant_checks.model import (
    MerchantCheck,
    MerchantLine,
    MerchantSubscription,
)
from wallet.relying.merchant_checks.tell import destination_of

_KEPT: Final = timedelta(days=numbers.MERCHANT_CHECK_DAYS)


def forget_checks(deps: Deps, now: datetime) -> int:
    """Delete one list that was answered `MERCHANT_CHECK_DAYS` ago and of which nobody is told; 0 where there is none."""
    over = _is_over(now)
    if not deps.db.rows(select(MerchantCheck.id).where(over).limit(1)):
        return 0
    with deps.db.begin() as tx:
        row = tx.execute(
            select(MerchantCheck)
            .where(over)
            .order_by(MerchantCheck.finished_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return 0
        for table in (MerchantLine, MerchantSubscription):
            tx.execute(delete(table).where(table.check_id == row.id))
        tx.execute(delete(MerchantCheck).where(MerchantCheck.id == row.id))
        drop_waiting(tx, destination_of(row.public_id), now)
        audit.record(tx, "merchant_check.deleted", now, check=row.id, unit=row.unit_id)
    return 1


def _is_over(now: datetime) -> ColumnElement[bool]:
    told = exists().where(
        MerchantSubscription.check_id == MerchantCheck.id, MerchantSubscription.ends_at > now
    )
    return and_(MerchantCheck.finished_at <= now - _KEPT, ~told)
