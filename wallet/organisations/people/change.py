"""Add staff to a unit, change their name, roles and place, disable and enable them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.organisations.model import Staff
from wallet.organisations.people.listed import staff_in_sight
from wallet.organisations.people.roles import FROM_ABOVE, roles_for
from wallet.organisations.sign_in import RESPONSIBLE, STAFF_NAME
from wallet.organisations.tree import manages
from wallet.organisations.units.sight import check_open, lock_unit, unit_in_sight
from wallet.web.principal import Principal
from wallet.web.session_list import end_sessions_of


@dataclass(frozen=True)
class NewStaff:
    """An account to add, by the login that the identity provider tells; `unit` is the unit's code."""

    login: str
    name: str
    unit: str
    roles: Sequence[str]
    terminal: str


def add_staff(deps: Deps, principal: Principal, new: NewStaff, now: datetime) -> None:
    """Add an account to a unit below the own one or, as its responsible person, to the own one.

    Raises NotFound for a unit out of sight, NotPermitted (`own_unit`, `from_above`), Invalid
    (`role_not_allowed`), Conflict (`unit_closed`, `login_taken`).
    """
    with deps.db.begin() as tx:
        unit = lock_unit(tx, unit_in_sight(tx, principal, new.unit).id)
        check_open(unit)
        _check_reach(principal, unit.id, new.roles)
        insert_staff(tx, deps, new, unit, principal.account, now)


def insert_staff(
    tx: Connection, deps: Deps, new: NewStaff, unit: AnyRow, actor: str, now: datetime
) -> int:
    """Add an account to a unit; gives its id. Raises Invalid and Conflict as `add_staff`."""
    roles = _checked(new.roles, unit)
    added = insert_if_new(
        tx,
        Staff,
        login=new.login,
        unit_id=unit.id,
        name_sealed=deps.vault.seal(new.name, STAFF_NAME),
        roles=roles,
        terminal=new.terminal,
        disabled_at=None,
    )
    if not added:
        raise Conflict("这个登录名已有账号，请核对或换一个。", "login_taken")
    staff_id: int = tx.execute(select(Staff.id).where(Staff.login == new.login)).scalar_one()
    audit.record(tx, "staff.added", now, staff=staff_id, unit=unit.code, actor=actor, roles=roles)
    return staff_id


def change_staff(
    deps: Deps, principal: Principal, login: str, change: Mapping[str, Any], now: datetime
) -> None:
    """Change what is given of an account: `name`, `roles`, `terminal`, `disabled` (which ends its
    sessions at once).

    Raises NotFound, NotPermitted (`own_unit`, `own_account`, `from_above`), Invalid
    (`role_not_allowed`), Conflict (`unit_closed`, `last_manager`, `is_responsible`).
    """
    with deps.db.begin() as tx:
        unit = lock_unit(tx, staff_in_sight(tx, principal, login).unit_id)
        check_open(unit)
        member = staff_in_sight(tx, principal, login)
        roles = sorted(set(change.get("roles", member.roles)))
        disabled = change.get("disabled", member.disabled_at is not None)
        powers = roles != sorted(member.roles) or disabled != (member.disabled_at is not None)
        if powers and (principal.kind, principal.id) == ("staff", member.id):
            raise NotPermitted("不能变更自己的角色或停用自己，请由他人办理。", "own_account")
        _check_reach(principal, unit.id, {*roles, *member.roles} if powers else ())
        if powers and not disabled:
            _checked(roles, unit)
        if _is_manager(member.roles, member.disabled_at) and not (
            "manager" in roles and not disabled
        ):
            _check_other_manager(tx, unit.id, member.id)
        if disabled and member.responsible:
            raise Conflict("此人是单位的专人，请先办理专人交接。", "is_responsible")
        _apply(
            tx,
            deps,
            member,
            unit.code,
            {**change, "roles": roles, "disabled": disabled},
            principal,
            now,
        )


def _apply(
    tx: Connection,
    deps: Deps,
    member: AnyRow,
    unit: str,
    after: Mapping[str, Any],
    principal: Principal,
    now: datetime,
) -> None:
    values: dict[str, Any] = {}
    if after["roles"] != sorted(member.roles):
        values["roles"] = after["roles"]
    if after.get("terminal", member.terminal) != member.terminal:
        values["terminal"] = after["terminal"]
    if after.get("name", "") not in ("", deps.vault.open(member.name_sealed, STAFF_NAME)):
        values["name_sealed"] = deps.vault.seal(after["name"], STAFF_NAME)
    told = {"staff": member.id, "unit": unit, "actor": principal.account}
    if values:
        changed = sorted(name.removesuffix("_sealed") for name in values)
        audit.record(tx, "staff.changed", now, **told, changed=changed, roles=after["roles"])
    if after["disabled"] != (member.disabled_at is not None):
        values["disabled_at"] = now if after["disabled"] else None
        if after["disabled"]:
            audit.record(tx, "staff.disabled", now, **told)
            end_sessions_of(tx, "staff", [member.id], now)
        else:
            audit.record(tx, "staff.enabled", now, **told, roles=after["roles"])
    if values:
        tx.execute(update(Staff).where(Staff.id == member.id).values(**values))


def _check_reach(principal: Principal, unit_id: int, powers: Collection[str]) -> None:
    """Whether the people of a unit in sight are theirs to change, `powers` being given or taken."""
    if unit_id == principal.unit_id:
        if RESPONSIBLE not in principal.roles:
            raise NotPermitted("本单位的人员由本单位专人或上级管理单位管理。", "own_unit")
        if FROM_ABOVE & set(powers):
            raise _from_above()
    elif not manages(principal):
        raise NotPermitted("您不管理这个单位的人员。", "own_unit")
    elif principal.kind == "client" and FROM_ABOVE & set(powers):
        raise _from_above()


def _from_above() -> NotPermitted:
    return NotPermitted("管理和审计角色由上级管理单位的人员授予和收回。", "from_above")


def _checked(roles: Collection[str], unit: AnyRow) -> list[str]:
    allowed = roles_for(unit.kinds)
    if not roles or not set(roles) <= set(allowed):
        sentence = "这类单位没有所选的角色，请至少选一个。"
        raise Invalid(f"roles：{sentence}", "role_not_allowed", {"roles": [sentence]})
    return sorted(set(roles))


def _is_manager(roles: Collection[str], disabled_at: datetime | None) -> bool:
    return "manager" in roles and disabled_at is None


def _check_other_manager(tx: Connection, unit_id: int, but: int) -> None:
    others = select(Staff.roles, Staff.disabled_at).where(Staff.unit_id == unit_id, Staff.id != but)
    if not any(_is_manager(row.roles, row.disabled_at) for row in tx.execute(others)):
        raise Conflict("这是管理单位最后一位管理人员，请先增加另一位再办。", "last_manager")
