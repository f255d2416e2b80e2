"""What the database knows of a code: one query, from which nothing comes that is not granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    and_,
    bindparam,
    exists,
    false,
    func,
    select,
    true,
    tuple_,
)

from verify.verdict import Reason
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.epoch import Marks
from wallet.catalogue.model import LicenceType
from wallet.holders.model import Account
from wallet.licences.delegations.model import Delegation, is_for_item
from wallet.licences.entitlement import has_right, own_rights, rights_of_holder, rights_within
from wallet.licences.model import Licence, LicenceField
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import REASONS, status_on
from wallet.relying.grants import ItemGrant
from wallet.showing.handle import Shower
from wallet.showing.model import Claim
from wallet.showing.queries import SERVED
from wallet.showing.remembered import REMEMBERS, forgotten_marks

_NOT_ENTRUSTED: Final = "持证人没有授权代办人用此证照办理这一事项，请核对所选事项，或请持证人本人办理，或按传统方式办理。"
_NOT_YET: Final = "此证照自 {} 起生效，现在还不能使用，请持证人到时再来，或按传统方式办理。"


@dataclass(frozen=True)
class Claimed:
    """What has become of a `jti` already: the state of its claim, since when, by which verification."""

    state: str
    at: datetime
    verification_id: str | None


@dataclass(frozen=True)
class State:
    """`rows` are licence × granted field; `types` maps licence id to its type's short number;
    `reason` is why the licences do not stand, `ok` when they do, and `message` its sentence
    where that is not the reason's own; `marks` are those that the database was asked for,
    `forgotten` those that it does not know: it was put back to an earlier time."""

    rows: Sequence[AnyRow]
    types: Mapping[int, int]
    claim: Claimed | None
    frozen: bool
    reason: Reason
    message: str | None
    marks: Marks
    forgotten: Marks | None


def _state(
    entitled: ColumnElement[bool], accounts: AnySelect, for_item: ColumnElement[bool]
) -> AnySelect:
    return (
        select(
            Licence.id,
            Licence.identifier_sealed,
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            Licence.issued_at,
            Licence.superseded_at,
            LicenceType.short_number,
            LicenceType.code.label("type_code"),
            LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"),
            LicenceType.fields.label("declared"),
            LicenceField.key,
            LicenceField.value_sealed,
            exists(accounts.where(_VOID)).label("frozen"),
            Claim.state.label("claim_state"),
            Claim.at.label("claim_at"),
            Claim.verification_id.label("claim_verification"),
            entitled.label("entitled"),
            for_item.label("for_item"),
            REMEMBERS.label("remembers"),
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .outerjoin(LicenceField, _GRANTED)
        .outerjoin(Claim, Claim.jti == bindparam("jti"))
        .where(Licence.id.in_(bindparam("licences", expanding=True)))
    )


_VOID: Final = Account.frozen_at.is_not(None) | (Account.void_before > bindparam("shown_at"))
"""Frozen now, or since a code was drawn."""
_GRANTED: Final = and_(
    LicenceField.licence_id == Licence.id,
    tuple_(Licence.type_id, LicenceField.key).in_(bindparam("granted", expanding=True)),
)
_TODAY: Final = bindparam("today", type_=Date())
_ACCOUNT: Final = bindparam("account", type_=Integer())
_DELEGATION: Final = bindparam("delegation", type_=Integer())
# A freeze of the delegate and one of the grantor each void a delegated showing.
_PARTIES: Final[AnySelect] = (
    select(Account.id)
    .join(
        Delegation,
        (Delegation.account_id == Account.id) | (Delegation.grantor_id == Account.holder_id),
    )
    .where(Delegation.id == _DELEGATION)
)
_OWNER: Final[AnySelect] = select(Account.id).where(Account.id == _ACCOUNT)

_FOR_ITEM: Final = is_for_item(_DELEGATION, bindparam("item", type_=Integer()))

_STATE_OF_ACCOUNT: Final = _state(has_right(own_rights(_ACCOUNT, _TODAY)), _OWNER, true())
_STATE_OF_DELEGATION: Final = _state(
    has_right(rights_within(_DELEGATION, _TODAY)), _PARTIES, _FOR_ITEM
)
_STATE_OF_DELEGATION_THEN: Final = _state(
    has_right(rights_within(_DELEGATION, _TODAY, bindparam("at"))), _PARTIES, _FOR_ITEM
)
# What staff show in the holder's presence: a freeze is for a phone that is lost, so no account can void it.
_NOBODY: Final[AnySelect] = select(Account.id).where(false())
_STATE_OF_HAND_OVER: Final = _state(has_right(rights_of_holder(SERVED)), _NOBODY, true())


def read_state(
    tx: Connection,
    deps: Deps,
    jti: str,
    numbers: Sequence[int],
    shower: Shower,
    licence_ids: Sequence[int],
    grant: ItemGrant,
    today: date,
    shown_at: datetime,
    at: datetime | None = None,
) -> State:
    """Freeze, claim, licences and their granted fields, in one query.

    `numbers` are the short numbers of the licences' types, all of them within the grant; `shown_at`
    is when the code was drawn, to the second.
    A licence that a newer version has replaced does not stand, nor one whose delegation has been
    ended; with `at`, only where that had happened at that time.
    """
    marks = deps.epoch.marks()
    rows = tx.execute(
        _query(shower, at),
        {
            **_shown_by(shower),
            "at": at,
            "shown_at": shown_at,
            "item": grant.item_id,
            "jti": jti,
            "licences": licence_ids,
            "today": today,
            **marks.values,
            "granted": [
                (granted.type_id, key)
                for granted in map(grant.types.__getitem__, numbers)
                for key in granted.fields
            ],
        },
    ).all()
    first = rows[0] if rows else None
    types = {row.id: row.short_number for row in rows}
    known = types.keys() == set(licence_ids) and sorted(types.values()) == sorted(numbers)
    against = published_against(deps, marks, licence_ids)
    reason, message = (
        _licences_reason(rows, against, today, at) if known else ("unknown_licence", None)
    )
    return State(
        rows=rows,
        types=types,
        claim=(
            Claimed(first.claim_state, first.claim_at, first.claim_verification)
            if first is not None and first.claim_state is not None
            else None
        ),
        frozen=first is not None and first.frozen,
        reason=reason,
        message=message,
        marks=marks,
        forgotten=None if first is not None and first.remembers else forgotten_marks(deps),
    )


def read_claim(tx: Connection, jti: str) -> Claimed:
    """The claim of a `jti` that somebody else has won."""
    row = tx.execute(
        select(Claim.state, Claim.at, Claim.verification_id).where(Claim.jti == jti)
    ).one()
    return Claimed(row.state, row.at, row.verification_id)


def frozen_since(tx: Connection, shower: Shower, shown_at: datetime) -> datetime | None:
    """When the first of those behind a showing voided what was drawn then, None when nobody did."""
    accounts = _NOBODY if shower.assisted else _PARTIES if shower.delegated else _OWNER
    voided = func.coalesce(Account.void_before, Account.frozen_at)
    frozen = select(func.min(voided)).where(Account.id.in_(accounts), _VOID)
    values = {**_shown_by(shower), "shown_at": shown_at}
    since: datetime | None = tx.execute(frozen, values).scalar_one()
    return since


def _query(shower: Shower, at: datetime | None) -> AnySelect:
    if shower.assisted:
        return _STATE_OF_HAND_OVER
    if not shower.delegated:
        return _STATE_OF_ACCOUNT
    return _STATE_OF_DELEGATION if at is None else _STATE_OF_DELEGATION_THEN


def _shown_by(shower: Shower) -> dict[str, int]:
    if shower.assisted:
        return {"hand_over": shower.id}
    return {"delegation" if shower.delegated else "account": shower.id}


def _licences_reason(
    rows: Sequence[AnyRow],
    against: Mapping[int, str],
    today: date,
    at: datetime | None,
) -> tuple[Reason, str | None]:
    """Judged all or nothing: the first licence that does not stand gives the reason."""
    for row in rows:
        if row.issued_at is None:
            return "unknown_licence", None
        replaced = row.superseded_at is not None and (at is None or row.superseded_at <= at)
        if not row.entitled or replaced:
            # The delegation has ended, the holder has changed, or a newer version is there:
            # whoever is still entitled can show again, and that is what the desk asks for.
            return "withdrawn", None
        if not row.for_item:
            return "wrong_item", _NOT_ENTRUSTED
        status = status_on(row.status, row.valid_from, row.valid_until, today, against.get(row.id))
        if status == "not_yet_valid":
            # The reason's own sentence speaks of the code and of clocks.
            return "not_yet_valid", _NOT_YET.format(row.valid_from)
        if status != "valid":
            return REASONS[status], None
    return "ok", None
