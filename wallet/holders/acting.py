"""Word of who acts for whom: a message for each change, so that whoever did not bring it about is told.

The acts: asked, accepted, declined, withdrawn (an offer taken back), left, removed, and by an operator entered
and ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from wallet.base import outbox
from wallet.base.database import AnyRow
from wallet.base.encryption import Vault
from wallet.holders.addressee import person_of
from wallet.holders.model import Account

TOPIC: Final = "acting.changed"
"""Outbox: {holder, person, act}; both are holders, the person is who acts or is asked to."""


def announce(tx: Connection, now: datetime, act: str, holder_id: int, account_id: int) -> None:
    """Leave word of what became of an account's acting for a holder."""
    whose = select(Account.holder_id).where(Account.id == account_id)
    person = tx.execute(whose).scalar_one()
    outbox.put(tx, TOPIC, now, act=act, holder=holder_id, person=person)


def announce_offer(tx: Connection, vault: Vault, now: datetime, act: str, offer: AnyRow) -> None:
    """As `announce`, of an offer to somebody who has not answered it.

    Who has no account yet finds it when signing in for the first time.
    """
    person = person_of(tx, vault, offer)
    if person is not None:
        outbox.put(tx, TOPIC, now, act=act, holder=offer.holder_id, person=person)
