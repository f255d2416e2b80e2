"""Tell a unit of its grants: when one is suspended or goes on, some weeks and some days before one ends, and once it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, and_, exists, insert, select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnySelect, insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.organisations.model import Unit
from wallet.relying.model import Grant
from wallet.relying.notices.model import GrantNotice

_ENDED: Final = 0


def tell_of_suspension(
    tx: Connection,
    unit_id: int | None,
    grant_ids: Sequence[int],
    kind: Literal["suspended", "resumed"],
    now: datetime,
) -> None:
    """Tell a unit that grants of it are suspended, or go on. The reason is for managers."""
    rows = [{"unit_id": unit_id, "grant_id": id, "kind": kind, "at": now} for id in grant_ids]
    if rows:
        tx.execute(insert(GrantNotice), rows)


def tell_of_ending_grants(deps: Deps, now: datetime, limit: int) -> int:
    """Tell the units of at most so many grants that end soon, or have ended, each stage once.

    A worker that was away tells of the nearest stage alone. Returns how many were told of.
    """
    today, told = local_day(now), 0
    with deps.db.begin() as tx:
        for stage, first, last in _stages(today):
            for row in tx.execute(untold(stage, first, last).limit(limit - told)).all():
                told += insert_if_new(
                    tx,
                    GrantNotice,
                    unit_id=row.unit_id,
                    grant_id=row.id,
                    kind="ending" if stage else "ended",
                    at=now,
                    ends_on=row.ends_on,
                    stage=stage,
                )
    return told


def _stages(today: date) -> list[tuple[int, date, date]]:
    """Each stage with the first and the last day of an end for which it is the one to tell."""
    late, soon = numbers.GRANT_ENDS_DAYS, numbers.GRANT_ENDS_AGAIN_DAYS
    return [
        (late, today + timedelta(days=soon + 1), today + timedelta(days=late)),
        (soon, today, today + timedelta(days=soon)),
        # What ended long before anybody told of it is no news.
        (_ENDED, today - timedelta(days=late), today - timedelta(days=1)),
    ]


def untold(stage: int, first: date, last: date) -> AnySelect:
    """Query: the grants that end within these days, and of which a stage was not told, those that end first before the others."""
    told = exists().where(
        and_(
            GrantNotice.grant_id == Grant.id,
            GrantNotice.ends_on == Grant.ends_on,
            GrantNotice.stage == stage,
        )
    )
    return (
        select(Grant.id, Grant.unit_id, Grant.ends_on)
        .join(Unit, Unit.id == Grant.unit_id)
        .join(UseItem, UseItem.id == Grant.item_id)
        .where(
            Grant.ends_on.between(first, last),
            Unit.closed_at.is_(None),
            UseItem.withdrawn_at.is_(None),
            ~told,
        )
        .order_by(Grant.ends_on, Grant.id)
    )
