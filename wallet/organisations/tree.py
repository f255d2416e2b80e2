"""The tree of units (O-5, M-5): the rights of a managing unit are those of its subtree."""

from __future__ import annotations

from sqlalchemy import Connection, Select, select

from wallet.organisations.model import Unit


def subtree(root_id: int | None) -> Select[tuple[int]]:
    """Statement: the ids of a unit and of all units below it."""
    below = select(Unit.id).where(Unit.id == root_id).cte("subtree", recursive=True)
    # `union`, not `union_all`: a tree that was made a ring by mistake must not run for ever.
    below = below.union(select(Unit.id).join(below, Unit.parent_id == below.c.id))
    return select(below.c.id)


def all_within(tx: Connection, root_id: int | None, unit_ids: set[int]) -> bool:
    """Whether every one of these units is that unit or below it."""
    within = tx.execute(select(Unit.id).where(Unit.id.in_(subtree(root_id)))).scalars()
    return unit_ids <= set(within)
