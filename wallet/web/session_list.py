"""Where an account is signed in, and signing it out there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from wallet import numbers
from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import NotFound
from wallet.web.principal import Principal, PrincipalKind
from wallet.web.sessions import Session

_ID_DIGITS: Final = 10
_ID_MAX: Final = 2**31 - 1
"""Of an id of a row; a database may refuse to look for a larger one."""


@dataclass(frozen=True)
class OwnSession:
    """One place: `device` as `wallet.web.devices` names it, `is_this` where the list is being read.

    `seen_at` is the last use, `numbers.SESSION_TOUCH` seconds later at most.
    """

    id: int
    device: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class OwnSessions:
    """This place first, then those used last; `more` are those beyond `numbers.SESSIONS_SHOWN`."""

    items: Sequence[OwnSession]
    more: int


def own_sessions(deps: Deps, principal: Principal, now: datetime) -> OwnSessions:
    """Where whoever asks is signed in."""
    query = (
        select(
            Session.id,
            Session.device,
            Session.started_at,
            Session.seen_at,
            func.count().over().label("all"),
        )
        .where(_live(principal, now))
        .order_by((Session.id == principal.session).desc(), Session.seen_at.desc(), Session.id)
        .limit(numbers.SESSIONS_SHOWN)
    )
    rows = deps.db.rows(query)
    items = [
        OwnSession(row.id, row.device, row.started_at, row.seen_at, row.id == principal.session)
        for row in rows
    ]
    return OwnSessions(items, rows[0].all - len(items) if rows else 0)


def end_own_session(deps: Deps, principal: Principal, session: str, now: datetime) -> None:
    """Sign out at the place with that id. Raises NotFound where it is none of whoever asks, or has
    ended."""
    is_id = session.isascii() and session.isdecimal() and len(session) <= _ID_DIGITS
    ended = 0
    if is_id and int(session) <= _ID_MAX:
        with deps.db.begin() as tx:
            ended = _end(tx, principal, now, Session.id == int(session))
    if not ended:
        raise NotFound("这处登录已经结束。")


def end_other_sessions(deps: Deps, principal: Principal, now: datetime) -> int:
    """Sign out everywhere else. Returns at how many places."""
    with deps.db.begin() as tx:
        return end_elsewhere(tx, principal, now)


def end_elsewhere(tx: Connection, principal: Principal, now: datetime) -> int:
    """The same, as a part of what else is done for the account."""
    return _end(tx, principal, now, Session.id != principal.session)


def end_sessions_of(
    tx: Connection, kind: PrincipalKind, ids: Collection[int], now: datetime
) -> None:
    """Sign these out everywhere at once: their accounts end."""
    of_them = (Session.subject_kind == kind, Session.subject_id.in_(ids))
    ended = tx.execute(
        delete(Session).where(*of_them).returning(Session.id, Session.subject_id)
    ).all()
    events = [{"subject": f"{kind}:{row.subject_id}", "session": row.id} for row in ended]
    audit.record_all(tx, "session.ended", now, events)


def _end(tx: Connection, principal: Principal, now: datetime, which: ColumnElement[bool]) -> int:
    ended = tx.execute(
        delete(Session).where(_live(principal, now), which).returning(Session.id)
    ).scalars()
    events = [{"subject": principal.account, "session": session} for session in ended]
    audit.record_all(tx, "session.ended", now, events)
    return len(events)


def _live(principal: Principal, now: datetime) -> ColumnElement[bool]:
    return and_(
        Session.subject_kind == principal.kind,
        Session.subject_id == principal.id,
        Session.idle_until > now,
        Session.ends_at > now,
    )
