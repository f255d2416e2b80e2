"""Who showed a licence under a delegation, and for whom, as each side of it may read that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from wallet.base.clock import local_day
from wallet.base.encryption import Vault
from wallet.holders.addressee import ADDRESSEE_NAME
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.names import masked_name
from wallet.holders.sign_in import holders_of
from wallet.licences.delegations.model import COUNTING, Delegation, state_of
from wallet.showing.handle import Shower
from wallet.showing.model import DELEGATED, Verification
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
    mine = Delegation.grantor_id.in_(holders_of(principal.id, today))
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
