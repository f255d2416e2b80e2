"""Sessions of a running server, made older than they are."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from wallet.base.database import Database
from wallet.web.sessions import Session

_TIMES = (
    Session.started_at, Session.seen_at, Session.idle_until, Session.ends_at, Session.authenticated_at,
)  # fmt: skip


def let_pass(db: Database, seconds: int) -> None:
    """Make every session that much older."""
    with db.begin() as tx:
        for row in tx.execute(select(Session.id, *_TIMES)).all():
            older = {
                time.key: row._mapping[time.key] - timedelta(seconds=seconds) for time in _TIMES
            }
            tx.execute(update(Session).where(Session.id == row.id).values(older))
