"""Which managing unit decides on an application (M-13, M-14, M-15, O-17).

For a government item it is the nearest managing unit above the party. For a social scenario, a platform's too, it is
the nearest of a city or of the region, or one to which a unit above has opened that right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, select

from wallet.base.periods import is_current
from wallet.organisations.model import Unit
from wallet.relying.onboarding.content import GOVERNMENT
from wallet.relying.onboarding.model import ApprovalRight
from wallet.web.principal import Principal

_BY_THEMSELVES: Final = frozenset({"region", "city"})
"""Levels whose managing units decide on social scenarios without a right that was opened to them."""


@dataclass(frozen=True)
class Above:
    """An open unit in the tree: the one above it, whether it manages, and whether it decides on social scenarios."""

    id: int
    parent_id: int | None
    manages: bool
    decides_social: bool


Tree = Mapping[int, Above]


def read_tree(tx: Connection, today: date) -> Tree:
    """The open managing units of the library by id; there are as many as there are districts."""
    opened = select(ApprovalRight.unit_id).where(
        ApprovalRight.ended_at.is_(None),
        is_current(ApprovalRight.starts_on, ApprovalRight.ends_on, today),
    )
    with_right = set(tx.execute(opened).scalars())
    rows = tx.execute(select(Unit.id, Unit.parent_id, Unit.level, Unit.kinds, Unit.closed_at))
    return {
        row.id: Above(
            row.id,
            row.parent_id,
            "managing" in row.kinds and row.closed_at is None,
            row.level in _BY_THEMSELVES or row.id in with_right,
        )
        for row in rows
        if "managing" in row.kinds
    }


def managing_above(tree: Tree, parent_id: int | None) -> list[Above]:
    """The managing units above a unit, the nearest first; a ring that was made by hand ends."""
    chain: list[Above] = []
    seen: set[int] = set()
    while parent_id is not None and parent_id in tree and parent_id not in seen:
        seen.add(parent_id)
        above = tree[parent_id]
        if above.manages:
            chain.append(above)
        parent_id = above.parent_id
    return chain


def deciders(tree: Tree, parent_id: int | None, scene: str) -> list[int]:
    """The managing units that may decide on an application: the one that it is for, and those above it, which may
    stand in. What a platform looks up is decided on, and filed, as a social scenario is (M-16, O-17). Empty where nobody may; `parent_id` is the unit above the party."""
    chain = managing_above(tree, parent_id)
    if scene != GOVERNMENT:
        while chain and not chain[0].decides_social:
            chain = chain[1:]
    return [above.id for above in chain]


def is_manager_of(principal: Principal, unit_ids: list[int]) -> bool:
    """Whether this is a manager of one of these units; no program decides."""
    return (
        principal.kind == "staff" and "manager" in principal.roles and principal.unit_id in unit_ids
    )
