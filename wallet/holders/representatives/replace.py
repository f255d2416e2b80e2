"""Once a table has been entered: whoever acts for one of its holders and is not in it does so no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.acting import announce_offer
from wallet.holders.administrators.model import IS_WAITING, AdministratorOffer
from wallet.holders.representatives.enter import acting_for, end_acting

Kept = dict[int, set[str]]
"""Holder → the public ids of those who are to act for it."""


def end_others(tx: Connection, deps: Deps, kept: Mapping[int, set[str]], now: datetime) -> None:
    """End the others at once, and close what they have asked of somebody, who is told.

    What those who stay have asked goes on: the same table again changes nothing.
    """
    for holder_id, ids in kept.items():
        acting = acting_for(tx, holder_id, local_day(now))
        for row in acting:
            if row.public_id not in ids:
                end_acting(tx, row, now)
        staying = [row.account_id for row in acting if row.public_id in ids]
        offers = tx.execute(
            select(AdministratorOffer).where(
                AdministratorOffer.holder_id == holder_id,
                AdministratorOffer.offered_by.not_in(staying),
                IS_WAITING,
            )
        ).all()
        for offer in offers:
            closed = update(AdministratorOffer).where(AdministratorOffer.id == offer.id)
            tx.execute(closed.values(closed_at=now))
            told = {"administrator": offer.public_id, "organisation": holder_id}
            audit.record(tx, "administrator.ended", now, **told, account=None, by="operator")
            if offer.answer_until > now:
                announce_offer(tx, deps.vault, now, "withdrawn", offer)
