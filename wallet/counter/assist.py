"""Begin an assisted session, go on with it, end it (O-19, M-18): for a holder who is at the counter, on evidence.

It is one staff member's and ends by itself after `ASSISTANCE_LIFE` seconds.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, insert, or_, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.matters import matter_of
from wallet.counter.handed_over import take_back_all
from wallet.counter.model import MATTER, REFERENCE, Assistance
from wallet.errors import Conflict, Invalid, NotFound
from wallet.holders.codes import PERSON_CODE_TYPES, normalise_holder_code
from wallet.holders.find import find_holder
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.names import masked_name, normalise_name
from wallet.licences.held import HeldLicence
from wallet.licences.of_holder import licences_of_holder
from wallet.organisations.model import Unit
from wallet.showing.assisted import tell_of_assistance
from wallet.showing.model import LOOK_UP_CAUSE
from wallet.showing.remembered import notice_restore
from wallet.web.limits import count_assistance
from wallet.web.principal import Principal

EVIDENCE: Final = ("card_seen", "signed_slip", "guardian", "reference")
"""How staff know that it is this person's wish."""
_NAMED: Final = frozenset({"guardian", "reference"})
"""Evidence that has to be named."""
AT_HOME: Final = "上门办理"
"""In place of a desk, where a session is begun at the person's door."""
_ID_MAX: Final = 32


@dataclass(frozen=True)
class NewAssistance:
    """Whom to serve: by code and name, or by the code alone where the card was read (`card_seen`). `visit` is the list
    of home service 上门 that it is begun from."""

    code_type: str
    code: str
    name: str
    evidence: str
    reference: str
    matter: str
    visit: str | None = None


@dataclass(frozen=True)
class AssistanceView:
    """A session that is open: the holder masked, and what that person holds."""

    id: str
    holder: str
    matter: str
    evidence: str
    licences: Sequence[HeldLicence]
    started_at: datetime
    ends_at: datetime


def begin_assistance(
    deps: Deps, principal: Principal, new: NewAssistance, now: datetime
) -> AssistanceView:
    """Begin a session for the holder with this code.

    Raises NotFound (`holder_unknown`, the same for a wrong name), Invalid (`holder_code`, `holder_code_type`,
    `reference_required`, `name_required`), TooMany after many tries. What was asked in vain is on record too.
    """
    code = code_asked_for(deps, principal, new, now)
    with deps.db.begin() as tx:
        assistance_id = start_assistance(tx, deps, principal, new, code, now)
    return started_view(deps, principal, assistance_id, now)


def code_asked_for(deps: Deps, principal: Principal, new: NewAssistance, now: datetime) -> str:
    """The holder's code in its one form, before anybody is looked up; the try is counted. Raises as `begin_assistance`,
    NotFound aside."""
    if new.evidence in _NAMED and not new.reference:
        raise Invalid("reference：请写明凭据，如监护证明、签字单的编号。", "reference_required")
    if new.evidence != "card_seen" and not new.name:
        raise Invalid("name：没有读卡时请填写姓名。", "name_required")
    count_assistance(deps, principal.account)
    kind = "person" if new.code_type in PERSON_CODE_TYPES else "organisation"
    return normalise_holder_code(kind, new.code_type, new.code, local_day(now))


def start_assistance(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    new: NewAssistance,
    code: str,
    now: datetime,
) -> str | None:
    """The id of a session that begins for the holder with this code; None where the library knows nobody by it, which
    is on record and therefore raised by `started_view` only once this is committed."""
    assistance_id = secrets.token_urlsafe(12)
    holder_id = _known(tx, deps, new, code)
    told = {"actor": principal.account, "unit": principal.unit_id, "evidence": new.evidence}
    if holder_id is None:
        audit.record(tx, "assistance.refused", now, **told)
        return None
    session = tx.execute(
        insert(Assistance).returning(Assistance),
        _row(deps, principal, new, assistance_id, holder_id, now),
    ).one()
    matter = deps.vault.seal(new.matter, LOOK_UP_CAUSE)
    tell_of_assistance(tx, session, principal.account, matter, now)
    audit.record(
        tx,
        "assistance.begun",
        now,
        **told,
        assistance=assistance_id,
        holder_id=holder_id,
        terminal=session.terminal,
        visit=new.visit,
    )
    return assistance_id


def started_view(
    deps: Deps, principal: Principal, assistance_id: str | None, now: datetime
) -> AssistanceView:
    """What `start_assistance` began. Raises NotFound (`holder_unknown`)."""
    if assistance_id is None:
        raise NotFound("库中没有这位持证人，请核对证件号码和姓名。", "holder_unknown")
    return assistance_view(deps, principal, assistance_id, now)


def assistance_view(
    deps: Deps, principal: Principal, assistance_id: str, now: datetime, item: str | None = None
) -> AssistanceView:
    """An open session of this staff member; with the code of an `item`, the licences that this matter can use.

    Raises NotFound (also of an item: `item_unknown`), Conflict (`assistance_ended`).
    """
    types = None if item is None else _types_of(deps, item)
    with deps.db.read() as tx:
        row = open_assistance(tx, principal, assistance_id, now)
        holder = tx.execute(select(Holder).where(Holder.id == row.holder_id)).one()
        licences = licences_of_holder(tx, deps, row.holder_id, now)
    if types is not None:
        licences = [one for one in licences if one.type_code in types]
    return AssistanceView(
        id=row.id,
        holder=masked_name(deps.vault.open(holder.name_sealed, HOLDER_NAME), holder.kind),
        matter=deps.vault.open(row.matter_sealed, MATTER),
        evidence=row.evidence,
        licences=licences,
        started_at=row.started_at,
        ends_at=row.ends_at,
    )


def _types_of(deps: Deps, item: str) -> frozenset[str]:
    matter = matter_of(deps, item) if item.isprintable() else None
    if matter is None:
        raise NotFound("没有这个事项，请重新选择。", "item_unknown")
    return matter.type_codes


def end_assistance(deps: Deps, principal: Principal, assistance_id: str, now: datetime) -> None:
    """End a session, and what was handed over in it and waits; ending twice is once. Raises NotFound."""
    taken_back: Sequence[str] = ()
    notice_restore(deps, now)
    with deps.db.begin() as tx:
        row = own_assistance(tx, principal, assistance_id)
        ended = tx.execute(
            update(Assistance)
            .where(Assistance.id == row.id, Assistance.ended_at.is_(None))
            .values(ended_at=now)
        )
        if ended.rowcount:
            audit.record(tx, "assistance.ended", now, assistance=row.id, actor=principal.account)
            taken_back = take_back_all(tx, principal, row, now)
    for jti in taken_back:
        deps.epoch.note(jti)


def open_assistance(
    tx: Connection, principal: Principal, assistance_id: str, now: datetime
) -> AnyRow:
    """The row of an open session of this staff member. Raises NotFound, Conflict (`assistance_ended`)."""
    return _if_open(own_assistance(tx, principal, assistance_id), now)


def lock_assistance(
    tx: Connection, principal: Principal, assistance_id: str, now: datetime
) -> AnyRow:
    """As `open_assistance`; until the transaction ends nobody else acts in the session, or ends it."""
    row = own_assistance(tx, principal, assistance_id)
    hold_assistance(tx, row.id)
    return open_assistance(tx, principal, row.id, now)


def hold_assistance(tx: Connection, assistance_id: str) -> None:
    """Whoever else acts in a session, prints in it or ends it waits here."""
    tx.execute(
        select(Assistance.id).where(Assistance.id == assistance_id).with_for_update(key_share=True)
    ).all()


def open_assistance_at(
    tx: Connection, unit_id: int | None, assistance_id: str, now: datetime
) -> AnyRow:
    """The row of an open session of a unit or of one beside it, under the same managing unit: whoever is served
    at one counter goes on at the desks around it. Raises as `open_assistance`."""
    around = Assistance.unit_id.in_(units_around(unit_id))
    return _if_open(_found(tx, assistance_id, around), now)


def units_around(unit_id: int | None) -> Select[int]:
    """Query: the ids of a unit and of those beside it, under the same managing unit."""
    beside = select(Unit.parent_id).where(Unit.id == unit_id).scalar_subquery()
    return select(Unit.id).where(or_(Unit.id == unit_id, Unit.parent_id == beside))


def _if_open(row: AnyRow, now: datetime) -> AnyRow:
    if row.ended_at is not None or now >= row.ends_at:
        raise Conflict("这次帮办代办已结束，请重新核对身份后再办。", "assistance_ended")
    return row


def own_assistance(tx: Connection, principal: Principal, assistance_id: str) -> AnyRow:
    """The row of a session of this staff member, open or over. Raises NotFound."""
    return _found(tx, assistance_id, Assistance.staff_id == principal.id)


def _found(tx: Connection, assistance_id: str, which: ColumnElement[bool]) -> AnyRow:
    found = None
    if assistance_id.isascii() and assistance_id.isprintable() and len(assistance_id) <= _ID_MAX:
        found = tx.execute(
            select(Assistance).where(Assistance.id == assistance_id, which)
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到这次帮办代办，请回到帮办代办页面重新开始。", "assistance_unknown")
    return found


def _known(tx: Connection, deps: Deps, new: NewAssistance, code: str) -> int | None:
    row = find_holder(tx, deps.vault, new.code_type, code)
    if row is None:
        return None
    known = normalise_name(deps.vault.open(row.name_sealed, HOLDER_NAME))
    found: int = row.id
    return found if not new.name or known == normalise_name(new.name) else None


def _row(
    deps: Deps,
    principal: Principal,
    new: NewAssistance,
    assistance_id: str,
    holder_id: int,
    now: datetime,
) -> dict[str, object]:
    return {
        "id": assistance_id,
        "staff_id": principal.id,
        "unit_id": principal.unit_id,
        "terminal": AT_HOME if new.visit else principal.terminal,
        "holder_id": holder_id,
        "evidence": new.evidence,
        "reference_sealed": deps.vault.seal(new.reference, REFERENCE) if new.reference else None,
        "matter_sealed": deps.vault.seal(new.matter, MATTER),
        "started_at": now,
        "ends_at": now + timedelta(seconds=numbers.ASSISTANCE_LIFE),
        "ended_at": None,
    }
