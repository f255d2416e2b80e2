"""Suspend a grant at once, and lift it again (O-16): by a managing unit above the party. Close an alert."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, and_, select, update

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import Conflict, NotPermitted
from wallet.organisations.model import Alert, Client, Staff
from wallet.organisations.tree import all_within
from wallet.relying.beyond.sight import alert_in_sight, check_above, grant_in_sight
from wallet.relying.model import Grant
from wallet.relying.notices.tell import tell_of_suspension
from wallet.web.principal import Principal

_ACCOUNTS: Final[dict[str, type[Staff] | type[Client]]] = {"staff": Staff, "client": Client}


def suspend_grant(
    deps: Deps, principal: Principal, grant_id: str, reason: str, now: datetime
) -> None:
    """Suspend a grant: no request that starts after this has been answered is accepted under it.

    Raises NotFound, NotPermitted (`own_unit`), Conflict (`grant_suspended`).
    """
    values = {
        "suspended_at": now,
        "suspended_by": principal.account,
        "suspension_reason": reason,
    }
    with deps.db.begin() as tx:
        if not _change(tx, principal, grant_id, "grant.suspended", values, now):
            raise Conflict("这项授权已经暂停。", "grant_suspended")


def resume_grant(deps: Deps, principal: Principal, grant_id: str, now: datetime) -> None:
    """Lift a suspension, whoever made it, unless that was a manager above. Raises NotFound, NotPermitted (`own_unit`,
    `suspended_above`), Conflict (`grant_not_suspended`)."""
    values = {"suspended_at": None, "suspended_by": None, "suspension_reason": None}
    with deps.db.begin() as tx:
        if not _change(tx, principal, grant_id, "grant.resumed", values, now):
            raise Conflict("这项授权没有暂停。", "grant_not_suspended")


def close_alert(deps: Deps, principal: Principal, alert_id: str, now: datetime) -> None:
    """Say that an alert has been seen to; the same again opens a new one. Closing twice is once.

    Raises NotFound, NotPermitted (`own_unit`).
    """
    with deps.db.begin() as tx:
        row = alert_in_sight(tx, principal, alert_id)
        check_above(principal, row.unit_id)
        closed = tx.execute(
            update(Alert)
            .where(Alert.id == row.id, Alert.closed_at.is_(None))
            .values(closed_at=now, closed_by=principal.account)
        )
        if closed.rowcount:
            audit.record(
                tx, "alert.closed", now, alert=row.id, unit=row.unit_id, actor=principal.account
            )


def _change(
    tx: Connection,
    principal: Principal,
    grant_id: str,
    event: str,
    values: dict[str, Any],
    now: datetime,
) -> bool:
    row = grant_in_sight(tx, principal, grant_id)
    check_above(principal, row.unit_id)
    if values["suspended_at"] is None:
        _check_not_from_above(tx, principal, row.suspended_by)
    stands = Grant.suspended_at.is_(None)
    # By whom it is suspended may have changed since it was read.
    same = Grant.suspended_by.is_not_distinct_from(row.suspended_by)
    changeable = stands if values["suspended_at"] else and_(~stands, same)
    changed = tx.execute(update(Grant).where(Grant.id == row.id, changeable).values(**values))
    if not changed.rowcount:
        return False
    audit.record(tx, event, now, grant=row.id, unit=row.unit_id, actor=principal.account)
    kind: Literal["suspended", "resumed"] = "suspended" if values["suspended_at"] else "resumed"
    tell_of_suspension(tx, row.unit_id, [row.id], kind, now)
    return True


def _check_not_from_above(tx: Connection, principal: Principal, by: str | None) -> None:
    """An objection to a filing, say, is not for the unit that filed it to lift."""
    kind, _, number = (by or "").partition(":")
    if kind not in _ACCOUNTS:
        return  # by the rule
    table = _ACCOUNTS[kind]
    unit_id = tx.execute(select(table.unit_id).where(table.id == int(number))).scalar_one()
    if not all_within(tx, principal.unit_id, {unit_id}):
        raise NotPermitted("这是上级管理单位暂停的，请由上级恢复。", "suspended_above")
