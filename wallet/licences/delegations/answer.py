"""Answer an offer, and end a delegation: either side may, at once, and for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from wallet.base import audit, outbox
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.errors import Conflict, NotFound
from wallet.licences.delegations.listed import visible
from wallet.licences.delegations.model import IS_WAITING, Delegation, state_of
from wallet.licences.delegations.offer import TOPIC
from wallet.web.principal import Principal


def answer(
    deps: Deps, principal: Principal, delegation: str, now: datetime, *, accept: bool
) -> None:
    """Accept or decline an offer; the same answer once more changes nothing.

    Raises NotFound for one that was not made out to this person, Conflict (`delegation_ended`)
    where it is too late, or was answered otherwise.
    """
    with deps.db.begin() as tx:
        row = _find(tx, deps, principal, delegation, now)
        if not row.received:
            raise _not_found()
        state = state_of(row, now, local_day(now))
        if state == "offered" and _settle(tx, principal, row, now, accept=accept):
            return
        if state == "offered":  # somebody was quicker
            state = state_of(_again(tx, row), now, local_day(now))
    if accept and state in ("active", "upcoming"):
        return
    if not accept and state == "declined":
        return
    raise Conflict("这份授权已经结束或超过了接受期限，请对方重新授权。", "delegation_ended")


def end(deps: Deps, principal: Principal, delegation: str, now: datetime) -> None:
    """End it from now on, whoever of both sides asks; an offer is taken back or declined by it.

    Whatever is shown under it at this moment is void. Twice is once. Raises NotFound.
    """
    with deps.db.begin() as tx:
        row = _find(tx, deps, principal, delegation, now)
        if state_of(row, now, local_day(now)) not in ("offered", "active", "upcoming"):
            return
        by, values = "grantor", {}
        if not row.given:
            by, values = "delegate", {"account_id": principal.id}
        ended = tx.execute(
            update(Delegation)
            .where(Delegation.id == row.id, Delegation.ended_at.is_(None))
            .values(ended_at=now, ended_by=by, **values)
        )
        if ended.rowcount:
            _note_end(tx, principal, row.id, by, now)


def _settle(
    tx: Connection, principal: Principal, row: AnyRow, now: datetime, *, accept: bool
) -> bool:
    """Note the answer; false where an end or another answer came first."""
    values: dict[str, Any] = {"account_id": principal.id}
    values |= {"accepted_at": now} if accept else {"ended_at": now, "ended_by": "delegate"}
    noted = tx.execute(update(Delegation).where(Delegation.id == row.id, IS_WAITING).values(values))
    if noted.rowcount == 0:
        return False
    if not accept:
        _note_end(tx, principal, row.id, "delegate", now)
        return True
    outbox.put(tx, TOPIC, now, delegation=row.id, act="accepted")
    audit.record(tx, "delegation.accepted", now, delegation=row.id, account=principal.id)
    return True


def _note_end(
    tx: Connection, principal: Principal, delegation_id: int, by: str, now: datetime
) -> None:
    outbox.put(tx, TOPIC, now, delegation=delegation_id, act="ended")
    audit.record(tx, "delegation.ended", now, delegation=delegation_id, account=principal.id, by=by)


def _find(
    tx: Connection, deps: Deps, principal: Principal, delegation: str, now: datetime
) -> AnyRow:
    row = tx.execute(
        visible(deps, principal, now, Delegation).where(Delegation.public_id == delegation)
    ).one_or_none()
    if row is None:
        raise _not_found()
    return row


def _again(tx: Connection, row: AnyRow) -> AnyRow:
    return tx.execute(select(Delegation).where(Delegation.id == row.id)).one()


def _not_found() -> NotFound:
    return NotFound("没有找到这份授权，请返回“授权代办”重新选择。")
