"""Word of who acts for whom: a message for each change, so that whoever did not bring it about is told.

The acts: asked, accepted, declined, withdrawn (an offer taken back), lapsed (one that nobody answered), left, removed; by an operator entered
and ended; and over, on the day after the last.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from wallet.base import outbox
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.holders.addressee import person_of
from wallet.holders.model import Account, Representative

TOPIC: Final = "acting.changed"
"""Outbox: {holder, person, act}; both are holders, the person is who acts or is asked to, None of an offer that has
lapsed."""


def announce(tx: Connection, now: datetime, act: str, holder_id: int, account_id: int) -> None:
    """Leave word of what became of an account's acting for a holder."""
    whose = select(Account.holder_id).where(Account.id == account_id)
    person = tx.execute(whose).scalar_one()
    outbox.put(tx, TOPIC, now, act=act, holder=holder_id, person=person)


def announce_over(deps: Deps, now: datetime, limit: int) -> int:
    """Leave word of at most so many whose last day has passed; gives of how many."""
    due = select(Representative).where(Representative.over_at <= now)
    with deps.db.begin() as tx:
        # Two workers on PostgreSQL share the rows between them.
        rows = tx.execute(
            due.order_by(Representative.over_at).limit(limit).with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            told = update(Representative).where(Representative.public_id == row.public_id)
            tx.execute(told.values(over_at=None))
            announce(tx, now, "over", row.holder_id, row.account_id)
    return len(rows)


def announce_offer(tx: Connection, vault: Vault, now: datetime, act: str, offer: AnyRow) -> None:
    """As `announce`, of an offer to somebody who has not answered it.

    Who has no account yet finds it when signing in for the first time.
    """
    person = person_of(tx, vault, offer)
    if person is not None:
        outbox.put(tx, TOPIC, now, act=act, holder=offer.holder_id, person=person)
