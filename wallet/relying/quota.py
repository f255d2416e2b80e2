"""The quota of a grant: how many codes are judged under it in a local day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, update

from wallet.base.database import insert_if_new
from wallet.relying.grants import GrantedType
from wallet.relying.model import GrantDay


def claim_quota(tx: Connection, used: Iterable[GrantedType], day: date, times: int = 1) -> bool:
    """Count a judged code, or so many lines of a list, on each of these grants; false when the day's
    number of one is used up.

    The caller then rolls back. Grants without a quota cost no statement.
    """
    limited = sorted((one.grant_id, one.quota) for one in used if one.quota is not None)
    # In one order, so that two codes of the same two types never wait for each other.
    return all(_claim(tx, grant_id, quota, day, times) for grant_id, quota in limited)


def _claim(tx: Connection, grant_id: int, quota: int, day: date, times: int) -> bool:
    more = (
        update(GrantDay)
        .where(GrantDay.grant_id == grant_id, GrantDay.day == day, GrantDay.judged <= quota - times)
        .values(judged=GrantDay.judged + times)
    )
    if tx.execute(more).rowcount:
        return True
    if quota >= times and insert_if_new(tx, GrantDay, grant_id=grant_id, day=day, judged=times):
        return True
    return tx.execute(more).rowcount == 1  # the first of the day has just been another's
