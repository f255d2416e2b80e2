"""Add a unit to the tree, change it, move it: by whoever manages a unit above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.errors import Conflict, NotFound
from wallet.organisations.model import Client, Staff, Unit
from wallet.organisations.people.roles import CLIENT_KINDS, ROLE_KINDS
from wallet.organisations.tree import subtree
from wallet.organisations.units.rules import Place, check_unit, invalid_unit
from wallet.organisations.units.sight import (
    check_open,
    lock_tree,
    lock_unit,
    unit_below,
    unit_in_sight,
)
from wallet.web.principal import Principal


@dataclass(frozen=True)
class NewUnit:
    """A unit to add; `parent` is the code of the unit above, `name_en` empty where it has none."""

    code: str
    name: str
    name_en: str
    level: str
    kinds: Sequence[str]
    area_code: str
    parent: str


def add_unit(deps: Deps, principal: Principal, new: NewUnit, now: datetime) -> None:
    """Add a unit below one of the own subtree.

    Raises NotFound for a parent out of sight, Invalid (`invalid_unit`), Conflict (`unit_closed`,
    `unit_exists`).
    """
    with deps.db.begin() as tx:
        lock_tree(tx)
        parent = unit_in_sight(tx, principal, new.parent)
        check_open(parent)
        insert_unit(tx, new, parent, principal.account, now)


def insert_unit(
    tx: Connection, new: NewUnit, parent: AnyRow | None, actor: str, now: datetime
) -> None:
    """Add a unit under `parent`, or a root. Raises as `add_unit`."""
    check_unit(
        new.code,
        Place(new.level, new.kinds, new.area_code),
        None if parent is None else _place(parent),
    )
    values: dict[str, Any] = {
        "code": new.code,
        "name": new.name,
        "name_en": new.name_en or new.name,
        "level": new.level,
        "kinds": sorted(set(new.kinds)),
        "area_code": new.area_code,
        "parent_id": None if parent is None else parent.id,
        "closed_at": None,
    }
    if not insert_if_new(tx, Unit, **values):
        raise Conflict("已有单位用了这一统一社会信用代码，请核对。", "unit_exists")
    audit.record(
        tx,
        "unit.added",
        now,
        unit=new.code,
        actor=actor,
        parent=None if parent is None else parent.code,
        level=new.level,
        kinds=values["kinds"],
        area_code=new.area_code,
    )


def change_unit(
    deps: Deps, principal: Principal, code: str, change: Mapping[str, Any], now: datetime
) -> None:
    """Change what is given of a unit below the own one: `name`, `name_en`, `level`, `kinds`,
    `area_code`, `parent` (the code of the unit to move it under).

    Raises NotFound, NotPermitted (`own_unit`), Conflict (`unit_closed`, `kind_in_use`), Invalid
    (`invalid_unit`): it never goes below itself, and the units below it must still fit.
    """
    with deps.db.begin() as tx:
        lock_tree(tx)
        unit = lock_unit(tx, unit_below(tx, principal, code).id)
        check_open(unit)
        parent = _parent(tx, principal, unit, change.get("parent"))
        kinds = sorted(set(change.get("kinds", unit.kinds)))
        after: dict[str, Any] = {
            **{
                name: change.get(name, getattr(unit, name))
                for name in ("name", "name_en", "level", "area_code")
            },
            "kinds": kinds,
            "parent_id": parent.id,
        }
        changed = sorted(name for name, value in after.items() if value != getattr(unit, name))
        if not changed:
            return
        place = Place(after["level"], kinds, after["area_code"])
        check_unit(code, place, _place(parent))
        _check_below(tx, unit.id, place)
        _check_in_use(tx, unit.id, kinds)
        tx.execute(update(Unit).where(Unit.id == unit.id).values(**after))
        audit.record(
            tx,
            "unit.changed",
            now,
            unit=code,
            actor=principal.account,
            changed=changed,
            parent=parent.code,
            level=place.level,
            kinds=kinds,
            area_code=place.area_code,
        )


def _parent(tx: Connection, principal: Principal, unit: AnyRow, code: str | None) -> AnyRow:
    """The unit to stand under, which must be in sight, open, and neither the unit nor below it."""
    if code is None:
        return tx.execute(select(Unit).where(Unit.id == unit.parent_id)).one()
    try:
        parent = unit_in_sight(tx, principal, code)
    except NotFound:
        raise invalid_unit({"parent": ["没有找到这个上级单位，或不在您的管理范围内。"]}) from None
    check_open(parent)
    if parent.id in set(tx.execute(subtree(unit.id)).scalars()):
        raise invalid_unit({"parent": ["不能移到本单位自己或其下级单位之下。"]})
    return parent


def _check_below(tx: Connection, unit_id: int, place: Place) -> None:
    below = select(Unit).where(Unit.parent_id == unit_id, Unit.closed_at.is_(None))
    for child in tx.execute(below):
        check_unit(child.code, _place(child), place)


def _check_in_use(tx: Connection, unit_id: int, kinds: Sequence[str]) -> None:
    """Its staff and machine clients must still be what they are."""
    for table, needs in ((Staff, ROLE_KINDS), (Client, CLIENT_KINDS)):
        working = select(table.roles).where(table.unit_id == unit_id, table.disabled_at.is_(None))
        for roles in tx.execute(working).scalars():
            if any(needs[role].isdisjoint(kinds) for role in roles if role in needs):
                raise Conflict(
                    "还有人员或系统按此类别办事，请先调整其角色再去掉这一类别。", "kind_in_use"
                )


def _place(unit: AnyRow) -> Place:
    return Place(unit.level, unit.kinds, unit.area_code)
