"""Prepare a list of home service, confirm a colleague's, strike an entry, forget what is over."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.visits.model import PERSON, Visit, VisitList
from wallet.errors import Conflict, Invalid, NotFound
from wallet.holders.codes import PERSON_CODE_TYPES, normalise_holder_code
from wallet.web.principal import Principal

_ID_MAX = 32


@dataclass(frozen=True)
class Person:
    """Whom to visit, and for what. Nobody is looked up before the visit."""

    code_type: str
    code: str
    name: str
    matter: str


def prepare_visits(
    deps: Deps, principal: Principal, day: date, persons: Sequence[Person], now: datetime
) -> str:
    """Prepare a list for this staff member to go by; gives its id.

    Raises Invalid: `visit_day`; `holder_code`, `holder_code_type`, of the person in that place.
    """
    today = local_day(now)
    if not today <= day <= today + timedelta(days=numbers.VISIT_DAYS_AHEAD):
        sentence = f"应为今天起 {numbers.VISIT_DAYS_AHEAD} 天之内。"
        raise Invalid(f"day：{sentence}", "visit_day", {"day": [sentence]})
    normal = [_normal(one, position, today) for position, one in enumerate(persons)]
    list_id = secrets.token_urlsafe(12)
    with deps.db.begin() as tx:
        values = {
            "public_id": list_id,
            "unit_id": principal.unit_id,
            "staff_id": principal.id,
            "day": day,
            "prepared_at": now,
        }
        row_id = tx.execute(insert(VisitList).values(values).returning(VisitList.id)).scalar_one()
        rows = [
            {
                "public_id": secrets.token_urlsafe(12),
                "list_id": row_id,
                "position": position,
                "person_sealed": deps.vault.seal(json.dumps(asdict(one)), PERSON),
            }
            for position, one in enumerate(normal)
        ]
        tx.execute(insert(Visit), rows)
        told = {"actor": principal.account, "unit": principal.unit_id}
        audit.record(
            tx,
            "visits.prepared",
            now,
            visits=list_id,
            day=day.isoformat(),
            entries=len(rows),
            **told,
        )
    return list_id


def confirm_visits(deps: Deps, principal: Principal, list_id: str, now: datetime) -> None:
    """Confirm a colleague's list; confirming it twice is once. Raises NotFound (also of an own one), Conflict
    (`visits_over`)."""
    with deps.db.begin() as tx:
        row = list_of_unit(tx, principal, list_id)
        if row.staff_id == principal.id:
            raise _unknown()
        if row.day < local_day(now):
            raise Conflict("这份上门名单已过期，请重新准备。", "visits_over")
        confirmed = tx.execute(
            update(VisitList)
            .where(VisitList.id == row.id, VisitList.confirmed_at.is_(None))
            .values(confirmed_by=principal.id, confirmed_at=now)
        )
        if confirmed.rowcount:
            told = {"actor": principal.account, "unit": principal.unit_id}
            audit.record(tx, "visits.confirmed", now, visits=row.public_id, **told)


def strike_visit(
    deps: Deps, principal: Principal, list_id: str, visit_id: str, now: datetime
) -> None:
    """Strike an entry of the own list; striking it twice is once. Raises NotFound."""
    with deps.db.begin() as tx:
        row, visit = own_visit(tx, principal, list_id, visit_id)
        struck = tx.execute(
            update(Visit)
            .where(Visit.id == visit.id, Visit.struck_at.is_(None))
            .values(struck_at=now)
        )
        if struck.rowcount:
            told = {"actor": principal.account, "unit": principal.unit_id}
            audit.record(
                tx, "visit.struck", now, visits=row.public_id, entry=visit.public_id, **told
            )


def list_of_unit(tx: Connection, principal: Principal, list_id: str) -> AnyRow:
    """The row of a list of this unit. Raises NotFound (`visits_unknown`)."""
    found = None
    if list_id.isascii() and list_id.isprintable() and len(list_id) <= _ID_MAX:
        found = tx.execute(
            select(VisitList).where(
                VisitList.public_id == list_id, VisitList.unit_id == principal.unit_id
            )
        ).one_or_none()
    if found is None:
        raise _unknown()
    return found


def own_visit(
    tx: Connection, principal: Principal, list_id: str, visit_id: str
) -> tuple[AnyRow, AnyRow]:
    """The rows of an own list and of an entry of it. Raises NotFound."""
    row = list_of_unit(tx, principal, list_id)
    found = None
    if row.staff_id == principal.id and visit_id.isascii() and visit_id.isprintable():
        found = tx.execute(
            select(Visit).where(Visit.list_id == row.id, Visit.public_id == visit_id)
        ).one_or_none()
    if found is None:
        raise _unknown()
    return row, found


def forget_visits(tx: Connection, now: datetime) -> int:
    """Delete the lists whose day is long over, with their entries; gives how many lists."""
    last = local_day(now) - timedelta(days=numbers.VISITS_KEPT_DAYS)
    over = select(VisitList.id).where(VisitList.day < last).scalar_subquery()
    tx.execute(delete(Visit).where(Visit.list_id.in_(over)))
    return tx.execute(delete(VisitList).where(VisitList.day < last)).rowcount


def person_of(deps: Deps, visit: AnyRow) -> Person:
    """Whom an entry names."""
    return Person(**json.loads(deps.vault.open(visit.person_sealed, PERSON)))


def _normal(person: Person, position: int, today: date) -> Person:
    kind = "person" if person.code_type in PERSON_CODE_TYPES else "organisation"
    try:
        code = normalise_holder_code(kind, person.code_type, person.code, today)
    except Invalid as refused:
        refused.about = str(position + 1)
        refused.detail = f"第 {refused.about} 位：{refused.detail}"
        raise
    return Person(person.code_type, code, person.name, person.matter)


def _unknown() -> NotFound:
    return NotFound("没有这份上门名单，请回到上门办理页面重新选择。", "visits_unknown")
