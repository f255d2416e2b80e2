"""Copies that were printed: found by serial, revoked, listed for their holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, false, select, true, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType
from wallet.counter.acts.model import COPY_END
from wallet.counter.model import PURPOSE, RECIPIENT, REVOCATION, Copy
from wallet.counter.serial import read_serial
from wallet.errors import NotFound
from wallet.licences.entitlement import has_right, rights_of
from wallet.licences.model import Licence
from wallet.licences.status.places import end_copy_index
from wallet.organisations.model import Unit
from wallet.showing.assisted import tell_of_copy_end
from wallet.web.principal import Principal


@dataclass(frozen=True)
class CopyView:
    """A copy as its holder sees it; `state` is good, ended (past its last day) or revoked. `unit` is where it was printed,
    `uses` how often a desk has accepted it."""

    serial: str
    type_name: str
    type_name_en: str
    purpose: str
    recipient: str
    ends_on: date
    state: str
    uses: int
    single_use: bool
    printed_at: datetime
    revoked_at: datetime | None
    unit: str
    unit_en: str


def revoke_copy(deps: Deps, principal: Principal, serial: str, reason: str, now: datetime) -> str:
    """Revoke a copy: at any counter, by its holder, or by who may show its licence. Revoking twice is once. Whom it was
    printed for is told where staff have done it. Gives its serial as it is stored.

    No desk accepts it in a request that starts after this has been answered, and the lists say so to desks that are
    offline. Raises NotFound for any other.
    """
    with deps.db.begin() as tx:
        copy = copy_in_sight(tx, principal, serial, local_day(now))
        if end_copy(tx, deps, principal, copy, reason, now) and principal.kind == "staff":
            tell_of_copy_end(tx, principal, copy, COPY_END, now)
    return str(copy.serial)


def end_copy(
    tx: Connection, deps: Deps, principal: Principal, copy: AnyRow, reason: str, now: datetime
) -> bool:
    """Revoke the copy of this row; false where it had been revoked before."""
    revoked = tx.execute(
        update(Copy)
        .where(Copy.id == copy.id, Copy.revoked_at.is_(None))
        .values(
            revoked_at=now,
            revoked_by=principal.account,
            revocation_sealed=deps.vault.seal(reason, REVOCATION),
        )
    )
    if not revoked.rowcount:
        return False
    end_copy_index(tx, copy.id, now)
    told = {"serial": copy.serial, "licence": copy.licence_id, "actor": principal.account}
    audit.record(tx, "copy.revoked", now, **told)
    return True


def copy_in_sight(tx: Connection, principal: Principal, serial: str, today: date) -> AnyRow:
    """The row of a copy: any for counter staff, for an account those of licences that it may show. Raises NotFound."""
    return _found(tx, serial, _visible(principal, today))


def copy_of_unit(tx: Connection, principal: Principal, serial: str) -> AnyRow:
    """The row of a copy that was printed at this unit's counters: what is on it is nobody else's to read. Raises
    NotFound."""
    return _found(tx, serial, Copy.unit_id == principal.unit_id)


def copy_of_holder(tx: Connection, holder_id: int, serial: str) -> AnyRow:
    """The row of a copy that was printed for this person. Raises NotFound."""
    return _found(tx, serial, Copy.holder_id == holder_id)


def _found(tx: Connection, serial: str, which: ColumnElement[bool]) -> AnyRow:
    known, found = read_serial(serial), None
    if known is not None:
        found = tx.execute(
            select(Copy).where(Copy.serial == known, Copy.text_sealed.is_not(None), which)
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到这份加注件，请核对编号。", "copy_unknown")
    return found


def copies_for_counter(
    deps: Deps, principal: Principal, serial: str, now: datetime
) -> list[CopyView]:
    """The copies of the request that made this one, as staff of the counters where it was printed see them. Raises
    NotFound."""
    today = local_day(now)
    with deps.db.read() as tx:
        known = copy_of_unit(tx, principal, serial)
        made = _copies().where(
            Copy.assistance_id == known.assistance_id,
            Copy.key == known.key,
            Copy.text_sealed.is_not(None),
        )
        rows = tx.execute(made.order_by(Copy.position)).all()
    return [_view(deps, row, today) for row in rows]


def own_copies(
    deps: Deps, principal: Principal, limit: int, cursor: str | None, now: datetime
) -> tuple[list[CopyView], str | None]:
    """A page of the copies of the licences that an account holds or may show, the latest first: who may show one may
    revoke it. Raises Invalid (`invalid_cursor`)."""
    which = has_right(rights_of(principal.id, local_day(now)))
    with deps.db.read() as tx:
        return copies_where(tx, deps, which, limit, cursor, now)


def copies_where(
    tx: Connection,
    deps: Deps,
    which: ColumnElement[bool],
    limit: int,
    cursor: str | None,
    now: datetime,
) -> tuple[list[CopyView], str | None]:
    """A page of the copies, or of those of the licences, that this condition is true of, the latest first. Raises Invalid
    (`invalid_cursor`)."""
    today, after = local_day(now), number_of_cursor(cursor)
    query = (
        _copies()
        .where(
            which,
            Copy.text_sealed.is_not(None),
            Copy.id < after if after else Copy.id > 0,
        )
        .order_by(Copy.id.desc())
        .limit(limit + 1)
    )
    rows = tx.execute(query).all()
    views = [_view(deps, row, today) for row in rows[:limit]]
    return views, str(rows[limit - 1].id) if len(rows) > limit else None


def _copies() -> AnySelect:
    return (
        select(
            Copy,
            LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"),
            Unit.name.label("unit"),
            Unit.name_en.label("unit_en"),
        )
        .join(Licence, Licence.id == Copy.licence_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Unit, Unit.id == Copy.unit_id)
    )


def _view(deps: Deps, row: AnyRow, today: date) -> CopyView:
    return CopyView(
        serial=row.serial,
        type_name=row.type_name,
        type_name_en=row.type_name_en,
        purpose=deps.vault.open(row.purpose_sealed, PURPOSE),
        recipient=deps.vault.open(row.recipient_sealed, RECIPIENT),
        ends_on=row.ends_on,
        state=_state(row, today),
        uses=row.uses,
        single_use=row.single_use,
        printed_at=row.printed_at,
        revoked_at=row.revoked_at,
        unit=row.unit,
        unit_en=row.unit_en,
    )


def _state(row: AnyRow, today: date) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "ended" if row.ends_on < today else "good"


def _visible(principal: Principal, today: date) -> ColumnElement[bool]:
    if principal.kind == "staff" and "counter" in principal.roles:
        return true()
    if principal.kind == "holder":
        rights = rights_of(principal.id, today)
        return Copy.licence_id.in_(select(rights.c.licence_id))
    return false()
