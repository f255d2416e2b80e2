"""The numbers of a day under a grant: what is judged, and holders that are looked up without a code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, update
from sqlalchemy.orm import InstrumentedAttribute

from wallet.base.database import insert_if_new
from wallet.relying.grants import GrantedType
from wallet.relying.model import GrantDay


def claim_quota(tx: Connection, used: Iterable[GrantedType], day: date, times: int = 1) -> bool:
    """Count a judged code, or so many lines of a list, on each of these grants; false when the day's
    number of one is used up.

    The caller then rolls back. Grants without a quota cost no statement.
    """
    limited = [(one.grant_id, one.quota) for one in used if one.quota is not None]
    return _claim_all(tx, limited, day, times, GrantDay.judged)


def claim_look_up(tx: Connection, used: Iterable[GrantedType], day: date) -> bool:
    """As `claim_quota`, of one holder who is looked up by name and code."""
    limited = [(one.grant_id, one.look_ups_per_day or 0) for one in used]
    return _claim_all(tx, limited, day, 1, GrantDay.looked_up)


def _claim_all(
    tx: Connection,
    limited: Iterable[tuple[int, int]],
    day: date,
    times: int,
    counted: InstrumentedAttribute[int],
) -> bool:
    # In one order, so that two codes of the same two types never wait for each other.
    return all(_claim(tx, id, most, day, times, counted) for id, most in sorted(limited))


def _claim(
    tx: Connection,
    grant_id: int,
    most: int,
    day: date,
    times: int,
    counted: InstrumentedAttribute[int],
) -> bool:
    more = (
        update(GrantDay)
        .where(GrantDay.grant_id == grant_id, GrantDay.day == day, counted <= most - times)
        .values({counted: counted + times})
    )
    if tx.execute(more).rowcount:
        return True
    first = {"judged": 0, "looked_up": 0, counted.key: times}
    if most >= times and insert_if_new(tx, GrantDay, grant_id=grant_id, day=day, **first):
        return True
    return tx.execute(more).rowcount == 1  # the first of the day has just been another's
