"""A screen shows a number, staff who have seen the person release it for their session, and it ends by itself (O-19).

The session is the evidence of presence and wish: a card at a screen proves neither. The screen's browser has no
session of anybody; it acts in this one, for the staff member who released it, and only to print.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.assist import lock_assistance, open_assistance
from wallet.counter.kiosk.model import Kiosk
from wallet.counter.model import Assistance
from wallet.errors import Conflict, NotFound
from wallet.organisations.model import Staff
from wallet.web.principal import Principal
from wallet.web.sessions import hash_token

_DIGITS = 6


@dataclass(frozen=True)
class Waiting:
    """A screen that nobody has released yet, by the number that it shows."""

    number: str


@dataclass(frozen=True)
class Released:
    """A screen that serves a session: `principal` is the staff member who released it."""

    id: int
    assistance_id: str
    principal: Principal


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
        serving = (Kiosk.assistance_id == session.id, Kiosk.ended_at.is_(None))
        tx.execute(update(Kiosk).where(*serving).values(ended_at=now))
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
    if not token:
        return None
    with deps.db.begin() as tx:
        row = _of_token(tx, token)
        if row is None or row.ended_at is not None:
            return None
        if row.assistance_id is None:
            lasts = now - row.begun_at < timedelta(seconds=numbers.KIOSK_WAIT)
            return Waiting(row.number) if lasts else None
        if now - row.seen_at >= timedelta(seconds=numbers.KIOSK_IDLE):
            _end(tx, row, now)
            return None
        principal = _released_by(tx, row.assistance_id)
        if principal is None or not _is_open(tx, principal, row.assistance_id, now):
            _end(tx, row, now)
            return None
        tx.execute(update(Kiosk).where(Kiosk.id == row.id).values(seen_at=now))
        return Released(row.id, row.assistance_id, principal)


def end_kiosk(deps: Deps, token: str, now: datetime) -> None:
    """End what the screen is for; the session of the staff goes on."""
    if not token:
        return
    with deps.db.begin() as tx:
        row = _of_token(tx, token)
        if row is not None and row.ended_at is None:
            _end(tx, row, now)


def _of_token(tx: Connection, token: str) -> AnyRow | None:
    found = select(Kiosk).where(Kiosk.token_hash == hash_token(token)).with_for_update()
    return tx.execute(found).one_or_none()


def _end(tx: Connection, row: AnyRow, now: datetime) -> None:
    tx.execute(update(Kiosk).where(Kiosk.id == row.id).values(ended_at=now, number=None))
    audit.record(tx, "kiosk.ended", now, kiosk=row.id, assistance=row.assistance_id)


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
        .where(
            Assistance.id == assistance_id,
            Staff.disabled_at.is_(None),
            Staff.unit_id == Assistance.unit_id,
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
