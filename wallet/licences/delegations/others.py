"""What else a holder has given: so many persons at a time, so many offers a day, nothing twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.errors import Conflict, TooMany
from wallet.holders.model import Holder
from wallet.licences.delegations.model import (
    AGENT,
    FAMILY,
    Delegation,
    DelegationLicence,
    lives,
)

_DAY: Final = timedelta(days=1)
_LIMITS: Final[Mapping[str, tuple[int, str]]] = {
    FAMILY: (
        numbers.FAMILY_DELEGATES_MAX,
        "最多可以授权 {} 位亲友，请先结束一份授权再试。",
    ),
    AGENT: (
        numbers.AGENTS_MAX,
        "一个单位最多可以有 {} 位办事人，请先结束一份授权再试。",
    ),
}


@dataclass(frozen=True)
class Wanted:
    """A delegation that is to be made or accepted: whose licences, by id, for whom, on which days.

    `id` is its own, None before it is made.
    """

    grantor_id: int
    kind: str
    code_type: str
    code_index: bytes
    name_index: bytes
    starts_on: date
    ends_on: date
    licences: Collection[int]
    id: int | None = None


def lock_grantor(tx: Connection, grantor_id: int) -> None:
    """Whoever else offers for this grantor, or accepts, waits here: what is counted stays true."""
    tx.execute(select(Holder.id).where(Holder.id == grantor_id).with_for_update(key_share=True))


def check_frequency(tx: Connection, deps: Deps, grantor_id: int, now: datetime) -> None:
    """Raises TooMany (`too_many_offers`)."""
    limit = numbers.DELEGATION_OFFERS_PER_DAY
    if deps.config.demo:
        limit *= numbers.DEMO_LIMIT_FACTOR
    made = tx.execute(
        select(func.count(), func.min(Delegation.offered_at)).where(
            Delegation.grantor_id == grantor_id, Delegation.offered_at > now - _DAY
        )
    ).one()
    if made[0] >= limit:
        wait = (made[1] + _DAY - now).total_seconds()
        raise TooMany("一天内发出的授权太多，请明天再试。", "too_many_offers", max(1, round(wait)))


def check_others(tx: Connection, wanted: Wanted, now: datetime) -> None:
    """No more persons than allowed, and no licence twice for one person in the same days.

    A code under another name is another person here, so that a name may be put right. Raises
    Conflict (`too_many_delegates`, `delegation_exists`).
    """
    others = tx.execute(
        select(
            Delegation.id,
            Delegation.code_type,
            Delegation.code_index,
            Delegation.name_index,
            Delegation.starts_on,
            Delegation.ends_on,
        ).where(
            Delegation.grantor_id == wanted.grantor_id,
            Delegation.kind == wanted.kind,
            Delegation.id.is_distinct_from(wanted.id),
            lives(now, local_day(now)),
        )
    ).all()
    person = (wanted.code_type, wanted.code_index)
    persons = {(row.code_type, row.code_index) for row in others}
    limit, sentence = _LIMITS[wanted.kind]
    if person not in persons and len(persons) >= limit:
        raise Conflict(sentence.format(limit), "too_many_delegates")
    at_once = [
        row.id
        for row in others
        if (row.code_type, row.code_index) == person
        and row.name_index == wanted.name_index
        and row.starts_on <= wanted.ends_on
        and row.ends_on >= wanted.starts_on
    ]
    twice = select(DelegationLicence.licence_id).where(
        DelegationLicence.delegation_id.in_(at_once),
        DelegationLicence.licence_id.in_(wanted.licences),
    )
    if tx.execute(twice.limit(1)).first() is not None:
        raise Conflict(
            "这位代办人在这段时间已有此证照的授权。要改动，请先结束原来的授权。",
            "delegation_exists",
        )
