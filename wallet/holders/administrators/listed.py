"""The administrators of the organisations that an account acts for, and what it is asked to become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.catalogue.masking import mask_middle
from wallet.holders.addressee import ADDRESSEE_CODE, ADDRESSEE_NAME, is_for
from wallet.holders.administrators.model import AdministratorOffer, is_open
from wallet.holders.model import HOLDER_CODE, HOLDER_NAME, Account, Holder, Representative
from wallet.web.principal import Principal


@dataclass(frozen=True)
class AdministratorView:
    """An administrator of an organisation: `state` is offered or active.

    `mine` says that it is the account itself, whoever it is acts for the organisation else. Names are
    in full, since those who act for one organisation have named each other; codes are masked.
    """

    id: str
    organisation_code: str
    organisation: str
    name: str
    code_masked: str
    state: str
    mine: bool
    starts_on: date | None
    offered_at: datetime | None
    answer_until: datetime | None


def administrators(deps: Deps, principal: Principal, now: datetime) -> list[AdministratorView]:
    """Those who act for the account's organisations and are asked to, and what it is asked itself."""
    with deps.db.read() as tx:
        return [*_active(tx, deps, principal, now), *_offered(tx, deps, principal, now)]


def acts_for(principal: Principal, today: date) -> Any:
    """Subquery: the organisations that the account acts for on that day."""
    return (
        select(Representative.holder_id)
        .join(Holder, Holder.id == Representative.holder_id)
        .where(
            Representative.account_id == principal.id,
            Holder.kind == "organisation",
            current(today),
        )
    )


def current(today: date) -> ColumnElement[bool]:
    """Condition that somebody acts for an organisation on that day."""
    return is_current(Representative.starts_on, Representative.ends_on, today)


def _active(
    tx: Connection, deps: Deps, principal: Principal, now: datetime
) -> list[AdministratorView]:
    today, person = local_day(now), Holder.__table__.alias("person")
    rows = tx.execute(
        select(
            Representative.public_id, Representative.account_id, Representative.starts_on,
            Holder.name_sealed, Holder.code_sealed,
            person.c.name_sealed.label("person_name"), person.c.code_sealed.label("person_code"),
        )
        .join(Holder, Holder.id == Representative.holder_id)
        .join(Account, Account.id == Representative.account_id)
        .join(person, person.c.id == Account.holder_id)
        .where(Representative.holder_id.in_(acts_for(principal, today)), current(today))
        .order_by(Representative.holder_id, Representative.starts_on, Representative.account_id)
    )  # fmt: skip
    return [
        AdministratorView(
            id=row.public_id,
            organisation_code=deps.vault.open(row.code_sealed, HOLDER_CODE),
            organisation=deps.vault.open(row.name_sealed, HOLDER_NAME),
            name=deps.vault.open(row.person_name, HOLDER_NAME),
            code_masked=mask_middle(deps.vault.open(row.person_code, HOLDER_CODE)),
            state="active",
            mine=row.account_id == principal.id,
            starts_on=row.starts_on,
            offered_at=None,
            answer_until=None,
        )
        for row in rows
    ]


def _offered(
    tx: Connection, deps: Deps, principal: Principal, now: datetime
) -> list[AdministratorView]:
    views = []
    to_me = is_for(AdministratorOffer, deps.vault, principal)
    by_mine = AdministratorOffer.holder_id.in_(acts_for(principal, local_day(now)))
    for condition, mine in ((to_me, True), (by_mine, False)):
        rows = tx.execute(
            select(
                AdministratorOffer,
                Holder.name_sealed.label("organisation"),
                Holder.code_sealed.label("organisation_code"),
            )
            .join(Holder, Holder.id == AdministratorOffer.holder_id)
            .where(is_open(now), condition)
            .order_by(AdministratorOffer.id)
        )
        views += [
            AdministratorView(
                id=row.public_id,
                organisation_code=deps.vault.open(row.organisation_code, HOLDER_CODE),
                organisation=deps.vault.open(row.organisation, HOLDER_NAME),
                name=deps.vault.open(row.name_sealed, ADDRESSEE_NAME),
                code_masked=deps.vault.open(row.code_masked_sealed, ADDRESSEE_CODE),
                state="offered",
                mine=mine,
                starts_on=None,
                offered_at=row.offered_at,
                answer_until=row.answer_until,
            )
            for row in rows
        ]
    return views
