"""What is done at once for a served person, by one staff member: it stops something, and so protects."""

from __future__ import annotations

from datetime import datetime

from wallet.base.deps import Deps
from wallet.counter.acts.content import ActContent, ActDelegation, ActItem, ActLicence
from wallet.counter.acts.in_place_of import in_place_of
from wallet.counter.acts.model import DELEGATION_END, FREEZE
from wallet.counter.acts.note import note_done
from wallet.counter.assist import lock_assistance
from wallet.errors import Conflict
from wallet.licences.delegations.answer import end_delegation
from wallet.licences.delegations.listed import RECEIVED, DelegationView, delegation_view
from wallet.showing.freeze import freeze_account
from wallet.web.principal import Principal


def freeze_for(deps: Deps, principal: Principal, assistance_id: str, now: datetime) -> str:
    """Freeze the codes of the served person (停用亮码); gives the act's id.

    Raises NotFound, Conflict (`assistance_ended`, `already_frozen`, and those of `in_place_of`).
    """
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        person = in_place_of(tx, deps, session.holder_id, now)
        if not freeze_account(tx, person, now):
            raise Conflict("此人的亮码已经停用，不用再办。", "already_frozen")
        return note_done(tx, deps, principal, session, FREEZE, ActContent(), now)


def end_delegation_for(
    deps: Deps, principal: Principal, assistance_id: str, delegation_id: str, now: datetime
) -> None:
    """End a delegation that the served person has given or received; twice is once.

    Raises NotFound, Conflict (`assistance_ended`, and those of `in_place_of`).
    """
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        person = in_place_of(tx, deps, session.holder_id, now)
        ended = end_delegation(tx, deps, person, delegation_id, now, as_person=True)
        if ended is None:
            return
        content = ActContent(_told(delegation_view(tx, deps, person, delegation_id, now)))
        note_done(tx, deps, principal, session, DELEGATION_END, content, now, ended)


def _told(found: DelegationView) -> ActDelegation:
    received = found.side == RECEIVED
    return ActDelegation(
        side=found.side,
        name=found.grantor if received else found.delegate,
        code_type="",
        code="" if received else found.delegate_code,
        licences=tuple(
            ActLicence("", one.type_name, one.type_name_en, one.number_masked)
            for one in found.licences
        ),
        items=None
        if found.items is None
        else tuple(ActItem(one.code, one.name, one.name_en) for one in found.items),
        starts_on=found.starts_on,
        ends_on=found.ends_on,
    )
