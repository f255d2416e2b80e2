"""Delegations as either side sees them: given and received, with what became of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select, union

from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.masking import mask_middle
from wallet.catalogue.model import LicenceType, UseItem
from wallet.errors import NotFound
from wallet.holders.addressee import ADDRESSEE_CODE, ADDRESSEE_NAME, is_for
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.sign_in import holders_of
from wallet.licences.delegations.model import (
    COUNTING,
    FAMILY,
    Delegation,
    DelegationItem,
    DelegationLicence,
    is_open,
    lives,
    state_of,
)
from wallet.licences.model import IDENTIFIER, NUMBER, Licence
from wallet.web.principal import Principal

GIVEN: Final = "given"
RECEIVED: Final = "received"
"""The two sides: whose licences they are, and who may show them."""


@dataclass(frozen=True)
class ScopeLicence:
    """A licence within a delegation, its newest version; `identifier` is None for a delegate before
    it was accepted and after it is over."""

    identifier: str | None
    type_code: str
    type_name: str
    type_name_en: str
    number_masked: str


@dataclass(frozen=True)
class ScopeItem:
    """A use item within a delegation."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class DelegationView:
    """A delegation; `side` is given or received, `state` as in `state_of`, `items` None for any matter.

    Names are in full: both sides have named each other, or been named. The delegate's code is masked.
    """

    id: str
    kind: str
    side: str
    state: str
    grantor: str
    grantor_kind: str
    delegate: str
    delegate_code: str
    licences: tuple[ScopeLicence, ...]
    items: tuple[ScopeItem, ...] | None
    starts_on: date
    ends_on: date
    offered_at: datetime
    answer_until: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True)
class DelegationPage:
    """Delegations, newest first; `next_cursor` is None on the last page."""

    items: list[DelegationView]
    next_cursor: str | None


def delegations(
    deps: Deps,
    principal: Principal,
    now: datetime,
    limit: int,
    cursor: str | None = None,
    side: str | None = None,
    living: bool | None = None,
    *,
    as_person: bool = False,
) -> DelegationPage:
    """A page of those that the account gave, for itself or an organisation, and those it received.

    `living`: only those that count or may yet, or only the others. `as_person`: as `visible`.
    """
    statement = visible(deps, principal, now, Delegation, side=side, as_person=as_person)
    if living is not None:
        alive = lives(now, local_day(now))
        statement = statement.where(alive if living else ~alive)
    if before := number_of_cursor(cursor):
        statement = statement.where(Delegation.id < before)
    with deps.db.read() as tx:
        rows = tx.execute(statement.order_by(Delegation.id.desc()).limit(limit + 1)).all()
        views = _views(tx, deps.vault, rows[:limit], now, side)
    return DelegationPage(views, str(rows[limit - 1].id) if len(rows) > limit else None)


def delegation(deps: Deps, principal: Principal, wanted: str, now: datetime) -> DelegationView:
    """One of them; raises NotFound."""
    with deps.db.read() as tx:
        return delegation_view(tx, deps, principal, wanted, now)


def delegation_view(
    tx: Connection, deps: Deps, principal: Principal, wanted: str, now: datetime
) -> DelegationView:
    """As `delegation`, within a transaction."""
    rows = tx.execute(
        visible(deps, principal, now, Delegation).where(Delegation.public_id == wanted)
    ).all()
    views = _views(tx, deps.vault, rows, now, None)
    if not views:
        raise NotFound("没有找到这份授权，请返回“授权代办”重新选择。")
    return views[0]


def visible(
    deps: Deps,
    principal: Principal,
    now: datetime,
    *columns: Any,
    side: str | None = None,
    as_person: bool = False,
) -> AnySelect:
    """Select these of the delegations that concern the account, and on which side: `given`, `received`.

    `as_person`: those of the natural person alone, not what it has given for an organisation.
    """
    given = Delegation.grantor_id.in_(holders_of(principal.id, local_day(now)))
    answered = Delegation.account_id == principal.id
    offered = and_(is_open(now), is_for(Delegation, deps.vault, principal))
    sides = {GIVEN: (given,), RECEIVED: (answered, offered), None: (given, answered, offered)}
    # Each by an index of its own: one condition of all would be asked of every delegation there is.
    found = [select(Delegation.id).where(condition) for condition in sides[side]]
    concerned = union(*found).subquery("concerned")
    labels = (given.label(GIVEN), or_(answered, offered).label(RECEIVED))
    statement = select(*columns, *labels).join(concerned, concerned.c.id == Delegation.id)
    if as_person:
        statement = statement.where(or_(Delegation.kind == FAMILY, answered))
    return statement


def _views(
    tx: Connection, vault: Vault, rows: Sequence[AnyRow], now: datetime, side: str | None
) -> list[DelegationView]:
    ids = [row.id for row in rows]
    licences, items = _licences(tx, ids), _items(tx, ids)
    names = {
        row.id: row
        for row in tx.execute(
            select(Holder.id, Holder.kind, Holder.name_sealed).where(
                Holder.id.in_({row.grantor_id for row in rows})
            )
        )
    }
    return [
        _view(vault, row, names[row.grantor_id], licences[row.id], items[row.id], now, side)
        for row in rows
    ]


def _view(
    vault: Vault,
    row: AnyRow,
    grantor: AnyRow,
    licences: Sequence[AnyRow],
    items: Sequence[AnyRow],
    now: datetime,
    side: str | None,
) -> DelegationView:
    seen_as = side or (GIVEN if row.given else RECEIVED)
    state = state_of(row, now, local_day(now))
    known = seen_as == GIVEN or state in COUNTING
    return DelegationView(
        id=row.public_id,
        kind=row.kind,
        side=seen_as,
        state=state,
        grantor=vault.open(grantor.name_sealed, HOLDER_NAME),
        grantor_kind=grantor.kind,
        delegate=vault.open(row.name_sealed, ADDRESSEE_NAME),
        delegate_code=vault.open(row.code_masked_sealed, ADDRESSEE_CODE),
        licences=tuple(
            ScopeLicence(
                identifier=vault.open(one.identifier_sealed, IDENTIFIER) if known else None,
                type_code=one.code,
                type_name=one.name,
                type_name_en=one.name_en,
                number_masked=mask_middle(vault.open(one.number_sealed, NUMBER)),
            )
            for one in licences
        ),
        items=None if row.any_item else tuple(ScopeItem(i.code, i.name, i.name_en) for i in items),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        offered_at=row.offered_at,
        answer_until=row.answer_until,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def _licences(tx: Connection, ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """The licences of each, of every number the newest version that it covers."""
    newest: dict[int, dict[Any, AnyRow]] = defaultdict(dict)
    for row in tx.execute(
        select(
            DelegationLicence.delegation_id, Licence.type_id, Licence.unit_id, Licence.number_index,
            Licence.identifier_sealed, Licence.number_sealed,
            LicenceType.code, LicenceType.name, LicenceType.name_en,
        )
        .join(Licence, Licence.id == DelegationLicence.licence_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(DelegationLicence.delegation_id.in_(ids))
        .order_by(LicenceType.short_number, Licence.version)
    ):  # fmt: skip
        newest[row.delegation_id][row.type_id, row.unit_id, row.number_index] = row
    return defaultdict(list, {id: list(rows.values()) for id, rows in newest.items()})


def _items(tx: Connection, ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in tx.execute(
        select(DelegationItem.delegation_id, UseItem.code, UseItem.name, UseItem.name_en)
        .join(UseItem, UseItem.id == DelegationItem.item_id)
        .where(DelegationItem.delegation_id.in_(ids))
        .order_by(UseItem.id)
    ):
        found[row.delegation_id].append(row)
    return found
