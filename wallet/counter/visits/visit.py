"""At the door: begin a session for somebody on the list of today; and the lists as a unit sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.counter.assist import (
    AssistanceView,
    NewAssistance,
    code_asked_for,
    start_assistance,
    started_view,
)
from wallet.counter.model import Assistance
from wallet.counter.visits.model import Visit, VisitList
from wallet.counter.visits.prepare import list_of_unit, own_visit, person_of
from wallet.errors import Conflict
from wallet.organisations.model import Staff
from wallet.organisations.sign_in import STAFF_NAME
from wallet.web.principal import Principal


@dataclass(frozen=True)
class VisitView:
    """An entry; `code` in full, since the card is compared with it. `state` is planned, served or struck; `assistance` is
    the session that is open for it, told to who began it."""

    id: str
    code_type: str
    code: str
    name: str
    matter: str
    state: str
    assistance: str | None


@dataclass(frozen=True)
class VisitListView:
    """A list. `state` is waiting (for a colleague), confirmed or over; `own` where the reader is who goes."""

    id: str
    day: date
    going: str
    state: str
    own: bool
    visits: Sequence[VisitView]


def visit_lists(
    deps: Deps, principal: Principal, limit: int, cursor: str | None, now: datetime
) -> tuple[list[VisitListView], str | None]:
    """A page of the lists of the unit, the latest first, without their entries. Raises Invalid (`invalid_cursor`)."""
    after = number_of_cursor(cursor)
    rows = deps.db.rows(
        select(VisitList, Staff.name_sealed)
        .join(Staff, Staff.id == VisitList.staff_id)
        .where(
            VisitList.unit_id == principal.unit_id,
            VisitList.id < after if after else VisitList.id > 0,
        )
        .order_by(VisitList.id.desc())
        .limit(limit + 1)
    )
    views = [_view(deps, principal, row, (), now) for row in rows[:limit]]
    return views, str(rows[limit - 1].id) if len(rows) > limit else None


def visit_list(deps: Deps, principal: Principal, list_id: str, now: datetime) -> VisitListView:
    """A list of the unit with its entries. Raises NotFound."""
    with deps.db.read() as tx:
        row = list_of_unit(tx, principal, list_id)
        named = tx.execute(
            select(VisitList, Staff.name_sealed)
            .join(Staff, Staff.id == VisitList.staff_id)
            .where(VisitList.id == row.id)
        ).one()
        open_here = and_(
            Assistance.id == Visit.assistance_id,
            Assistance.staff_id == principal.id,
            *_is_open(now),
        )
        visits = tx.execute(
            select(Visit, Assistance.id.label("open_id"))
            .outerjoin(Assistance, open_here)
            .where(Visit.list_id == row.id)
            .order_by(Visit.position)
        ).all()
    return _view(deps, principal, named, visits, now)


def begin_visit(
    deps: Deps,
    principal: Principal,
    list_id: str,
    visit_id: str,
    evidence: str,
    reference: str,
    now: datetime,
) -> AssistanceView:
    """Begin a session for this entry, at the door, on evidence as at a counter.

    Only by whoever prepared the list, once a colleague has confirmed it, on its day; while a session of it is open it is
    not begun again, also not by two taps at once. Raises NotFound, Conflict (`visits_unconfirmed`, `visits_over`,
    `visits_early`, `visit_struck`, `visit_under_way`), and as `begin_assistance`.
    """
    with deps.db.read() as tx:
        row, visit = own_visit(tx, principal, list_id, visit_id)
        _check_now(tx, row, visit, now)
    person = person_of(deps, visit)
    new = NewAssistance(
        code_type=person.code_type,
        code=person.code,
        name=person.name,
        evidence=evidence,
        reference=reference,
        matter=person.matter,
        visit=row.public_id,
    )
    code = code_asked_for(deps, principal, new, now)
    with deps.db.begin() as tx:
        # Whoever else begins or strikes this entry waits here, and then sees what became of it.
        tx.execute(select(Visit.id).where(Visit.id == visit.id).with_for_update()).all()
        row, visit = own_visit(tx, principal, list_id, visit_id)
        _check_now(tx, row, visit, now)
        begun = start_assistance(tx, deps, principal, new, code, now)
        if begun is not None:
            tx.execute(update(Visit).where(Visit.id == visit.id).values(assistance_id=begun))
    return started_view(deps, principal, begun, now)


def _check_now(tx: Connection, row: AnyRow, visit: AnyRow, now: datetime) -> None:
    today = local_day(now)
    if row.confirmed_at is None:
        raise Conflict("名单还没有经同事确认，请先请同事确认。", "visits_unconfirmed")
    if row.day < today:
        raise Conflict("这份上门名单已过期，请重新准备。", "visits_over")
    if row.day > today:
        raise Conflict("还没有到名单上的日子，请当天再办。", "visits_early")
    if visit.struck_at is not None:
        raise Conflict("此人已从名单中划去，不能再上门办理。", "visit_struck")
    if visit.assistance_id is not None:
        open_one = select(Assistance.id).where(Assistance.id == visit.assistance_id, *_is_open(now))
        if tx.execute(open_one).one_or_none() is not None:
            raise Conflict("此人正在办理，请先结束那一次。", "visit_under_way")


def _is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Assistance.ended_at.is_(None), Assistance.ends_at > now


def _view(
    deps: Deps, principal: Principal, row: AnyRow, visits: Sequence[AnyRow], now: datetime
) -> VisitListView:
    over = row.day < local_day(now)
    state = "over" if over else "waiting" if row.confirmed_at is None else "confirmed"
    return VisitListView(
        id=row.public_id,
        day=row.day,
        going=deps.vault.open(row.name_sealed, STAFF_NAME),
        state=state,
        own=row.staff_id == principal.id,
        visits=[_entry(deps, one) for one in visits],
    )


def _entry(deps: Deps, visit: AnyRow) -> VisitView:
    person = person_of(deps, visit)
    served = "served" if visit.assistance_id is not None else "planned"
    return VisitView(
        id=visit.public_id,
        code_type=person.code_type,
        code=person.code,
        name=person.name,
        matter=person.matter,
        state="struck" if visit.struck_at is not None else served,
        assistance=visit.open_id,
    )
