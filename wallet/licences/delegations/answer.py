"""Answer an offer, and end a delegation: either side may, at once, and for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select, update

from wallet.base import audit, outbox
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.working_days import end_of_day
from wallet.errors import Conflict, NotFound
from wallet.licences.delegations.listed import visible
from wallet.licences.delegations.model import (
    IS_WAITING,
    TOPIC,
    Delegation,
    DelegationLicence,
    state_of,
)
from wallet.licences.delegations.others import Wanted, check_others, lock_grantor
from wallet.web.principal import Principal


def answer(
    deps: Deps, principal: Principal, delegation: str, now: datetime, *, accept: bool
) -> None:
    """Accept or decline an offer; the same answer once more changes nothing.

    Raises NotFound for one that was not made out to this person, Conflict (`delegation_ended`)
    where it is too late, or was answered otherwise.

    A request that had to wait comes with the time at which it was sent: meanwhile the offer may have
    lapsed for everybody else, and others may have taken its place. So what is given is counted anew.
    """
    with deps.db.begin() as tx:
        row = _find(tx, deps, principal, delegation, now)
        if not row.received:
            raise _not_found()
        if accept:
            lock_grantor(tx, row.grantor_id)
            row = _again(tx, row)
        state = state_of(row, now, local_day(now))
        if state == "offered" and accept:
            _check_room(tx, row, now)
        if state == "offered" and _settle(tx, principal, row, now, accept=accept):
            return
        if state == "offered":  # somebody was quicker
            state = state_of(_again(tx, row), now, local_day(now))
    if accept and state in ("active", "upcoming"):
        return
    if not accept and state == "declined":
        return
    raise _too_late()


def end(deps: Deps, principal: Principal, delegation: str, now: datetime) -> None:
    """End it from now on, whoever of both sides asks; an offer is taken back or declined by it.

    Whatever is shown under it at this moment is void. Twice is once. Raises NotFound.
    """
    with deps.db.begin() as tx:
        end_delegation(tx, deps, principal, delegation, now)


def end_delegation(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    delegation: str,
    now: datetime,
    *,
    as_person: bool = False,
) -> int | None:
    """As `end`, within a transaction; gives the id of the row, None where it was over before. `as_person`: as
    `listed.visible`."""
    row = _find(tx, deps, principal, delegation, now, as_person=as_person)
    if state_of(row, now, local_day(now)) not in ("offered", "active", "upcoming"):
        return None
    by, values = "grantor", {}
    if not row.given:
        by, values = "delegate", {"account_id": principal.id}
    ended = tx.execute(
        update(Delegation)
        .where(Delegation.id == row.id, Delegation.ended_at.is_(None))
        .values(ended_at=now, ended_by=by, over_at=None, **values)
    )
    if ended.rowcount == 0:
        return None
    _note_end(tx, principal, row.id, by, now)
    delegation_id: int = row.id
    return delegation_id


def _check_room(tx: Connection, row: AnyRow, now: datetime) -> None:
    """Raises Conflict (`delegation_ended`) where later offers have taken the place of this one."""
    licences = tx.execute(
        select(DelegationLicence.licence_id).where(DelegationLicence.delegation_id == row.id)
    ).scalars()
    wanted = Wanted(
        row.grantor_id, row.kind, row.code_type, row.code_index, row.name_index,
        row.starts_on, row.ends_on, set(licences), row.id,
    )  # fmt: skip
    try:
        check_others(tx, wanted, now)
    except Conflict:
        raise _too_late() from None


def _settle(
    tx: Connection, principal: Principal, row: AnyRow, now: datetime, *, accept: bool
) -> bool:
    """Note the answer; false where an end or another answer came first."""
    values: dict[str, Any] = {"account_id": principal.id}
    if accept:
        values |= {"accepted_at": now, "over_at": end_of_day(row.ends_on)}
    else:
        values |= {"ended_at": now, "ended_by": "delegate", "over_at": None}
    # Nor after the grantor was told that nobody has answered in time.
    open_still = and_(IS_WAITING, Delegation.over_at.is_not(None))
    noted = tx.execute(update(Delegation).where(Delegation.id == row.id, open_still).values(values))
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
    tx: Connection,
    deps: Deps,
    principal: Principal,
    delegation: str,
    now: datetime,
    *,
    as_person: bool = False,
) -> AnyRow:
    mine = visible(deps, principal, now, Delegation, as_person=as_person)
    row = tx.execute(mine.where(Delegation.public_id == delegation)).one_or_none()
    if row is None:
        raise _not_found()
    return row


def _again(tx: Connection, row: AnyRow) -> AnyRow:
    return tx.execute(select(Delegation).where(Delegation.id == row.id)).one()


def _too_late() -> Conflict:
    return Conflict("这份授权已经结束或超过了接受期限，请对方重新授权。", "delegation_ended")


def _not_found() -> NotFound:
    return NotFound("没有找到这份授权，请返回“授权代办”重新选择。")
