"""The holder's inbox: what became of the own licences, and of delegations to and from others; when it
arrived, and when it was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.masking import mask_middle
from wallet.catalogue.model import LicenceType
from wallet.errors import Invalid, NotFound
from wallet.holders.addressee import ADDRESSEE_NAME
from wallet.holders.model import HOLDER_NAME as PERSON_NAME
from wallet.holders.model import Holder
from wallet.holders.names import masked_name
from wallet.holders.sign_in import holders_of
from wallet.licences.delegations.model import Delegation
from wallet.licences.delivery.model import InboxEntry
from wallet.licences.model import (
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceHolder,
    StatusChange,
)
from wallet.licences.status.standing import status_entry
from wallet.organisations.model import Unit
from wallet.web.principal import Principal

_Grantor: Final = aliased(Holder)


@dataclass(frozen=True)
class NewsOfLicence:
    """What became of a licence: the entry's `act` is issue, renew, remind or a name of
    `status.transitions`.

    `status_label` is the type's own word for what a change led to, empty for the others. `holder` is
    masked. `days_left` counted from the day of delivery to `valid_until`, the last good one.
    """

    status_label: str
    status_label_en: str
    identifier: str
    number_masked: str
    type_code: str
    type_name: str
    type_name_en: str
    issuing_unit: str
    holder: str
    valid_until: date | None
    days_left: int | None


@dataclass(frozen=True)
class NewsOfDelegation:
    """What became of a delegation: the entry's `act` is one of `delegations.tell`; whose licences,
    and who may show them, by name; `begins_on` is its first day where that was still to come."""

    id: str
    kind: str
    grantor: str
    delegate: str
    begins_on: date | None


@dataclass(frozen=True)
class NewsOfUse:
    """A use of the licence, or a question to show it (the entry's `act` is used or asked).

    `fields` are the labels of what was seen, or asked for; `offline` says that the desk judged without
    the library, `shown_by` is as in a verdict.
    """

    at: datetime
    unit: str
    terminal: str
    item: str
    item_en: str
    fields: list[str]
    fields_en: list[str]
    outcome: str
    reason: str
    shown_by: str | None
    offline: bool


@dataclass(frozen=True)
class Opened:
    """Where an entry leads: the identifier of the version that the holder has now, None where there is
    none any more; or a delegation. `of_use` says that it tells of a use."""

    licence: str | None
    delegation: str | None
    of_use: bool = False


@dataclass(frozen=True)
class InboxNews:
    """An entry: of a licence or of a delegation, the other None; `use` where it is of a use."""

    id: int
    act: str
    licence: NewsOfLicence | None
    delegation: NewsOfDelegation | None
    use: NewsOfUse | None
    delivered_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class InboxPage:
    """Entries, newest first; `next_cursor` is None on the last page."""

    items: list[InboxNews]
    next_cursor: str | None


def inbox(
    deps: Deps, principal: Principal, now: datetime, limit: int, cursor: str | None = None
) -> InboxPage:
    """A page of the entries of the holders that the account is or acts for, and of no grantor."""
    statement = (
        select(
            InboxEntry, Licence.identifier_sealed, Licence.number_sealed,
            LicenceType.code.label("type_code"), LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"), LicenceType.status_codes, Licence.valid_until,
            Unit.name.label("unit"), Holder.kind, LicenceHolder.name_sealed,
            StatusChange.to_status, StatusChange.to_code,
            Delegation.public_id, Delegation.kind.label("delegation_kind"), Delegation.starts_on,
            Delegation.name_sealed.label("delegate_sealed"),
            _Grantor.name_sealed.label("grantor_sealed"),
        )
        .join(Holder, Holder.id == InboxEntry.holder_id)
        .outerjoin(Licence, Licence.id == InboxEntry.licence_id)
        .outerjoin(LicenceType, LicenceType.id == Licence.type_id)
        .outerjoin(Unit, Unit.id == Licence.unit_id)
        .outerjoin(
            LicenceHolder,
            (LicenceHolder.licence_id == InboxEntry.licence_id)
            & (LicenceHolder.holder_id == InboxEntry.holder_id),
        )
        .outerjoin(StatusChange, StatusChange.id == InboxEntry.change_id)
        .outerjoin(Delegation, Delegation.id == InboxEntry.delegation_id)
        .outerjoin(_Grantor, _Grantor.id == Delegation.grantor_id)
        .where(InboxEntry.holder_id.in_(holders_of(principal.id, local_day(now))))
        .order_by(InboxEntry.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if before := number_of_cursor(cursor):
        statement = statement.where(InboxEntry.id < before)
    rows = deps.db.rows(statement)
    items = [_news(deps.vault, row) for row in rows[:limit]]
    return InboxPage(items, str(rows[limit - 1].id) if len(rows) > limit else None)


def unread(deps: Deps, principal: Principal, now: datetime) -> int:
    """How many entries the account has not opened."""
    row = deps.db.row(
        select(func.count().label("unread")).where(
            InboxEntry.read_at.is_(None),
            InboxEntry.holder_id.in_(holders_of(principal.id, local_day(now))),
        )
    )
    assert row is not None
    count: int = row.unread
    return count


def read_entry(deps: Deps, principal: Principal, entry: str, now: datetime) -> Opened:
    """Open an entry: the first time is kept as the time it was read.

    Raises NotFound for any that is not the account's.
    """
    entry_id = _number(entry)
    mine = (InboxEntry.id == entry_id) & InboxEntry.holder_id.in_(
        holders_of(principal.id, local_day(now))
    )
    with deps.db.begin() as tx:
        row = tx.execute(
            select(
                InboxEntry.holder_id, InboxEntry.licence_id, InboxEntry.use, Delegation.public_id
            )
            .outerjoin(Delegation, Delegation.id == InboxEntry.delegation_id)
            .where(mine)
        ).one_or_none()
        if row is None:
            raise _not_found()
        opened = tx.execute(
            update(InboxEntry)
            .where(InboxEntry.id == entry_id, InboxEntry.read_at.is_(None))
            .values(read_at=now)
        )
        if opened.rowcount:
            told = {"licence": row.licence_id, "account": principal.id}
            audit.record(tx, "inbox.read", now, entry=entry_id, **told)
        current = tx.execute(_current(row)).scalar_one_or_none()
    identifier = None if current is None else deps.vault.open(current, IDENTIFIER)
    return Opened(identifier, row.public_id, row.use is not None)


def _number(entry: str) -> int:
    try:
        return number_of_cursor(entry)
    except Invalid:
        raise _not_found() from None


def _not_found() -> NotFound:
    return NotFound("没有找到这条消息，请返回“消息”重新选择。")


def _current(entry: AnyRow) -> Any:
    told = aliased(Licence)
    return (
        select(Licence.identifier_sealed)
        .join(
            told,
            (told.type_id == Licence.type_id)
            & (told.unit_id == Licence.unit_id)
            & (told.number_index == Licence.number_index),
        )
        .join(LicenceHolder, LicenceHolder.licence_id == Licence.id)
        .where(
            told.id == entry.licence_id,
            LicenceHolder.holder_id == entry.holder_id,
            Licence.issued_at.is_not(None),
            Licence.superseded_at.is_(None),
        )
    )


def _news(vault: Vault, row: AnyRow) -> InboxNews:
    return InboxNews(
        id=row.id,
        act=row.act,
        licence=None if row.licence_id is None else _of_licence(vault, row),
        delegation=None if row.delegation_id is None else _of_delegation(vault, row),
        use=None if row.use is None else _of_use(row.use),
        delivered_at=row.delivered_at,
        read_at=row.read_at,
    )


def _of_use(use: Mapping[str, Any]) -> NewsOfUse:
    return NewsOfUse(**{**use, "at": datetime.fromisoformat(use["at"])})


def _of_delegation(vault: Vault, row: AnyRow) -> NewsOfDelegation:
    return NewsOfDelegation(
        id=row.public_id,
        kind=row.delegation_kind,
        grantor=vault.open(row.grantor_sealed, PERSON_NAME),
        delegate=vault.open(row.delegate_sealed, ADDRESSEE_NAME),
        begins_on=row.starts_on if row.starts_on > local_day(row.delivered_at) else None,
    )


def _of_licence(vault: Vault, row: AnyRow) -> NewsOfLicence:
    label, until = {"label": ""}, row.valid_until
    if row.to_code is not None:
        label = dict(status_entry(row.status_codes, row.to_code, row.to_status))
    return NewsOfLicence(
        status_label=label["label"],
        status_label_en=label.get("label_en", label["label"]),
        identifier=vault.open(row.identifier_sealed, IDENTIFIER),
        number_masked=mask_middle(vault.open(row.number_sealed, NUMBER)),
        type_code=row.type_code,
        type_name=row.type_name,
        type_name_en=row.type_name_en,
        issuing_unit=row.unit,
        holder=masked_name(vault.open(row.name_sealed, HOLDER_NAME), row.kind),
        valid_until=until,
        days_left=None if until is None else (until - local_day(row.delivered_at)).days,
    )
