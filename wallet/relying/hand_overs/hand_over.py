"""Hand licences of whoever is served to a desk in the house by its number, answer what it asks, take them back (O-19, M-18).

The desk takes and judges them as it does what a phone sends. Who shows is the hand-over, a row of its own, since the
person may have no account; it ends with the staff member's session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from wallet import numbers
from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.assist import lock_assistance, open_assistance, own_assistance, units_around
from wallet.counter.handed_over import take_back
from wallet.errors import Conflict, Invalid, NotFound
from wallet.licences.of_holder import licence_of_holder
from wallet.organisations.model import Unit
from wallet.relying.consent import SaidBy, conclude, say
from wallet.relying.desk_numbers.send import NumberedDesk, live_number, put_showing
from wallet.showing.follow import ShowingState, state_of
from wallet.showing.handle import Shower, Showing, new_jti
from wallet.showing.model import HandOver
from wallet.showing.remembered import notice_restore
from wallet.showing.show import first_code_of
from wallet.showing.withdraw import conclude as conclude_withdrawal
from wallet.web.limits import count_number
from wallet.web.principal import Principal


@dataclass(frozen=True)
class NewHandOver:
    """Identifiers of the licences, and the number that the desk shows."""

    licences: Sequence[str]
    number: str


@dataclass(frozen=True)
class HandOverView:
    """A hand-over: to which unit and desk, and what has become of it, as a phone would see it."""

    id: str
    unit: str
    terminal: str
    sent_at: datetime
    ends_at: datetime
    showing: ShowingState


def desk_in_house(
    deps: Deps, principal: Principal, assistance_id: str, number: str, now: datetime
) -> NumberedDesk:
    """Whose number it is, for staff to read out. Raises NotFound (`assistance_unknown`, `desk_number_unknown`,
    `desk_elsewhere`), Conflict (`assistance_ended`), TooMany after many tries."""
    count_number(deps, principal.account)
    with deps.db.read() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        row = _desk(tx, session, number, now)
    return NumberedDesk(row.unit, row.terminal, row.ends_at)


def hand_over(
    deps: Deps,
    principal: Principal,
    assistance_id: str,
    new: NewHandOver,
    key: str,
    body_hash: bytes,
    now: datetime,
) -> HandOverView:
    """Hand over; the same request again, by its key, is the same hand-over.

    Raises as `desk_in_house`, NotFound for a licence of somebody else, Conflict (the licence's status,
    `idempotency_key_reused`), Invalid (`duplicate_licence`, `too_many_licences`).
    """
    count_number(deps, principal.account)
    if len(set(new.licences)) != len(new.licences):
        raise Invalid("licences：同一证照重复。", "duplicate_licence")
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        before = tx.execute(
            select(HandOver).where(HandOver.assistance_id == session.id, HandOver.key == key)
        ).one_or_none()
        if before is None:
            jti = _send(tx, deps, principal, session, new, key, body_hash, now)
        elif before.body_hash == body_hash:
            jti = before.jti
        else:
            raise Conflict(
                "同一个 Idempotency-Key 用于不同的内容，请换一个。", "idempotency_key_reused"
            )
    return hand_over_view(deps, principal, assistance_id, jti, now)


def hand_over_view(
    deps: Deps, principal: Principal, assistance_id: str, hand_over_id: str, now: datetime
) -> HandOverView:
    """One of a session of this staff member, also when that is over. Raises NotFound."""
    with deps.db.read() as tx:
        session = own_assistance(tx, principal, assistance_id)
        row = _found(tx, session, hand_over_id)
        unit = tx.execute(select(Unit.name).where(Unit.id == row.desk_unit_id)).scalar_one()
    state = state_of(deps, _showing(row), row.ends_at, now)
    return HandOverView(row.jti, unit, row.terminal, row.sent_at, row.ends_at, state)


def answer_for(
    deps: Deps,
    principal: Principal,
    assistance_id: str,
    hand_over_id: str,
    now: datetime,
    *,
    allow: bool,
) -> None:
    """Answer what the desk has asked, as the served person has told the staff; twice the same is once.

    Raises NotFound, Conflict (`assistance_ended`, and those of `relying.consent.answer`).
    """
    with deps.db.begin() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        row = _found(tx, session, hand_over_id)
        told = {"actor": principal.account, "unit": session.unit_id}
        told |= {"assistance": session.id, "evidence": session.evidence}
        said_by = SaidBy("hand_over.answered", told)
        said = say(tx, deps, _showing(row), said_by, now, allow=allow)
    conclude(deps, said, now, allow=allow)


def take_back_hand_over(
    deps: Deps, principal: Principal, assistance_id: str, hand_over_id: str, now: datetime
) -> None:
    """Take it back; twice is once. Raises NotFound, Conflict (`assistance_ended`, `already_used`)."""
    notice_restore(deps, now)
    with deps.db.begin() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        row = _found(tx, session, hand_over_id)
        done = take_back(tx, principal, session, row.jti, now)
    conclude_withdrawal(deps, row.jti, done)


def _send(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    session: AnyRow,
    new: NewHandOver,
    key: str,
    body_hash: bytes,
    now: datetime,
) -> str:
    desk = _desk(tx, session, new.number, now)
    licences = [
        licence_of_holder(tx, deps, session.holder_id, identifier, now)[0].id
        for identifier in new.licences
    ]
    values: dict[str, Any] = {
        "jti": new_jti(),
        "assistance_id": session.id,
        "key": key,
        "body_hash": body_hash,
        "holder_id": session.holder_id,
        "unit_id": session.unit_id,
        "licences": licences,
        "desk_unit_id": desk.unit_id,
        "terminal": desk.terminal,
        "sent_at": now,
        "ends_at": min(session.ends_at, now + timedelta(seconds=numbers.SHOWING_LIFE)),
    }
    row = tx.execute(insert(HandOver).returning(HandOver), values).one()
    showing = _showing(row)
    code = first_code_of(tx, deps, showing, now)
    sent = {"desk": desk.desk, "showing_id": code.id, "sent_at": now}
    put_showing(tx, showing.jti, sent | {"session_id": principal.session})
    audit.record(
        tx,
        "hand_over.sent",
        now,
        assistance=session.id,
        jti=showing.jti,
        licences=licences,
        desk=desk.desk,
        actor=principal.account,
        unit=session.unit_id,
    )
    return showing.jti


def _desk(tx: Connection, session: AnyRow, number: str, now: datetime) -> AnyRow:
    row = live_number(tx, number, now)
    if row.unit_id not in tx.execute(units_around(session.unit_id)).scalars().all():
        raise NotFound(
            "这个窗口不在本大厅，不能转交。请打印加注件，或请此人带证件原件到那个窗口。",
            "desk_elsewhere",
        )
    return row


def _found(tx: Connection, session: AnyRow, hand_over_id: str) -> AnyRow:
    row = tx.execute(
        select(HandOver).where(HandOver.assistance_id == session.id, HandOver.jti == hand_over_id)
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这次转交，请回到此人的页面重新选择。", "hand_over_unknown")
    return row


def _showing(row: AnyRow) -> Showing:
    shower = Shower(row.id, delegated=False, assisted=True)
    return Showing(row.jti, 0, shower, tuple(row.licences), row.sent_at)
