"""What showing asks of the database; each query is built once, its values are bound by name.

Names: `account` that shows, `today` the local day, `delegation`, `jti`, `licences` by id or
`indices` of identifiers, `verification`, `hand_over`.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    SQLColumnExpression,
    Subquery,
    and_,
    bindparam,
    null,
    select,
)
from sqlalchemy.orm import aliased

from wallet.base.database import AnySelect, Base
from wallet.catalogue.model import LicenceType, UseItem
from wallet.holders.model import Account, Holder
from wallet.licences.delegations.model import DelegationItem
from wallet.licences.entitlement import own_rights, rights_of, rights_of_holder, rights_within
from wallet.licences.model import Licence
from wallet.organisations.model import Unit
from wallet.showing.model import Claim, HandOver, Use, Verification

_ACCOUNT: Final = bindparam("account", type_=Integer())
_TODAY: Final = bindparam("today", type_=Date())


_Owner: Final = aliased(Account)


def _licences(
    which: ColumnElement[bool], rights: Subquery, *columns: ColumnElement[Any]
) -> AnySelect:
    """One query of all that showing needs: a row for each licence and right, or one without.

    `holder_id`, `holder_kind` and `name_sealed` are of the holder who is shown, NULL without a
    right; `own_person` is the person of the account. `frozen_at` is the freeze of the account that
    shows, `owner_frozen_at` that of whoever has delegated.
    """
    return (
        select(
            Licence.id,
            Licence.identifier_index,
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            LicenceType.short_number,
            rights.c.delegation_id,
            rights.c.any_item,
            rights.c.holder_id,
            rights.c.name_sealed,
            Holder.kind.label("holder_kind"),
            Account.holder_id.label("own_person"),
            Account.frozen_at,
            Account.void_before,
            _Owner.frozen_at.label("owner_frozen_at"),
            _Owner.void_before.label("owner_void_before"),
            *columns,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Account, Account.id == _ACCOUNT)
        .outerjoin(rights, rights.c.licence_id == Licence.id)
        .outerjoin(Holder, Holder.id == rights.c.holder_id)
        .outerjoin(
            _Owner,
            and_(
                _Owner.holder_id == rights.c.holder_id,
                # A child that has lost the phone does not stop its guardians.
                rights.c.delegation_id.is_not(None),
            ),
        )
        .where(
            which,
            Licence.issued_at.is_not(None),
            Licence.superseded_at.is_(None),
        )
        .order_by(rights.c.position)
    )


def _next_of(rights: Subquery) -> AnySelect:
    return _licences(
        Licence.id.in_(bindparam("licences", expanding=True)),
        rights,
        Claim.state.label("claim_state"),
    ).outerjoin(Claim, Claim.jti == bindparam("jti"))


TO_OPEN: Final = _licences(
    Licence.identifier_index.in_(bindparam("indices", expanding=True)),
    rights_of(_ACCOUNT, _TODAY),
)
"""Licences by the indices of their identifiers, and by what rights the account shows each."""

NEXT_OF_ACCOUNT: Final = _next_of(own_rights(_ACCOUNT, _TODAY))
NEXT_OF_DELEGATION: Final = _next_of(
    rights_within(bindparam("delegation", type_=Integer()), _TODAY)
)
"""The licences of a showing, whether they may still be shown, and what became of the `jti`."""

_HAND_OVER: Final = HandOver.id == bindparam("hand_over", type_=Integer())
SERVED: Final = select(HandOver.holder_id).where(_HAND_OVER).scalar_subquery()
"""The holder for whom a hand-over shows."""
_HELD: Final = rights_of_holder(SERVED)
NEXT_OF_HAND_OVER: Final[AnySelect] = (
    select(
        Licence.id, Licence.status, Licence.valid_from, Licence.valid_until, LicenceType.short_number,
        _HELD.c.holder_id, _HELD.c.name_sealed, Holder.kind.label("holder_kind"),
        null().label("frozen_at"), null().label("void_before"),
        null().label("owner_frozen_at"), null().label("owner_void_before"),
        HandOver.ends_at, Claim.state.label("claim_state"),
    )
    .join(LicenceType, LicenceType.id == Licence.type_id)
    .join(HandOver, _HAND_OVER)
    .outerjoin(_HELD, _HELD.c.licence_id == Licence.id)
    .outerjoin(Holder, Holder.id == _HELD.c.holder_id)
    .outerjoin(Claim, Claim.jti == HandOver.jti)
    .where(
        Licence.id.in_(bindparam("licences", expanding=True)),
        Licence.issued_at.is_not(None),
        Licence.superseded_at.is_(None),
    )
)  # fmt: skip
"""As those, of what staff show. A freeze is for a phone that is lost: no account is asked."""

FOR_ITEM: Final = (
    select(DelegationItem.delegation_id)
    .join(UseItem, UseItem.id == DelegationItem.item_id)
    .where(
        DelegationItem.delegation_id.in_(bindparam("delegations", expanding=True)),
        UseItem.code == bindparam("item"),
    )
)
"""Those of these delegations that name an item, by its code."""


def _became(
    shows: type[Base], which: ColumnElement[bool], *columns: SQLColumnExpression[Any]
) -> AnySelect:
    return (
        select(
            *columns, Claim.state, Claim.at, Claim.verification_id, Unit.name.label("unit"),
            Verification.terminal, Verification.at.label("asked_at"), Verification.reason,
            UseItem.name.label("item"), UseItem.name_en.label("item_en"),
            UseItem.retention, UseItem.retention_en,
        )
        .select_from(shows)
        .outerjoin(Claim, Claim.jti == bindparam("jti"))
        .outerjoin(Verification, Verification.id == Claim.verification_id)
        .outerjoin(Unit, Unit.id == Verification.unit_id)
        .outerjoin(UseItem, UseItem.id == Verification.item_id)
        .where(which)
    )  # fmt: skip


STATE: Final = _became(Account, Account.id == _ACCOUNT, Account.frozen_at, Account.void_before)
"""What became of a `jti`, and where; whether the account that shows it is frozen."""

STATE_OF_HAND_OVER: Final = _became(
    HandOver, _HAND_OVER, null().label("frozen_at"), null().label("void_before")
)
"""The same of what staff show."""

SEEN_FIELDS: Final = (
    select(
        Use.fields, Use.asked, LicenceType.fields.label("declared"), LicenceType.name,
        LicenceType.name_en,
    )
    .join(Licence, Licence.id == Use.licence_id)
    .join(LicenceType, LicenceType.id == Licence.type_id)
    .where(Use.verification_id == bindparam("verification"))
    .order_by(LicenceType.short_number, Use.licence_id)
)  # fmt: skip
"""The keys of the fields that a desk was given or asked for, and what the catalogue says of them."""
