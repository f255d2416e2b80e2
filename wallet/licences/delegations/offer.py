"""Offer a delegation (亲友代办, 办事人): a holder lets another person show some of the own licences.

Nothing may be shown under it until that person has accepted it. Whether there is such a person is
not told: `holders.addressee`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select

from wallet import numbers
from wallet.base import audit, outbox
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.working_days import end_of_day
from wallet.catalogue.model import PLATFORM, UseItem, UseItemType
from wallet.errors import Conflict, Invalid, NotFound
from wallet.holders.addressee import addressee
from wallet.holders.model import Account, Holder
from wallet.licences.delegations.model import (
    AGENT,
    FAMILY,
    TOPIC,
    Delegation,
    DelegationItem,
    DelegationLicence,
)
from wallet.licences.delegations.others import (
    Wanted,
    check_frequency,
    check_others,
    lock_grantor,
)
from wallet.licences.entitlement import own_rights
from wallet.licences.model import IDENTIFIER, Licence
from wallet.licences.status.standing import status_on
from wallet.licences.versions import Number, lock_numbers
from wallet.web.principal import Principal

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class NewDelegation:
    """What is offered, and to whom: code type, code and name of a natural person.

    `items` are codes of use items, None for any; `starts_on` None is today. Both days are included.
    """

    code_type: str
    code: str
    name: str
    licences: Sequence[str]
    items: Sequence[str] | None
    starts_on: date | None
    ends_on: date


@dataclass(frozen=True)
class _Scope:
    """Whose licences are given, and which: by licence id its type's, and their numbers."""

    grantor_id: int
    kind: str
    types: Mapping[int, int]
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Offer:
    """An offer that holds to every rule: to whom (the columns of `Addressed`), which licences by id, which items by
    id, None for any, and on which days."""

    to: Mapping[str, Any]
    kind: str
    grantor_id: int
    licences: Sequence[int]
    items: Sequence[int] | None
    starts_on: date
    ends_on: date


def offer(deps: Deps, principal: Principal, new: NewDelegation, now: datetime) -> str:
    """Offer it, and leave word for that person. Gives its id.

    Raises NotFound for a licence that the account neither holds nor holds for an organisation,
    Invalid (`delegation_period`, `delegation_to_self`, `duplicate_licence`, `mixed_delegation`,
    `unknown_item`, `delegation_matter`, and those of the code), Conflict (`frozen`,
    `licence_expired`, `licence_revoked`, `delegation_exists`, `too_many_delegates`), TooMany
    (`too_many_offers`).
    """
    with deps.db.begin() as tx:
        public_id: str = make_offer(tx, deps, principal, new, now).public_id
    return public_id


def check_offer(
    tx: Connection, deps: Deps, principal: Principal, new: NewDelegation, now: datetime
) -> Offer:
    """What would be offered; it holds until the transaction ends. Raises as `offer`."""
    today = local_day(now)
    starts_on = new.starts_on or today
    _check_period(starts_on, new.ends_on, today)
    to = addressee(new.code_type, new.code, new.name, today).columns(deps.vault)
    if len(set(new.licences)) != len(new.licences):
        raise Invalid("licences：同一证照重复。", "duplicate_licence")
    _check_account(tx, principal, to["code_type"], to["code_index"])
    scope = _scope(tx, deps, principal, new.licences, today)
    # A newer version would take over what stands now, and not see what is written here.
    lock_numbers(tx, scope.numbers)
    scope = _scope(tx, deps, principal, new.licences, today)
    items = None if new.items is None else _items(tx, new.items, set(scope.types.values()))
    lock_grantor(tx, scope.grantor_id)
    check_frequency(tx, deps, scope.grantor_id, now)
    check_others(tx, _wanted(scope, to, starts_on, new.ends_on), now)
    return Offer(
        to, scope.kind, scope.grantor_id, sorted(scope.types), items, starts_on, new.ends_on
    )


def make_offer(
    tx: Connection, deps: Deps, principal: Principal, new: NewDelegation, now: datetime
) -> AnyRow:
    """As `offer`, within a transaction; gives `id` and `public_id` of the row."""
    made = check_offer(tx, deps, principal, new, now)
    answer_until = now + numbers.DELEGATION_ANSWER_DAYS * _DAY
    row = tx.execute(
        insert(Delegation).returning(Delegation.id, Delegation.public_id),
        {
            **made.to,
            "public_id": secrets.token_urlsafe(12),
            "kind": made.kind,
            "grantor_id": made.grantor_id,
            "any_item": made.items is None,
            "starts_on": made.starts_on,
            "ends_on": made.ends_on,
            "offered_at": now,
            "offered_by": principal.id,
            "answer_until": answer_until,
            "over_at": min(answer_until, end_of_day(made.ends_on)),
        },
    ).one()
    covered = [{"delegation_id": row.id, "licence_id": id} for id in made.licences]
    tx.execute(insert(DelegationLicence), covered)
    if made.items:
        rows = [{"delegation_id": row.id, "item_id": id} for id in made.items]
        tx.execute(insert(DelegationItem), rows)
    outbox.put(tx, TOPIC, now, delegation=row.id, act="offered")
    audit.record(
        tx,
        "delegation.offered",
        now,
        delegation=row.id,
        kind=made.kind,
        grantor=made.grantor_id,
        account=principal.id,
        licences=list(made.licences),
        items=None if new.items is None else sorted(new.items),
        starts_on=made.starts_on.isoformat(),
        ends_on=made.ends_on.isoformat(),
    )
    return row


def _wanted(scope: _Scope, to: Mapping[str, Any], starts_on: date, ends_on: date) -> Wanted:
    return Wanted(
        grantor_id=scope.grantor_id,
        kind=scope.kind,
        code_type=to["code_type"],
        code_index=to["code_index"],
        name_index=to["name_index"],
        starts_on=starts_on,
        ends_on=ends_on,
        licences=scope.types.keys(),
    )


def _check_period(starts_on: date, ends_on: date, today: date) -> None:
    ahead, longest = numbers.DELEGATION_AHEAD_DAYS, numbers.DELEGATION_DAYS_MAX
    if starts_on < today:
        raise Invalid("starts_on：开始日期不能早于今天。", "delegation_period")
    if starts_on > today + ahead * _DAY:
        raise Invalid(f"starts_on：最多提前 {ahead} 天授权。", "delegation_period")
    if ends_on < starts_on:
        raise Invalid("ends_on：结束日期不能早于开始日期。", "delegation_period")
    if ends_on > starts_on + (longest - 1) * _DAY:
        raise Invalid(f"ends_on：一份授权最长 {longest} 天。", "delegation_period")


def _check_account(tx: Connection, principal: Principal, code_type: str, code_index: bytes) -> None:
    own = tx.execute(
        select(Holder.code_type, Holder.code_index, Account.frozen_at)
        .join(Account, Account.holder_id == Holder.id)
        .where(Account.id == principal.id)
    ).one()
    if own.frozen_at is not None:
        raise Conflict("您的亮码已冻结，请先在“我的”里解冻。", "frozen")
    if (own.code_type, own.code_index) == (code_type, code_index):
        raise Invalid("不用授权给自己，请填写代办人的姓名和证件号码。", "delegation_to_self")


def _scope(
    tx: Connection, deps: Deps, principal: Principal, licences: Sequence[str], today: date
) -> _Scope:
    """The one holder whom the account is or acts for who holds all of them, first the own person.

    What others have let the account show is not among them, nor what is a child's: nothing is handed on.
    """
    indices = {deps.vault.index(identifier, IDENTIFIER) for identifier in licences}
    rights = own_rights(principal.id, today)
    rows = tx.execute(
        select(
            Licence.id, Licence.type_id, Licence.unit_id, Licence.number_index,
            Licence.identifier_index, Licence.status, Licence.valid_from, Licence.valid_until,
            rights.c.holder_id, Holder.kind,
        )
        .join(rights, rights.c.licence_id == Licence.id)
        .join(Holder, Holder.id == rights.c.holder_id)
        .where(
            Licence.identifier_index.in_(indices),
            Licence.issued_at.is_not(None),
            Licence.superseded_at.is_(None),
            or_(Holder.kind == "organisation", Holder.id == principal.holder_id),
        )
    ).all()  # fmt: skip
    if {row.identifier_index for row in rows} != indices:
        raise NotFound("没有找到此证照，请返回“我的证照”重新选择。")
    held: dict[int, list[AnyRow]] = {}
    for row in rows:
        held.setdefault(row.holder_id, []).append(row)
    whole = [holder for holder, some in held.items() if len(some) == len(indices)]
    if not whole:
        raise Invalid("本人的证照和单位的证照请分开授权。", "mixed_delegation")
    grantor = min(whole, key=lambda holder: (holder != principal.holder_id, holder))
    for row in held[grantor]:
        status = status_on(row.status, row.valid_from, row.valid_until, today)
        if status == "expired":
            raise Conflict("此证照已过有效期，不能授权他人出示。", "licence_expired")
        if status == "revoked":
            raise Conflict("此证照已被吊销或注销，不能授权他人出示。", "licence_revoked")
    return _Scope(
        grantor,
        FAMILY if held[grantor][0].kind == "person" else AGENT,
        {row.id: row.type_id for row in held[grantor]},
        [(row.type_id, row.unit_id, row.number_index) for row in held[grantor]],
    )


def _items(tx: Connection, codes: Sequence[str], types: set[int]) -> list[int]:
    """The ids of these items; each is for one of the licences, and each licence for one of them."""
    rows = tx.execute(
        select(UseItem.id, UseItem.code, UseItemType.type_id)
        .join(UseItemType, UseItemType.item_id == UseItem.id)
        .where(
            UseItem.code.in_(codes),
            UseItem.withdrawn_at.is_(None),
            UseItem.scene != PLATFORM,
        )
    ).all()
    ids = {row.code: row.id for row in rows}
    if ids.keys() != set(codes):
        raise Invalid("items：没有这个用证事项，请重新选择。", "unknown_item")
    fitting = [row for row in rows if row.type_id in types]
    if {row.id for row in fitting} != set(ids.values()):
        raise Invalid("items：有的事项用不到所选的证照，请去掉。", "delegation_matter")
    if {row.type_id for row in fitting} != types:
        raise Invalid("licences：有的证照在所选事项里用不到，请去掉。", "delegation_matter")
    return sorted(ids.values())
