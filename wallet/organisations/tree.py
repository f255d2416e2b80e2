"""The tree of units (O-5, M-5): the rights of a managing unit are those of its subtree."""

from __future__ import annotations

from sqlalchemy import Connection, Select, select

from wallet.organisations.model import Unit
from wallet.web.principal import Principal


def subtree(root_id: int | None) -> Select[int]:
    """Statement: the ids of a unit and of all units below it."""
    below = select(Unit.id).where(Unit.id == root_id).cte("subtree", recursive=True)
    # `union`, not `union_all`: a tree that was made a ring by mistake must not run for ever.
    below = below.union(select(Unit.id).join(below, Unit.parent_id == below.c.id))
    return select(below.c.id)


def all_within(tx: Connection, root_id: int | None, unit_ids: set[int]) -> bool:
    """Whether every one of these units is that unit or below it."""
    within = tx.execute(select(Unit.id).where(Unit.id.in_(subtree(root_id)))).scalars()
    return unit_ids <= set(within)


def units_in_sight(principal: Principal) -> Select[int]:
    """Query: the ids of the units whose affairs a staff member or client may see.

    Their own; for managers 管理单位, and the programs of managing units, also those below it.
    """
    if manages(principal):
        return subtree(principal.unit_id)
    return select(Unit.id).where(Unit.id == principal.unit_id)


def manages(principal: Principal) -> bool:
    """Whether the affairs of the units below the own one are theirs too."""
    role = "manager" if principal.kind == "staff" else "managing"
    return role in principal.roles
