"""What showing asks of the database; each query is built once, its values are bound by name.

Names: `account` that shows, `today` the local day, `delegation`, `jti`, `licences` by id or
`indices` of identifiers, `verification`.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Integer, bindparam, select

from wallet.base.database import AnySelect
from wallet.catalogue.model import LicenceType, UseItem
from wallet.holders.model import Account, Holder
from wallet.licences.entitlement import delegation_to, held_by_account, within_delegation
from wallet.licences.model import Licence, LicenceHolder
from wallet.organisations.model import Unit
from wallet.showing.model import Claim, Use, Verification

_ACCOUNT: Final = bindparam("account", type_=Integer())
_TODAY: Final = bindparam("today", type_=Date())


def _licences(which: ColumnElement[bool], *columns: ColumnElement[Any]) -> AnySelect:
    """One query of all that showing needs: licences, their first holder, the account's freeze."""
    return (
        select(
            Licence.id,
            Licence.identifier_index,
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            LicenceType.short_number,
            Holder.kind.label("holder_kind"),
            Holder.name_sealed,
            Account.frozen_at,
            *columns,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(LicenceHolder, LicenceHolder.licence_id == Licence.id)
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .join(Account, Account.id == _ACCOUNT)
        .where(
            which,
            LicenceHolder.position == 0,
            Licence.issued_at.is_not(None),
            Licence.superseded_at.is_(None),
        )
    )


def _next_of(own: ColumnElement[bool]) -> AnySelect:
    return _licences(
        Licence.id.in_(bindparam("licences", expanding=True)),
        own.label("own"),
        Claim.state.label("claim_state"),
    ).outerjoin(Claim, Claim.jti == bindparam("jti"))


TO_OPEN: Final = _licences(
    Licence.identifier_index.in_(bindparam("indices", expanding=True)),
    held_by_account(_ACCOUNT, _TODAY).label("own"),
    delegation_to(_ACCOUNT, _TODAY).label("delegation_id"),
)
"""Licences by the indices of their identifiers, and by what right the account shows each."""

NEXT_OF_ACCOUNT: Final = _next_of(held_by_account(_ACCOUNT, _TODAY))
NEXT_OF_DELEGATION: Final = _next_of(
    within_delegation(bindparam("delegation", type_=Integer()), _TODAY)
)
"""The licences of a showing, whether they may still be shown, and what became of the `jti`."""

STATE: Final = (
    select(
        Claim.state, Claim.at, Claim.verification_id, Unit.name.label("unit"),
        Verification.terminal, UseItem.name.label("item"), UseItem.name_en.label("item_en"),
    )
    .outerjoin(Verification, Verification.id == Claim.verification_id)
    .outerjoin(Unit, Unit.id == Verification.unit_id)
    .outerjoin(UseItem, UseItem.id == Verification.item_id)
    .where(Claim.jti == bindparam("jti"))
)  # fmt: skip
"""What became of a `jti`, and where."""

SEEN_FIELDS: Final = (
    select(Use.fields, LicenceType.fields.label("declared"))
    .join(Licence, Licence.id == Use.licence_id)
    .join(LicenceType, LicenceType.id == Licence.type_id)
    .where(Use.verification_id == bindparam("verification"))
)
"""The keys of the fields that a desk was given, and what the catalogue says of them."""
