"""A screen shows a number, staff who have seen the person release it for their session, and it ends by itself (O-19).

The session is the evidence of presence and wish: a card at a screen proves neither. The screen's browser has no
session of anybody; it acts in this one, for the staff member who released it, and only to print.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.assist import lock_assistance, open_assistance
from wallet.counter.kiosk.model import Kiosk
from wallet.counter.model import Assistance
from wallet.errors import Conflict, NotFound
from wallet.organisations.model import Staff, Unit
from wallet.web.principal import Principal
from wallet.web.sessions import hash_token

_DIGITS = 6


@dataclass(frozen=True)
class Waiting:
    """A screen that nobody has released yet, by the number that it shows."""

    number: str


@dataclass(frozen=True)
class Released:
    """A screen that serves a session, until `ends_at` if nobody touches it: `principal` is the staff member who
    released it."""

    id: int
    assistance_id: str
    principal: Principal
    ends_at: datetime


def begin_kiosk(deps: Deps, now: datetime) -> str:
    """Let a screen wait for its release; returns the token that its browser keeps."""
    token = secrets.token_urlsafe(32)
    with deps.db.begin() as tx:
        over = now - timedelta(seconds=numbers.KIOSK_WAIT)
        tx.execute(delete(Kiosk).where(Kiosk.assistance_id.is_(None), Kiosk.begun_at <= over))
        tx.execute(
            insert(Kiosk).values(
                token_hash=hash_token(token),
                number=f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}",
                begun_at=now,
                seen_at=now,
            )
        )
    return token


def release_kiosk(
    deps: Deps, principal: Principal, assistance_id: str, number: str, now: datetime
) -> None:
    """Let the screen with this number serve an open session, and no other screen any longer.

    Raises NotFound (session, `kiosk_unknown`), Conflict (`assistance_ended`).
    """
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        since = now - timedelta(seconds=numbers.KIOSK_WAIT)
        waits = (Kiosk.number == number, Kiosk.begun_at > since, Kiosk.assistance_id.is_(None))
        found = tx.execute(select(Kiosk.id).where(*waits).with_for_update()).scalars().all()
        # Two screens with one number are told apart by nobody: both begin again.
        if len(found) != 1:
            raise NotFound("没有这个自助机号码，请在自助机上重新点“开始”。", "kiosk_unknown")
        _end_all(tx, principal, session.id, "replaced", now)
        tx.execute(
            update(Kiosk)
            .where(Kiosk.id == found[0])
            .values(assistance_id=session.id, number=None, seen_at=now)
        )
        audit.record(
            tx,
            "kiosk.released",
            now,
            kiosk=found[0],
            assistance=session.id,
            actor=principal.account,
            unit=principal.unit_id,
        )


def touch_kiosk(deps: Deps, token: str, now: datetime) -> Waiting | Released | None:
    """What the screen with this token is for, kept awake by the touch; None where it is over or unknown."""
    return _state(deps, token, now, touched=True)


def look_at_kiosk(deps: Deps, token: str, now: datetime) -> Waiting | Released | None:
    """As `touch_kiosk`, but nobody has touched it: the screen itself looks whether it is over."""
    return _state(deps, token, now, touched=False)


def end_kiosk(deps: Deps, token: str, now: datetime) -> None:
    """End what the screen is for; the session of the staff goes on."""
    if not token:
        return
    with deps.db.begin() as tx:
        row = _of_token(tx, token)
        if row is not None and row.ended_at is None:
            _end(tx, row, "done", now)


def serves_session(deps: Deps, principal: Principal, assistance_id: str, now: datetime) -> bool:
    """Whether a screen was released for this open session and serves it still. Raises as `open_assistance`."""
    with deps.db.read() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        since = now - timedelta(seconds=numbers.KIOSK_IDLE)
        serving = select(Kiosk.id).where(*_serving(session.id), Kiosk.seen_at > since)
        return tx.execute(serving).first() is not None


def take_back_kiosk(deps: Deps, principal: Principal, assistance_id: str, now: datetime) -> None:
    """End the screen of this open session; the session goes on. Raises as `open_assistance`."""
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        _end_all(tx, principal, session.id, "taken_back", now)


def _state(deps: Deps, token: str, now: datetime, *, touched: bool) -> Waiting | Released | None:
    if not token:
        return None
    idle = timedelta(seconds=numbers.KIOSK_IDLE)
    with deps.db.begin() as tx:
        row = _of_token(tx, token)
        if row is None or row.ended_at is not None:
            return None
        if row.assistance_id is None:
            lasts = now - row.begun_at < timedelta(seconds=numbers.KIOSK_WAIT)
            return Waiting(row.number) if lasts else None
        if now - row.seen_at >= idle:
            _end(tx, row, "idle", now)
            return None
        principal = _released_by(tx, row.assistance_id)
        if principal is None or not _is_open(tx, principal, row.assistance_id, now):
            _end(tx, row, "session_over", now)
            return None
        seen_at = now if touched else row.seen_at
        tx.execute(update(Kiosk).where(Kiosk.id == row.id).values(seen_at=seen_at))
        return Released(row.id, row.assistance_id, principal, seen_at + idle)


def _of_token(tx: Connection, token: str) -> AnyRow | None:
    found = select(Kiosk).where(Kiosk.token_hash == hash_token(token)).with_for_update()
    return tx.execute(found).one_or_none()


def _serving(assistance_id: str) -> tuple[ColumnElement[bool], ...]:
    return Kiosk.assistance_id == assistance_id, Kiosk.ended_at.is_(None)


def _end_all(
    tx: Connection, principal: Principal, assistance_id: str, cause: str, now: datetime
) -> None:
    found = select(Kiosk).where(*_serving(assistance_id)).with_for_update()
    for row in tx.execute(found).all():
        _end(tx, row, cause, now, principal.account)


def _end(tx: Connection, row: AnyRow, cause: str, now: datetime, actor: str | None = None) -> None:
    tx.execute(update(Kiosk).where(Kiosk.id == row.id).values(ended_at=now, number=None))
    told = {"assistance": row.assistance_id, "cause": cause, "actor": actor}
    audit.record(tx, "kiosk.ended", now, kiosk=row.id, **told)


def _is_open(tx: Connection, principal: Principal, assistance_id: str, now: datetime) -> bool:
    try:
        open_assistance(tx, principal, assistance_id, now)
    except (Conflict, NotFound):
        return False
    return True


def _released_by(tx: Connection, assistance_id: str) -> Principal | None:
    """The staff member of the session, with nothing but the counter; None once the account may no longer serve."""
    row = tx.execute(
        select(Staff.id, Staff.roles, Assistance.unit_id, Assistance.terminal)
        .join(Assistance, Assistance.staff_id == Staff.id)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(
            Assistance.id == assistance_id,
            Staff.disabled_at.is_(None),
            Staff.unit_id == Assistance.unit_id,
            Unit.closed_at.is_(None),
        )
    ).one_or_none()
    if row is None or "counter" not in row.roles:
        return None
    return Principal(
        kind="staff",
        id=row.id,
        session=0,
        name="",
        roles=frozenset({"counter"}),
        unit_id=row.unit_id,
        terminal=row.terminal,
    )
