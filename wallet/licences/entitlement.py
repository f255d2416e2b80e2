"""Who may show a licence: its holder, who acts for its holder, or a delegate in scope.

A right is a row of licence × holder who is shown: (licence_id, holder_id, position, name_sealed,
delegation_id, any_item); delegation_id is NULL for who shows as a holder, any_item whether it is for
any matter. Every journey that shows,
lists or judges uses these and no others.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    SQLColumnExpression,
    Subquery,
    cast,
    exists,
    func,
    null,
    select,
    true,
    union_all,
)

from wallet.base.database import AnySelect, Day, Id, Moment
from wallet.holders.sign_in import holders_of
from wallet.licences.delegations.model import Delegation, DelegationLicence, counts
from wallet.licences.model import Licence, LicenceHolder


def own_rights(account_id: Id, today: Day) -> Subquery:
    """What the account holds, or its principal when it acts for one."""
    return _own(account_id, today).subquery("rights")


def rights_within(delegation_id: Id, today: Day, at: Moment | None = None) -> Subquery:
    """What a delegation covers while it is current and its grantor holds the licence.

    With `at`: covered at that time, even if it has been ended since.
    """
    return _delegated(Delegation.id == delegation_id, today, at).subquery("rights")


def rights_of(account_id: Id, today: Day) -> Subquery:
    """All that the account may show, by every right it has."""
    delegated = _delegated(Delegation.account_id == account_id, today)
    return union_all(_own(account_id, today), delegated).subquery("rights")


def first_rights_of(account_id: Id, today: Day) -> Subquery:
    """What the account may show, each licence once: as a holder where it is one, else by the delegation
    that lets it do most."""
    rights = rights_of(account_id, today)
    rank = func.row_number().over(
        partition_by=rights.c.licence_id,
        order_by=(
            rights.c.delegation_id.is_not(None),
            rights.c.any_item.desc(),
            rights.c.delegation_id,
            rights.c.position,
        ),
    )
    ranked = select(rights, rank.label("rank")).subquery()
    return select(ranked).where(ranked.c.rank == 1).subquery("first_rights")


def rights_of_holder(holder_id: SQLColumnExpression[int]) -> Subquery:
    """What a holder has in the own name: for whoever shows it in that person's presence."""
    return (
        _right(cast(null(), Integer), true())
        .where(LicenceHolder.holder_id == holder_id)
        .subquery("rights")
    )


def has_right(rights: Subquery) -> ColumnElement[bool]:
    """Condition on `Licence`, correlated with it alone: it is among the rights."""
    return exists(
        select(rights.c.licence_id).where(rights.c.licence_id == Licence.id).correlate(Licence)
    )


def _own(account_id: Id, today: Day) -> AnySelect:
    return _right(cast(null(), Integer), true()).where(
        LicenceHolder.holder_id.in_(holders_of(account_id, today))
    )


def _delegated(which: ColumnElement[bool], today: Day, at: Moment | None = None) -> AnySelect:
    return (
        _right(Delegation.id, Delegation.any_item)
        .join(DelegationLicence, DelegationLicence.licence_id == LicenceHolder.licence_id)
        .join(
            Delegation,
            (Delegation.id == DelegationLicence.delegation_id)
            & (Delegation.grantor_id == LicenceHolder.holder_id),
        )
        .where(which, counts(today, at))
    )


def _right(
    delegation_id: SQLColumnExpression[Any], any_item: SQLColumnExpression[bool]
) -> AnySelect:
    return select(
        LicenceHolder.licence_id,
        LicenceHolder.holder_id,
        LicenceHolder.position,
        LicenceHolder.name_sealed,
        delegation_id.label("delegation_id"),
        any_item.label("any_item"),
    )
