"""Who may show a licence: its holder, who acts for its holder, or a delegate in scope.

Conditions on `Licence` for a WHERE or a column; every journey that shows, lists or judges uses
these and no others. Each is correlated with `Licence` alone, whatever the query around it joins.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select

from wallet.base.database import Day, Id
from wallet.base.periods import is_current
from wallet.holders.sign_in import holders_of
from wallet.licences.model import Delegation, DelegationLicence, Licence, LicenceHolder


def held_by_account(account_id: Id, today: Day) -> ColumnElement[bool]:
    """The account is a holder of the licence or acts for one."""
    return exists(
        select(LicenceHolder.licence_id)
        .where(
            LicenceHolder.licence_id == Licence.id,
            LicenceHolder.holder_id.in_(holders_of(account_id, today)),
        )
        .correlate(Licence)
    )


def within_delegation(delegation_id: Id, today: Day) -> ColumnElement[bool]:
    """The delegation is current, covers the licence, and its grantor still holds it."""
    return exists(
        select(DelegationLicence.licence_id)
        .join(Delegation, Delegation.id == DelegationLicence.delegation_id)
        .join(
            LicenceHolder,
            (LicenceHolder.licence_id == DelegationLicence.licence_id)
            & (LicenceHolder.holder_id == Delegation.grantor_id),
        )
        .where(
            DelegationLicence.licence_id == Licence.id,
            Delegation.id == delegation_id,
            *_current(today),
        )
        .correlate(Licence)
    )


def delegation_to(account_id: Id, today: Day) -> ScalarSelect[int | None]:
    """The first current delegation to the account that covers the licence, else NULL."""
    return (
        select(func.min(Delegation.id))
        .join(DelegationLicence, DelegationLicence.delegation_id == Delegation.id)
        .join(
            LicenceHolder,
            (LicenceHolder.licence_id == DelegationLicence.licence_id)
            & (LicenceHolder.holder_id == Delegation.grantor_id),
        )
        .where(
            DelegationLicence.licence_id == Licence.id,
            Delegation.account_id == account_id,
            *_current(today),
        )
        .correlate(Licence)
        .scalar_subquery()
    )


def _current(today: Day) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        Delegation.ended_at.is_(None),
        is_current(Delegation.starts_on, Delegation.ends_on, today),
    )
