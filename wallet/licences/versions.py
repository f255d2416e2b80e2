"""The versions of one licence: those that a unit gave the same number within a type."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, or_, select

from wallet.licences.model import Licence

Number = tuple[int, int, bytes]
"""Which licence: (type_id, unit_id, number_index)."""


def of_number(type_id: int, unit_id: int, number_index: bytes) -> ColumnElement[bool]:
    """Condition on `Licence`: a version of this licence."""
    return (
        (Licence.type_id == type_id)
        & (Licence.unit_id == unit_id)
        & (Licence.number_index == number_index)
    )


def of_numbers(numbers: Iterable[Number]) -> ColumnElement[bool]:
    """Condition on `Licence`: a version of one of these licences."""
    return or_(
        *(
            (Licence.type_id == type_id)
            & (Licence.unit_id == unit_id)
            & Licence.number_index.in_([index for _, _, index in group])
            for (type_id, unit_id), group in groupby(sorted(set(numbers)), lambda key: key[:2])
        )
    )


def is_kept(licence: type[Licence]) -> ColumnElement[bool]:
    """Condition on `Licence` or an alias of it: it was not returned in its review."""
    return or_(licence.review_state.is_(None), licence.review_state != "returned")


def lock_numbers(tx: Connection, numbers: Iterable[Number]) -> None:
    """As `lock_number`, of many at once; always in the same order."""
    tx.execute(select(Licence.id).where(of_numbers(numbers)).order_by(Licence.id).with_for_update())


def lock_number(tx: Connection, type_id: int, unit_id: int, number_index: bytes) -> None:
    """Let nobody else add, issue or change a version of this licence until the transaction ends.

    Its first version stands for all: none older is ever taken in. Every journey that touches
    several versions takes this first, so that none can wait for another in a ring.
    """
    tx.execute(
        select(Licence.id)
        .where(of_number(type_id, unit_id, number_index))
        .order_by(Licence.version)
        .limit(1)
        .with_for_update()
    )
