"""A second staff member of the unit confirms a sensitive act of a colleague's session, or declines it.

Never who prepared it, never after the session has ended, once only, and only what was shown (`seen`). Every rule is
held against it anew: what no longer fits is refused, and waits for another answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.counter.acts.content import (
    ActContent,
    ActDelegation,
    masked,
    read_content,
    without_code,
)
from wallet.counter.acts.in_place_of import in_place_of
from wallet.counter.acts.model import DECLINED, DELEGATION, DONE, REASON, AssistedAct, act_state
from wallet.counter.acts.prepare import check_frozen, check_may_offer, own_licences
from wallet.counter.assist import hold_assistance
from wallet.counter.model import MATTER, REFERENCE, Assistance
from wallet.errors import Conflict, NotFound
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.names import masked_name
from wallet.licences.delegations.offer import NewDelegation, make_offer
from wallet.organisations.model import Staff
from wallet.organisations.sign_in import STAFF_NAME
from wallet.showing.assisted import tell_of_act
from wallet.showing.freeze import unfreeze_account
from wallet.web.principal import Principal

_ID_MAX = 32


@dataclass(frozen=True)
class Confirmation:
    """An act of a colleague's session: who asks, at which terminal, for whom (masked), on what evidence, for what matter,
    and what will be done, the code of a delegate in full while it waits. `state` as in `act_state`; `seen` stands for all of it and is sent back with the answer."""

    id: str
    kind: str
    state: str
    asked_by: str
    terminal: str
    holder: str
    evidence: str
    reference: str
    matter: str
    content: ActContent
    prepared_at: datetime
    ends_at: datetime
    seen: str


def confirmations(
    deps: Deps, principal: Principal, limit: int, cursor: str | None, now: datetime
) -> tuple[list[Confirmation], str | None]:
    """A page of the acts that wait for this staff member, those first that wait longest. Raises Invalid
    (`invalid_cursor`)."""
    statement = (
        _acts(principal, now).where(*_waiting(now)).order_by(AssistedAct.id).limit(limit + 1)
    )
    if after := number_of_cursor(cursor):
        statement = statement.where(AssistedAct.id > after)
    rows = deps.db.rows(statement)
    page = [_view(deps, row, now) for row in rows[:limit]]
    return page, str(rows[limit - 1].id) if len(rows) > limit else None


def confirmations_waiting(deps: Deps, principal: Principal, now: datetime) -> int:
    """How many acts wait for this staff member."""
    colleagues = (Assistance.unit_id == principal.unit_id, Assistance.staff_id != principal.id)
    row = deps.db.row(
        select(func.count().label("waiting"))
        .select_from(AssistedAct)
        .join(Assistance, Assistance.id == AssistedAct.assistance_id)
        .where(*colleagues, *_waiting(now))
    )
    return 0 if row is None else int(row.waiting)


def confirmation(deps: Deps, principal: Principal, act_id: str, now: datetime) -> Confirmation:
    """One act of a colleague's session; raises NotFound."""
    with deps.db.read() as tx:
        return _view(deps, _found(tx, principal, act_id, now), now)


def confirm_act(deps: Deps, principal: Principal, act_id: str, seen: str, now: datetime) -> None:
    """Do what was prepared and shown; the same answer of the same colleague once more changes nothing.

    Raises NotFound, Conflict (`assistance_ended`, `act_settled`, `act_changed`), and as the act itself:
    `prepare.prepare_delegation`, `prepare.prepare_unfreeze`.
    """
    with deps.db.begin() as tx:
        act = _to_answer(tx, deps, principal, act_id, DONE, seen, now)
        if act is None:
            return
        delegation_id = _do(tx, deps, act, now)
        _settle(tx, deps, principal, act, now, outcome=DONE, delegation_id=delegation_id)
        told = {"actor": principal.account, "unit": principal.unit_id, "kind": act.kind}
        told |= {"assistance": act.assistance_id, "delegation": delegation_id}
        audit.record(tx, "act.confirmed", now, act=act.id, **told)
        session = select(Assistance).where(Assistance.id == act.assistance_id)
        tell_of_act(tx, tx.execute(session).one(), principal.account, act.kind, now)


def decline_act(
    deps: Deps, principal: Principal, act_id: str, seen: str, reason: str, now: datetime
) -> None:
    """Say no, and why: the colleague reads it. Raises as `confirm_act`."""
    with deps.db.begin() as tx:
        act = _to_answer(tx, deps, principal, act_id, DECLINED, seen, now)
        if act is None:
            return
        sealed = deps.vault.seal(reason, REASON)
        _settle(tx, deps, principal, act, now, outcome=DECLINED, reason_sealed=sealed)
        told = {"actor": principal.account, "unit": principal.unit_id, "kind": act.kind}
        audit.record(tx, "act.declined", now, act=act.id, assistance=act.assistance_id, **told)


def _to_answer(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    act_id: str,
    answer: str,
    seen: str,
    now: datetime,
) -> AnyRow | None:
    """The row of an act that may be answered so, None where this colleague has answered so before."""
    hold_assistance(tx, _found(tx, principal, act_id, now).assistance_id)
    act = _found(tx, principal, act_id, now)  # as it is now that nobody else may answer
    if act.outcome == answer and act.staff_id == principal.id:
        return None
    state = act_state(act.outcome, act, now)
    if state == "ended":
        raise Conflict("这次帮办代办已结束，不能再确认，请同事重新办理。", "assistance_ended")
    if state != "waiting":
        raise Conflict("这件事已有人处理，不用再确认。", "act_settled")
    if seen != _seen(act):
        raise Conflict("内容与您看到的不一样，请重新核对再确认。", "act_changed")
    return act


def _do(tx: Connection, deps: Deps, act: AnyRow, now: datetime) -> int | None:
    """Do it in the place of the served person; the id of the delegation, where it makes one."""
    person = in_place_of(tx, deps, act.holder_id, now)
    if act.kind != DELEGATION:
        check_frozen(person)
        unfreeze_account(tx, person, now)
        return None
    made = read_content(deps.vault, act.content_sealed).delegation
    assert made is not None
    own_licences(tx, deps, act.holder_id, [one.identifier for one in made.licences], now)
    check_may_offer(person)
    delegation_id: int = make_offer(tx, deps, person, _offer(made), now).id
    return delegation_id


def _offer(made: ActDelegation) -> NewDelegation:
    return NewDelegation(
        code_type=made.code_type,
        code=made.code,
        name=made.name,
        licences=[one.identifier for one in made.licences],
        items=None if made.items is None else [one.code for one in made.items],
        starts_on=made.starts_on,
        ends_on=made.ends_on,
    )


def _settle(
    tx: Connection, deps: Deps, principal: Principal, act: AnyRow, now: datetime, **values: Any
) -> None:
    values["content_sealed"] = without_code(deps.vault, act.content_sealed)
    by = {"decided_at": now, "staff_id": principal.id, "terminal": principal.terminal}
    tx.execute(update(AssistedAct).where(AssistedAct.id == act.id).values(**by, **values))


def _found(tx: Connection, principal: Principal, act_id: str, now: datetime) -> AnyRow:
    found = None
    if act_id.isascii() and act_id.isprintable() and len(act_id) <= _ID_MAX:
        found = tx.execute(
            _acts(principal, now).where(AssistedAct.public_id == act_id)
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到要确认的事。自己办的请同事确认。", "act_unknown")
    return found


def _acts(principal: Principal, now: datetime) -> AnySelect:
    """The acts of the sessions of this staff member's colleagues, with session, holder and who asks, not those of long ago."""
    since = now - timedelta(seconds=numbers.CONFIRMATION_READ)
    return (
        select(
            AssistedAct,
            *(Assistance.unit_id, Assistance.holder_id, Assistance.evidence, Assistance.ends_at),
            *(Assistance.ended_at, Assistance.reference_sealed, Assistance.matter_sealed),
            Assistance.terminal.label("asked_at"),
            Staff.name_sealed.label("asked_by"),
            Holder.kind.label("holder_kind"),
            Holder.name_sealed.label("holder_name"),
        )
        .join(Assistance, Assistance.id == AssistedAct.assistance_id)
        .join(Staff, Staff.id == Assistance.staff_id)
        .join(Holder, Holder.id == Assistance.holder_id)
        .where(
            Assistance.unit_id == principal.unit_id,
            Assistance.staff_id != principal.id,
            Assistance.ends_at > since,
        )
    )


def _waiting(now: datetime) -> tuple[Any, ...]:
    open_still = (Assistance.ends_at > now, Assistance.ended_at.is_(None))
    return (AssistedAct.outcome.is_(None), *open_still)


def _view(deps: Deps, row: AnyRow, now: datetime) -> Confirmation:
    named = row.reference_sealed
    content, state = read_content(deps.vault, row.content_sealed), act_state(row.outcome, row, now)
    return Confirmation(
        id=row.public_id,
        kind=row.kind,
        state=state,
        asked_by=deps.vault.open(row.asked_by, STAFF_NAME),
        terminal=row.asked_at,
        holder=masked_name(deps.vault.open(row.holder_name, HOLDER_NAME), row.holder_kind),
        evidence=row.evidence,
        reference="" if named is None else deps.vault.open(named, REFERENCE),
        matter=deps.vault.open(row.matter_sealed, MATTER),
        content=content if state == "waiting" else masked(content),
        prepared_at=row.prepared_at,
        ends_at=row.ends_at,
        seen=_seen(row),
    )


def _seen(row: AnyRow) -> str:
    index: bytes = row.content_index
    return index.hex()
