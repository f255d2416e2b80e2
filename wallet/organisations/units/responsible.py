"""专人 (O-22): one responsible person for each unit, filed with the managing unit, handed over with
its history kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.errors import Conflict, NotPermitted
from wallet.organisations.model import ResponsiblePerson, Staff
from wallet.organisations.sign_in import RESPONSIBLE, STAFF_NAME
from wallet.organisations.tree import manages
from wallet.organisations.units.rules import invalid_unit
from wallet.organisations.units.sight import check_open, lock_unit, unit_in_sight
from wallet.web.principal import Principal

PHONE: Final = "responsible_persons.phone"
"""Context under which the phone numbers of responsible persons are sealed."""


@dataclass(frozen=True)
class Tenure:
    """Who was, or is, the responsible person of a unit: `until` and `ended_by` are None for who is.

    `phone` is empty for those who were. `recorded_by` is the account that filed it, and
    `recorded_by_name` what it is called where it is of somebody in sight, else empty.
    """

    login: str
    name: str
    phone: str
    since: datetime
    until: datetime | None
    recorded_by: str
    recorded_by_name: str
    ended_by: str | None


def tenures(deps: Deps, principal: Principal, code: str) -> list[Tenure]:
    """The responsible persons of a unit in sight, the present one first. Raises NotFound."""
    with deps.db.read() as tx:
        unit = unit_in_sight(tx, principal, code)
        return tenures_of(tx, deps, unit.id)


def tenures_of(tx: Connection, deps: Deps, unit_id: int) -> list[Tenure]:
    """The same, of a unit that was found."""
    rows = tx.execute(
        select(ResponsiblePerson, Staff.login, Staff.name_sealed)
        .join(Staff, Staff.id == ResponsiblePerson.staff_id)
        .where(ResponsiblePerson.unit_id == unit_id)
        .order_by(ResponsiblePerson.id.desc())
    ).all()
    names = _names(tx, deps, [row.recorded_by for row in rows])
    return [
        Tenure(
            login=row.login,
            name=deps.vault.open(row.name_sealed, STAFF_NAME),
            phone=deps.vault.open(row.phone_sealed, PHONE) if row.until is None else "",
            since=row.since,
            until=row.until,
            recorded_by=row.recorded_by,
            recorded_by_name=names.get(row.recorded_by, ""),
            ended_by=row.ended_by,
        )
        for row in rows
    ]


def responsible_of(deps: Deps, principal: Principal) -> Tenure | None:
    """The responsible person of the own unit, None where nobody is filed; for everybody who works there."""
    with deps.db.read() as tx:
        found = tenures_of(tx, deps, principal.unit_id) if principal.unit_id else []
    return found[0] if found and found[0].until is None else None


def file_responsible(
    deps: Deps, principal: Principal, code: str, login: str, phone: str, now: datetime
) -> None:
    """File a staff member of a unit as its responsible person, in place of who was: by whoever manages
    it, or as a hand-over by that person.

    Raises NotFound for a unit out of sight, NotPermitted (`own_account`), Conflict (`unit_closed`,
    `already_responsible`), Invalid (`invalid_unit`) for nobody of the unit.
    """
    with deps.db.begin() as tx:
        unit = lock_unit(tx, unit_in_sight(tx, principal, code).id)
        check_open(unit)
        if not manages(principal) and RESPONSIBLE not in principal.roles:
            raise NotPermitted("专人由管理单位备案，或由现任专人交接。", "own_unit")
        member = tx.execute(
            select(Staff.id).where(
                Staff.login == login, Staff.unit_id == unit.id, Staff.disabled_at.is_(None)
            )
        ).scalar_one_or_none()
        if member is None:
            raise invalid_unit({"login": ["本单位没有这个在用的账号，请先登记人员。"]})
        before = end_responsible(tx, unit, principal.account, now)
        if member == before:
            raise Conflict("此人已是这个单位的专人。", "already_responsible")
        if (principal.kind, principal.id) == ("staff", member):
            raise NotPermitted("不能把自己备案为专人，请由他人办理。", "own_account")
        file_staff(tx, deps, unit, member, phone, principal.account, now)


def file_staff(
    tx: Connection, deps: Deps, unit: AnyRow, staff_id: int, phone: str, actor: str, now: datetime
) -> None:
    """Note who is responsible from now on, where nobody is."""
    tx.execute(
        insert(ResponsiblePerson),
        {
            "unit_id": unit.id,
            "staff_id": staff_id,
            "phone_sealed": deps.vault.seal(phone, PHONE),
            "since": now,
            "recorded_by": actor,
        },
    )
    audit.record(tx, "responsible.filed", now, unit=unit.code, staff=staff_id, actor=actor)


def end_responsible(tx: Connection, unit: AnyRow, actor: str, now: datetime) -> int | None:
    """End that somebody is responsible for a unit; gives the id of who was, None for nobody."""
    ended: int | None = tx.execute(
        update(ResponsiblePerson)
        .where(ResponsiblePerson.unit_id == unit.id, ResponsiblePerson.until.is_(None))
        .values(until=now, ended_by=actor)
        .returning(ResponsiblePerson.staff_id)
    ).scalar_one_or_none()
    if ended is not None:
        audit.record(tx, "responsible.ended", now, unit=unit.code, staff=ended, actor=actor)
    return ended


def _names(tx: Connection, deps: Deps, accounts: Sequence[str]) -> dict[str, str]:
    """What the staff among these accounts are called."""
    ids = {int(one.removeprefix("staff:")) for one in accounts if one.startswith("staff:")}
    rows = tx.execute(select(Staff.id, Staff.name_sealed).where(Staff.id.in_(ids)))
    return {f"staff:{row.id}": deps.vault.open(row.name_sealed, STAFF_NAME) for row in rows}
