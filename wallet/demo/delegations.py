"""The demo's delegations, made by the journeys that people would take."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.demo.rows import DemoData
from wallet.errors import Conflict
from wallet.holders.model import Account
from wallet.licences.delegations.answer import answer
from wallet.licences.delegations.offer import NewDelegation, offer
from wallet.licences.model import IDENTIFIER, Licence
from wallet.web.principal import Principal


def add_delegations(
    deps: Deps,
    demo: DemoData,
    accounts: dict[str, int],
    licences: dict[str, int | None],
    now: datetime,
) -> None:
    """Offer and accept them on their first day, as their people would."""
    for row in demo.delegations:
        grantor, delegate = (
            _principal(deps, demo, accounts, login) for login in (row.granted_by, row.delegate)
        )
        to = demo.holders[row.delegate]
        on_that_day = now - (local_day(now) - row.granted_on)
        with deps.db.read() as tx:
            sealed = select(Licence.identifier_sealed).where(Licence.id == licences[row.licence])
            identifier = deps.vault.open(tx.execute(sealed).scalar_one(), IDENTIFIER)
        new = NewDelegation(
            code_type=to.code_type,
            code=to.code,
            name=to.name,
            licences=[identifier],
            items=row.items,
            starts_on=row.granted_on,
            ends_on=row.valid_until,
        )
        made = _offered(deps, grantor, new, on_that_day)
        if made and row.accepted:
            answer(deps, delegate, made, on_that_day, accept=True)


def _offered(deps: Deps, grantor: Principal, new: NewDelegation, now: datetime) -> str | None:
    """Offer it; gives None where that was done before the seeding broke off."""
    try:
        return offer(deps, grantor, new, now)
    except Conflict as refused:
        if refused.slug != "delegation_exists":
            raise
        return None


def _principal(deps: Deps, demo: DemoData, accounts: dict[str, int], login: str) -> Principal:
    account = accounts[login]
    row = deps.db.row(select(Account.holder_id).where(Account.id == account))
    assert row is not None
    return Principal("holder", account, 0, demo.holders[login].name, holder_id=row.holder_id)
