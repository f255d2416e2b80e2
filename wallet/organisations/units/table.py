"""Units and staff from tables, for an operator who begins with hundreds of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from marshmallow import Schema, ValidationError
from sqlalchemy import Connection, select

from wallet.base.deps import Deps
from wallet.base.tables import Imported, TableLine, import_table
from wallet.errors import Conflict, Invalid
from wallet.organisations.model import ResponsiblePerson, Staff, Unit
from wallet.organisations.people.change import insert_staff
from wallet.organisations.people.schemas import NewStaffSchema
from wallet.organisations.units.change import insert_unit
from wallet.organisations.units.responsible import file_staff
from wallet.organisations.units.schemas import NewUnitSchema, ResponsibleSchema
from wallet.web.problems import flatten_messages

ACTOR: Final = "command"
"""How the audit trail names whoever runs a command."""
_UNIT_COLUMNS: Final = {"code", "name", "name_en", "level", "kinds", "area_code", "parent"}
_STAFF_COLUMNS: Final = {"login", "name", "unit", "roles", "terminal", "phone"}
_UNIT: Final = NewUnitSchema()
_STAFF: Final = NewStaffSchema()
_RESPONSIBLE: Final = ResponsibleSchema()


def import_units(deps: Deps, file: Path, now: datetime) -> Imported:
    """Add the units of a CSV or XLSX file, those above before those below; all of them or, with faults, none.

    Columns: code, name, name_en, level, kinds (with spaces between), area_code, parent (empty for a
    root). A code that is there already is left alone. Raises ConfigurationError for no such table.
    """
    return import_table(deps.db, file, _UNIT_COLUMNS, lambda tx, line: _add_unit(tx, line, now))


def import_staff(deps: Deps, file: Path, now: datetime) -> Imported:
    """Add the staff of a CSV or XLSX file, all or none.

    Columns: login, name, unit (its code), roles (with spaces between), terminal, phone (only of the unit's
    responsible person). A login that is there already is left alone.
    """
    return import_table(
        deps.db, file, _STAFF_COLUMNS, lambda tx, line: _add_staff(tx, deps, line, now)
    )


def _loaded(schema: Schema, given: Mapping[str, Any]) -> Any:
    try:
        return schema.load(given)
    except ValidationError as error:
        path, sentences = next(iter(flatten_messages(error.messages).items()))
        raise Invalid(f"{path}: {sentences[0]}") from None


def _add_unit(tx: Connection, line: TableLine, now: datetime) -> bool:
    if tx.execute(select(Unit.id).where(Unit.code == line["code"])).first() is not None:
        return False
    parent = tx.execute(select(Unit).where(Unit.code == line["parent"])).one_or_none()
    if line["parent"] and parent is None:
        raise Invalid("parent：没有登记这个上级单位，请把它排在前面。")
    # A root is said to be its own parent, since a unit that a manager adds must have one.
    given = {**line, "kinds": line["kinds"].split(), "parent": line["parent"] or line["code"]}
    insert_unit(tx, _loaded(_UNIT, given), parent, ACTOR, now)
    return True


def _add_staff(tx: Connection, deps: Deps, line: TableLine, now: datetime) -> bool:
    given: dict[str, Any] = {**line, "roles": line["roles"].split()}
    phone = given.pop("phone")
    if tx.execute(select(Staff.id).where(Staff.login == line["login"])).first() is not None:
        return False
    new = _loaded(_STAFF, given)
    unit = tx.execute(
        select(Unit).where(Unit.code == new.unit, Unit.closed_at.is_(None))
    ).one_or_none()
    if unit is None:
        raise Invalid("unit：没有登记这个单位，或已撤销。")
    member = insert_staff(tx, deps, new, unit, ACTOR, now)
    if phone:
        checked = _loaded(_RESPONSIBLE, {"login": new.login, "phone": phone})
        present = select(ResponsiblePerson.id).where(
            ResponsiblePerson.unit_id == unit.id, ResponsiblePerson.until.is_(None)
        )
        if tx.execute(present).first() is not None:
            raise Conflict("phone：这个单位已有专人。", "already_responsible")
        file_staff(tx, deps, unit, member, checked["phone"], ACTOR, now)
    return True
