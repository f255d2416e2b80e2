"""The staff of the units in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.errors import NotFound
from wallet.organisations.model import ResponsiblePerson, Staff, Unit
from wallet.organisations.sign_in import RESPONSIBLE, STAFF_NAME
from wallet.organisations.tree import manages, units_in_sight
from wallet.organisations.units.sight import unit_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class StaffView:
    """A staff account; `unit` is the code of its unit.

    `unit_closed` says that nobody signs in for the unit any more, `responsible` that it is the unit's responsible person, `changeable` that whoever asks may change
    it, and `own` that it is theirs.
    """

    login: str
    name: str
    unit: str
    unit_name: str
    unit_name_en: str
    roles: Sequence[str]
    terminal: str
    disabled_at: datetime | None
    unit_closed: bool
    responsible: bool
    changeable: bool
    own: bool


def staff_page(
    deps: Deps, principal: Principal, unit: str, text: str, limit: int, cursor: str | None
) -> tuple[list[StaffView], str | None]:
    """A page of the staff in sight: of one unit by its code, or empty for all; `text` is a part of the login.

    Raises NotFound for a unit out of sight, Invalid (`invalid_cursor`).
    """
    query = (
        _STAFF.where(Staff.unit_id.in_(units_in_sight(principal)))
        .where(Staff.id > number_of_cursor(cursor))
        .order_by(Staff.id)
        .limit(limit + 1)
    )
    with deps.db.read() as tx:
        if unit:
            query = query.where(Staff.unit_id == unit_in_sight(tx, principal, unit).id)
        if text:
            query = query.where(Staff.login.contains(text, autoescape=True))
        rows = tx.execute(query).all()
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_view(deps, principal, row) for row in rows[:limit]], next_cursor


def staff_view(deps: Deps, principal: Principal, login: str) -> StaffView:
    """One account in sight. Raises NotFound."""
    with deps.db.read() as tx:
        return _view(deps, principal, staff_in_sight(tx, principal, login))


def staff_in_sight(tx: Connection, principal: Principal, login: str) -> AnyRow:
    """The row of an account whose unit is in sight, with `unit` and `responsible`. Raises NotFound."""
    found = None
    if login.isprintable():  # a database may refuse to look for another
        found = tx.execute(
            _STAFF.where(Staff.login == login, Staff.unit_id.in_(units_in_sight(principal)))
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到这位人员，或不在您的管理范围内。")
    return found


_STAFF: AnySelect = select(
    Staff,
    Unit.code.label("unit"),
    Unit.name.label("unit_name"),
    Unit.name_en.label("unit_name_en"),
    Unit.closed_at,
    exists()
    .where(ResponsiblePerson.staff_id == Staff.id, ResponsiblePerson.until.is_(None))
    .label("responsible"),
).join(Unit, Unit.id == Staff.unit_id)


def _view(deps: Deps, principal: Principal, row: AnyRow) -> StaffView:
    own_unit = row.unit_id == principal.unit_id
    reach = RESPONSIBLE in principal.roles if own_unit else manages(principal)
    return StaffView(
        login=row.login,
        name=deps.vault.open(row.name_sealed, STAFF_NAME),
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        roles=row.roles,
        terminal=row.terminal,
        disabled_at=row.disabled_at,
        unit_closed=row.closed_at is not None,
        responsible=row.responsible,
        changeable=reach and row.closed_at is None,
        own=(principal.kind, principal.id) == ("staff", row.id),
    )
