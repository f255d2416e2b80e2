"""Who showed a licence, and for whom, where that was not its holder: under a delegation, as each side of it
may read that, or as one of those who act for the holder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, select
from sqlalchemy.orm import aliased

from wallet.base.clock import local_day
from wallet.base.encryption import Vault
from wallet.base.periods import is_current
from wallet.holders.addressee import ADDRESSEE_NAME
from wallet.holders.model import HOLDER_NAME, Account, Holder, Representative
from wallet.holders.names import masked_name
from wallet.holders.sign_in import holders_seen_by
from wallet.licences.delegations.model import COUNTING, Delegation, state_of
from wallet.licences.model import LicenceHolder
from wallet.organisations.model import Unit
from wallet.showing.handle import Shower
from wallet.showing.model import DELEGATED, HandOver, Verification
from wallet.web.principal import Principal


@dataclass(frozen=True)
class ShownUnder:
    """A delegation that something was shown under: its public id and kind, both names, and whether it
    is over. The delegate's name is masked for who is neither side of it, such as a joint holder."""

    id: str
    kind: str
    grantor: str
    delegate: str
    over: bool


def received_delegations(tx: Connection, principal: Principal) -> list[int]:
    """The ids of those that the account has accepted, ended ones included."""
    return list(
        tx.execute(
            select(Delegation.id).where(
                Delegation.account_id == principal.id, Delegation.accepted_at.is_not(None)
            )
        ).scalars()
    )


def was_shown_under(delegations: Sequence[int]) -> ColumnElement[bool]:
    """Condition that a verification judged what was shown under one of these."""
    showers = [str(Shower(id, delegated=True)) for id in delegations]
    return and_(DELEGATED, Verification.shower.in_(showers))


def shown_under(
    tx: Connection, vault: Vault, principal: Principal, showers: Iterable[str | None], now: datetime
) -> Mapping[str, ShownUnder]:
    """By `shower` of a verification, the delegations that these name."""
    today = local_day(now)
    named = {
        Shower.of(shower).id: shower for shower in showers if shower and Shower.of(shower).delegated
    }
    if not named:
        return {}
    mine = Delegation.grantor_id.in_(holders_seen_by(principal, today))
    rows = tx.execute(
        select(Delegation, Holder.name_sealed.label("grantor_sealed"), mine.label("mine"))
        .join(Holder, Holder.id == Delegation.grantor_id)
        .where(Delegation.id.in_(named))
    )
    found = {}
    for row in rows:
        delegate = vault.open(row.name_sealed, ADDRESSEE_NAME)
        party = row.mine or row.account_id == principal.id
        found[named[row.id]] = ShownUnder(
            id=row.public_id,
            kind=row.kind,
            grantor=vault.open(row.grantor_sealed, HOLDER_NAME),
            delegate=delegate if party else masked_name(delegate, "person"),
            over=state_of(row, now, today) not in COUNTING,
        )
    return found


def counters_of(tx: Connection, showers: Iterable[str | None]) -> Mapping[str, str]:
    """By `shower`, the names of the units whose staff showed for a person whom they served."""
    named = {
        Shower.of(shower).id: shower for shower in showers if shower and Shower.of(shower).assisted
    }
    if not named:
        return {}
    rows = tx.execute(
        select(HandOver.id, Unit.name)
        .join(Unit, Unit.id == HandOver.unit_id)
        .where(HandOver.id.in_(named))
    )
    return {named[row.id]: row.name for row in rows}


@dataclass(frozen=True)
class ActedFor:
    """A holder whom the account acts for: a child by name, or an organisation."""

    holder_id: int
    kind: str
    name: str


def acted_for(
    tx: Connection, vault: Vault, principal: Principal, licence_ids: Iterable[int], now: datetime
) -> Mapping[int, ActedFor]:
    """By licence, whom the account acts for: of those that it does not hold itself."""
    own = aliased(LicenceHolder)
    rows = tx.execute(
        select(LicenceHolder.licence_id, Holder.id, Holder.kind, Holder.name_sealed)
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .where(
            LicenceHolder.licence_id.in_(set(licence_ids)),
            LicenceHolder.holder_id.in_(holders_seen_by(principal, local_day(now))),
            ~exists(
                select(own.holder_id).where(
                    own.licence_id == LicenceHolder.licence_id,
                    own.holder_id == principal.holder_id,
                )
            ),
        )
        .order_by(LicenceHolder.position.desc())
    )
    return {
        row.licence_id: ActedFor(row.id, row.kind, vault.open(row.name_sealed, HOLDER_NAME))
        for row in rows
    }


def who_acted(
    tx: Connection,
    vault: Vault,
    principal: Principal,
    showers: Iterable[str | None],
    holder_ids: Iterable[int],
    now: datetime,
) -> Mapping[str, str]:
    """By `shower`, the names of other accounts that showed for these holders, whom the account acts for.

    In full as long as they act for one of them too: those have named each other.
    """
    named = {
        Shower.of(shower).id: shower
        for shower in showers
        if shower and not Shower.of(shower).delegated and not Shower.of(shower).assisted
    }
    named.pop(principal.id, None)
    if not named:
        return {}
    acts = exists(
        select(Representative.holder_id).where(
            Representative.account_id == Account.id,
            Representative.holder_id.in_(set(holder_ids)),
            is_current(Representative.starts_on, Representative.ends_on, local_day(now)),
        )
    )
    rows = tx.execute(
        select(Account.id, Holder.name_sealed, acts.label("acts"))
        .join(Holder, Holder.id == Account.holder_id)
        .where(Account.id.in_(named))
    )
    names = {row.id: (vault.open(row.name_sealed, HOLDER_NAME), row.acts) for row in rows}
    return {
        named[id]: name if acts else masked_name(name, "person")
        for id, (name, acts) in names.items()
    }
