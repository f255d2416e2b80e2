"""The holder's inbox: what became of the own licences, and of delegations to and from others; when it
arrived, and when it was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, true, update
from sqlalchemy.orm import aliased

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType
from wallet.errors import Invalid, NotFound
from wallet.holders.model import Holder
from wallet.holders.sign_in import holders_seen_by
from wallet.licences.delegations.model import Delegation
from wallet.licences.delivery.model import REPORT_ANSWERED, InboxEntry
from wallet.licences.delivery.news import InboxNews, news_of
from wallet.licences.model import (
    IDENTIFIER,
    Licence,
    LicenceHolder,
    StatusChange,
)
from wallet.organisations.model import Unit
from wallet.web.principal import Principal

_Grantor: Final = aliased(Holder)
_ActedFor: Final = aliased(Holder)
_Acting: Final = aliased(Holder)
EVERY: Final[ColumnElement[bool]] = true()
UNREAD: Final = InboxEntry.read_at.is_(None)
UNTOLD: Final = and_(UNREAD, InboxEntry.printed_at.is_(None))
"""Entries that nobody has opened, and those of them that were not handed over on paper either."""


@dataclass(frozen=True)
class Opened:
    """Where an entry leads: the identifier of the version that the holder has now, None where there is
    none any more; or a delegation. `of_use` says that it tells of a use, `of_acting` of who acts for an
    organisation."""

    licence: str | None
    delegation: str | None
    of_use: bool = False
    of_acting: bool = False
    of_report: bool = False


@dataclass(frozen=True)
class InboxPage:
    """Entries, newest first; `next_cursor` is None on the last page."""

    items: list[InboxNews]
    next_cursor: str | None


def inbox(
    deps: Deps,
    principal: Principal,
    now: datetime,
    limit: int,
    cursor: str | None = None,
    *,
    which: ColumnElement[bool] = EVERY,
) -> InboxPage:
    """A page of the entries of the holders that the account is or acts for, and of no grantor; `which`
    is a condition on `InboxEntry`."""
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
            _ActedFor.kind.label("acted_for_kind"),
            _ActedFor.name_sealed.label("acted_for_sealed"),
            _Acting.name_sealed.label("acting_sealed"),
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
        .outerjoin(_ActedFor, _ActedFor.id == InboxEntry.acted_for_id)
        .outerjoin(_Acting, _Acting.id == InboxEntry.acting_id)
        .where(InboxEntry.holder_id.in_(holders_seen_by(principal, local_day(now))), which)
        .order_by(InboxEntry.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if before := number_of_cursor(cursor):
        statement = statement.where(InboxEntry.id < before)
    rows = deps.db.rows(statement)
    items = [news_of(deps.vault, row) for row in rows[:limit]]
    return InboxPage(items, str(rows[limit - 1].id) if len(rows) > limit else None)


def unread(deps: Deps, principal: Principal, now: datetime) -> int:
    """How many entries the account has not opened."""
    row = deps.db.row(
        select(func.count().label("unread")).where(
            InboxEntry.read_at.is_(None),
            InboxEntry.holder_id.in_(holders_seen_by(principal, local_day(now))),
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
        holders_seen_by(principal, local_day(now))
    )
    with deps.db.begin() as tx:
        row = tx.execute(
            select(
                InboxEntry.holder_id,
                InboxEntry.licence_id,
                InboxEntry.use,
                InboxEntry.act,
                Delegation.public_id,
                _ActedFor.kind.label("acted_for_kind"),
            )
            .outerjoin(_ActedFor, _ActedFor.id == InboxEntry.acted_for_id)
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
    of_acting = row.acted_for_kind == "organisation"
    return Opened(
        identifier,
        row.public_id,
        of_use=row.use is not None,
        of_acting=of_acting,
        of_report=row.act == REPORT_ANSWERED,
    )


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
