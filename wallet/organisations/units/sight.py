"""Find a unit by its code, as far as whoever asks may see and change it; strangers find nothing."""

from __future__ import annotations

from sqlalchemy import Connection, select

from wallet.base.database import AnyRow
from wallet.errors import Conflict, NotFound, NotPermitted
from wallet.organisations.model import Unit
from wallet.organisations.tree import manages, units_in_sight
from wallet.web.principal import Principal


def unit_in_sight(tx: Connection, principal: Principal, code: str) -> AnyRow:
    """The row of a unit that is the own one or, for managers, below it. Raises NotFound."""
    found = None
    if code.isprintable():  # a database may refuse to look for another
        found = tx.execute(
            select(Unit).where(Unit.code == code, Unit.id.in_(units_in_sight(principal)))
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到这个单位，或不在您的管理范围内。")
    return found


def unit_below(tx: Connection, principal: Principal, code: str) -> AnyRow:
    """The row of a unit that whoever manages may change: below the own one, and open.

    Raises NotFound; NotPermitted (`own_unit`) for the own one, which the unit above changes;
    Conflict (`unit_closed`).
    """
    unit = unit_in_sight(tx, principal, code)
    if unit.id == principal.unit_id or not manages(principal):
        raise NotPermitted("本单位的登记由上级管理单位维护，请向其申请。", "own_unit")
    check_open(unit)
    return unit


def check_open(unit: AnyRow) -> None:
    """Raise Conflict (`unit_closed`) for a unit that has been closed."""
    if unit.closed_at is not None:
        raise Conflict("这个单位已撤销，不能再变更。", "unit_closed")


def lock_tree(tx: Connection) -> None:
    """Whoever else changes the tree waits here, so that no two moves make a ring between them."""
    tx.execute(
        select(Unit.id)
        .where(Unit.parent_id.is_(None))
        .order_by(Unit.id)
        .with_for_update(key_share=True)
    ).all()


def lock_unit(tx: Connection, unit_id: int) -> AnyRow:
    """The unit as it is now; whoever else changes its people or closes it waits here."""
    return tx.execute(select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
