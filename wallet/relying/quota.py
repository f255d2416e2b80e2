"""The quota of a grant: how many codes are judged under it in a local day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, update

from wallet.base.database import insert_if_new
from wallet.relying.grants import GrantedType
from wallet.relying.model import GrantDay


def claim_quota(tx: Connection, used: Iterable[GrantedType], day: date) -> bool:
    """Count one judged code on each of these grants; false when the day's number of one is used up.

    The caller then rolls back. Grants without a quota cost no statement.
    """
    limited = sorted((one.grant_id, one.quota) for one in used if one.quota is not None)
    # In one order, so that two codes of the same two types never wait for each other.
    return all(_claim(tx, grant_id, quota, day) for grant_id, quota in limited)


def _claim(tx: Connection, grant_id: int, quota: int, day: date) -> bool:
    one_more = (
        update(GrantDay)
        .where(GrantDay.grant_id == grant_id, GrantDay.day == day, GrantDay.judged < quota)
        .values(judged=GrantDay.judged + 1)
    )
    if tx.execute(one_more).rowcount:
        return True
    if quota > 0 and insert_if_new(tx, GrantDay, grant_id=grant_id, day=day, judged=1):
        return True
    return tx.execute(one_more).rowcount == 1  # the first of the day has just been another's
