"""Sessions and access tokens: rows of one table, found by the hash of an opaque token.

The database is the truth, so a session ends everywhere at once and survives any restart. The
first letter of a token tells whose loader to ask: h holder, s staff, c client.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from wallet import numbers
from wallet.base import audit
from wallet.base.database import Base
from wallet.base.deps import Deps
from wallet.base.encryption import Vault, derive_key
from wallet.errors import NotSignedIn
from wallet.web.principal import Principal, PrincipalKind


class Session(Base):
    """A signed-in browser or an access token; it ends at the earlier of its two ends.

    `authenticated_at` is when its owner last proved who they are, NULL where nobody knows.
    `device` is the kind of browser (`wallet.web.devices`), empty for tokens. `id_token_sealed` is
    what the provider gave, to sign out there too; NULL where none did. While `locked_at` is set
    its owner can do nothing but prove again who they are, or sign out. `terminal` is the label of the
    desk that was handed over to its owner, NULL where they work at their own. An id is never given out
    again, also by SQLite: desks and records are known by it after the session has ended.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "subject_kind", "subject_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    ends_at: Mapped[datetime]
    authenticated_at: Mapped[datetime | None]
    device: Mapped[str]
    id_token_sealed: Mapped[bytes | None]
    locked_at: Mapped[datetime | None]
    terminal: Mapped[str | None]


@dataclass(frozen=True)
class Proof:
    """How its owner proved who they are: when, None where nobody knows, and the provider's ID
    token, sealed under `ID_TOKEN`, None where there was no provider."""

    authenticated_at: datetime | None = None
    id_token: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Lifetime:
    """How long a session lives, in seconds; `idle` equals `life` where idleness does not end it."""

    idle: int
    life: int


ID_TOKEN: Final = "sessions.id_token"  # noqa: S105 - no secret
"""Context under which ID tokens are sealed."""
LIFETIMES: Final[dict[PrincipalKind, Lifetime]] = {
    "holder": Lifetime(numbers.HOLDER_SESSION_IDLE, numbers.HOLDER_SESSION_LIFE),
    "staff": Lifetime(numbers.STAFF_SESSION_IDLE, numbers.STAFF_SESSION_LIFE),
    "client": Lifetime(numbers.ACCESS_TOKEN_LIFE, numbers.ACCESS_TOKEN_LIFE),
}
_LETTERS: Final[dict[str, PrincipalKind]] = {"h": "holder", "s": "staff", "c": "client"}


_UNPROVED: Final = Proof()


def start_session(
    tx: Connection,
    kind: PrincipalKind,
    subject_id: int,
    now: datetime,
    proof: Proof = _UNPROVED,
    *,
    device: str = "",
    replacing: str = "",
    terminal: str | None = None,
) -> str:
    """Open a session and write its audit event. Returns the token, which is stored nowhere.

    `device` is the kind of browser, `terminal` the desk that it is where that is not its owner's.
    `replacing` is the token that it brought: whoever it was of is signed out.
    """
    _end_replaced(tx, replacing, now)
    token = _new_token(kind)
    session = tx.execute(
        insert(Session).returning(Session.id),
        {
            "token_hash": hash_token(token),
            "device": device,
            "terminal": terminal,
            **_session_values(kind, subject_id, now),
            **_proof_values(proof),
        },
    ).scalar_one()
    if kind == "client":
        audit.record(tx, "token.issued", now, client=subject_id, session=session)
    else:
        subject = f"{kind}:{subject_id}"
        audit.record(tx, "session.started", now, subject=subject, session=session)
    return token


def _new_token(kind: PrincipalKind) -> str:
    return f"{kind[0]}.{secrets.token_urlsafe(32)}"


def _end_replaced(tx: Connection, token: str, now: datetime) -> None:
    if token_kind(token) in (None, "client"):
        return
    ended = tx.execute(
        delete(Session)
        .where(Session.token_hash == hash_token(token))
        .returning(Session.id, Session.subject_kind, Session.subject_id)
    ).one_or_none()
    if ended is not None:
        subject = f"{ended.subject_kind}:{ended.subject_id}"
        audit.record(tx, "session.ended", now, subject=subject, session=ended.id)


def confirm_session(tx: Connection, principal: Principal, proof: Proof, now: datetime) -> str:
    """Note that its owner has proved again who they are. Returns the session's new token.

    The old one is dead from now on; the absolute end stays. Raises NotSignedIn where the session
    has ended meanwhile.
    """
    token = _new_token(principal.kind)
    confirmed = tx.execute(
        update(Session)
        .where(Session.id == principal.session, Session.ends_at > now)
        .values(
            token_hash=hash_token(token),
            seen_at=now,
            idle_until=now + timedelta(seconds=LIFETIMES[principal.kind].idle),
            locked_at=None,
            **_proof_values(proof),
        )
    )
    if confirmed.rowcount != 1:
        raise NotSignedIn("登录已结束，请重新登录。")
    audit.record(tx, "session.confirmed", now, subject=principal.account, session=principal.session)
    return token


def lock_session(tx: Connection, principal: Principal, cause: str, now: datetime) -> None:
    """Lock it until its owner proves again who they are. `cause` says why, for the audit trail.

    A session that is locked already stays so, with nothing written.
    """
    locked = tx.execute(
        update(Session)
        .where(Session.id == principal.session, Session.locked_at.is_(None))
        .values(locked_at=now, authenticated_at=None)
    )
    if locked.rowcount:
        audit.record(
            tx,
            "session.locked",
            now,
            subject=principal.account,
            session=principal.session,
            cause=cause,
        )


def _session_values(kind: PrincipalKind, subject_id: int, now: datetime) -> dict[str, object]:
    lifetime = LIFETIMES[kind]
    return {
        "subject_kind": kind,
        "subject_id": subject_id,
        "started_at": now,
        "seen_at": now,
        "idle_until": now + timedelta(seconds=lifetime.idle),
        "ends_at": now + timedelta(seconds=lifetime.life),
    }


def _proof_values(proof: Proof) -> dict[str, object]:
    return {"authenticated_at": proof.authenticated_at, "id_token_sealed": proof.id_token}


def end_session(deps: Deps, principal: Principal, now: datetime) -> str:
    """Sign out: the session is gone for every process.

    Returns the ID token with which its provider lets the browser sign out there; empty without.
    """
    with deps.db.begin() as tx:
        sealed = drop_session(tx, principal, now)
    return id_token_of(deps.vault, sealed)


def drop_session(tx: Connection, principal: Principal, now: datetime) -> bytes | None:
    """End the session; gives its ID token, still sealed, None where no provider gave one."""
    sealed: bytes | None = tx.execute(
        delete(Session).where(Session.id == principal.session).returning(Session.id_token_sealed)
    ).scalar()
    audit.record(tx, "session.ended", now, subject=principal.account, session=principal.session)
    return sealed


def id_token_of(vault: Vault, sealed: bytes | None) -> str:
    """The ID token of a session that has ended; empty where it had none."""
    return vault.open(sealed, ID_TOKEN) if sealed else ""


def end_lapsed_sessions(tx: Connection, now: datetime) -> int:
    """Delete the rows of sessions that have ended. Returns how many."""
    lapsed = or_(Session.idle_until <= now, Session.ends_at <= now)
    return tx.execute(delete(Session).where(lapsed)).rowcount


def token_kind(token: str) -> PrincipalKind | None:
    """Whose token this claims to be; None for what is no token of ours."""
    return _LETTERS.get(token[:1]) if token[1:2] == "." else None


def hash_token(token: str) -> bytes:
    """What the table knows of a token; it has 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


IS_LIVE: Final[ColumnElement[bool]] = and_(
    Session.token_hash == bindparam("token_hash"),
    Session.idle_until > bindparam("now"),
    Session.ends_at > bindparam("now"),
)
"""Condition that a row of `Session` is that token's and has not ended."""


def touch(deps: Deps, kind: PrincipalKind, session: int, seen_at: datetime, now: datetime) -> None:
    """Move the idle end forward, at most once in `SESSION_TOUCH` seconds."""
    if kind == "client" or (now - seen_at).total_seconds() < numbers.SESSION_TOUCH:
        return
    idle_until = now + timedelta(seconds=LIFETIMES[kind].idle)
    with deps.db.begin() as tx:
        tx.execute(
            update(Session).where(Session.id == session).values(seen_at=now, idle_until=idle_until)
        )


@lru_cache(maxsize=4096)
def csrf_token(secret: str, token: str) -> str:
    """The CSRF token of a session: bound to it by a key, so it needs no storage."""
    key = derive_key(secret, "csrf")
    return hmac.digest(key, token.encode("utf-8", "replace"), hashlib.sha256).hex()
