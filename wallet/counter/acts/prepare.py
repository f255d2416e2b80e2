"""Prepare a sensitive act in an assisted session: it waits, as it was shown, until a colleague confirms it.

Nothing of it counts before, and it ends with its session. It is held against every rule now, so that nobody calls
a colleague in vain, and again when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.counter.acts.content import ActContent, ActDelegation, ActItem, ActLicence, without_code
from wallet.counter.acts.in_place_of import in_place_of
from wallet.counter.acts.model import DELEGATION, UNFREEZE, WITHDRAWN, AssistedAct
from wallet.counter.acts.note import content_index, note_waiting
from wallet.counter.assist import lock_assistance
from wallet.errors import Conflict, NotFound
from wallet.holders.addressee import addressee
from wallet.licences.delegations.listed import GIVEN
from wallet.licences.delegations.offer import NewDelegation, check_offer
from wallet.licences.of_holder import licence_of_holder
from wallet.web.principal import Principal


def prepare_unfreeze(deps: Deps, principal: Principal, assistance_id: str, now: datetime) -> str:
    """Prepare that the codes of the served person may be shown again (恢复亮码); gives the act's id.

    Raises NotFound, Conflict (`assistance_ended`, `not_frozen`, `too_many_waiting`, and those of `in_place_of`).
    """
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        check_frozen(in_place_of(tx, deps, session.holder_id, now))
        return _prepare(tx, deps, principal, session, UNFREEZE, ActContent(), now)


def prepare_delegation(
    deps: Deps, principal: Principal, assistance_id: str, new: NewDelegation, now: datetime
) -> str:
    """Prepare a delegation of the served person's own licences; gives the act's id.

    Raises as `delegations.offer.offer` and `prepare_unfreeze`.
    """
    new = replace(new, starts_on=new.starts_on or local_day(now))
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        person = in_place_of(tx, deps, session.holder_id, now)
        licences = own_licences(tx, deps, session.holder_id, new.licences, now)
        check_may_offer(person)
        check_offer(tx, deps, person, new, now)
        content = _content(tx, new, licences, now)
        return _prepare(tx, deps, principal, session, DELEGATION, content, now)


def withdraw_act(
    deps: Deps, principal: Principal, assistance_id: str, act_id: str, now: datetime
) -> None:
    """Take back an act that waits, in one's own open session; twice is once.

    Raises NotFound, Conflict (`assistance_ended`, `act_settled`).
    """
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        act = tx.execute(
            select(AssistedAct).where(
                AssistedAct.assistance_id == session.id, AssistedAct.public_id == act_id
            )
        ).one_or_none()
        if act is None:
            raise NotFound("没有找到这件事，请回到此人的页面重新选择。", "act_unknown")
        if act.outcome == WITHDRAWN:
            return
        if act.outcome is not None:
            raise Conflict("这件事已经办完或没有同意，不能再撤回。", "act_settled")
        tx.execute(
            update(AssistedAct)
            .where(AssistedAct.id == act.id)
            .values(
                outcome=WITHDRAWN,
                decided_at=now,
                content_sealed=without_code(deps.vault, act.content_sealed),
            )
        )
        told = {"actor": principal.account, "unit": session.unit_id, "kind": act.kind}
        audit.record(tx, "act.withdrawn", now, act=act.id, assistance=session.id, **told)


def own_licences(
    tx: Connection, deps: Deps, holder_id: int, identifiers: Sequence[str], now: datetime
) -> list[ActLicence]:
    """These licences of a served person; raises NotFound where one is somebody else's, or was replaced."""
    found = [licence_of_holder(tx, deps, holder_id, one, now)[0] for one in identifiers]
    return [
        ActLicence(held.identifier, held.type_name, held.type_name_en, held.number_masked)
        for held in found
    ]


def check_frozen(person: Principal) -> None:
    """Raises Conflict (`not_frozen`)."""
    if person.frozen_at is None:
        raise Conflict("此人的亮码没有停用，不用恢复。", "not_frozen")


def check_may_offer(person: Principal) -> None:
    """Raises Conflict (`frozen`)."""
    if person.frozen_at is not None:
        raise Conflict("此人的亮码已停用，请先恢复再授权。", "frozen")


def _content(
    tx: Connection, new: NewDelegation, licences: list[ActLicence], now: datetime
) -> ActContent:
    to = addressee(new.code_type, new.code, new.name, local_day(now))
    starts_on = new.starts_on or local_day(now)
    return ActContent(
        ActDelegation(
            side=GIVEN,
            name=to.name,
            code_type=to.code_type,
            code=to.code,
            licences=tuple(licences),
            items=None if new.items is None else _items(tx, new.items),
            starts_on=starts_on,
            ends_on=new.ends_on,
        )
    )


def _items(tx: Connection, codes: Sequence[str]) -> tuple[ActItem, ...]:
    rows = tx.execute(
        select(UseItem.code, UseItem.name, UseItem.name_en)
        .where(UseItem.code.in_(codes))
        .order_by(UseItem.id)
    )
    return tuple(ActItem(row.code, row.name, row.name_en) for row in rows)


def _prepare(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    session: AnyRow,
    kind: str,
    content: ActContent,
    now: datetime,
) -> str:
    """The act; the same that waits already, where there is one: a double click prepares once."""
    waiting = AssistedAct.assistance_id == session.id, AssistedAct.outcome.is_(None)
    index = content_index(deps, session, kind, content)
    again = tx.execute(
        select(AssistedAct.public_id).where(*waiting, AssistedAct.content_index == index)
    ).scalar_one_or_none()
    if again is not None:
        before: str = again
        return before
    if tx.execute(select(func.count()).where(*waiting)).scalar_one() >= numbers.ACTS_WAITING_MAX:
        raise Conflict(
            f"已有 {numbers.ACTS_WAITING_MAX} 件在等同事确认，请先请同事办完。", "too_many_waiting"
        )
    return note_waiting(tx, deps, principal, session, kind, content, now)
