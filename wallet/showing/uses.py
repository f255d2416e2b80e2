"""The use history: every use and look-up of a holder's own licences (M-21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.paging import after_cursor, encode_cursor
from wallet.catalogue.labels import field_labels
from wallet.catalogue.model import LicenceType, UseItem
from wallet.holders.sign_in import holders_of
from wallet.licences.model import IDENTIFIER, Licence, LicenceHolder
from wallet.organisations.model import Unit
from wallet.showing.model import Use, Verification
from wallet.showing.questions import is_over, lapse
from wallet.web.principal import Principal


@dataclass(frozen=True)
class UseEntry:
    """One use of one licence. `fields` are the labels that the desk was given, none if refused,
    `asked` those that the holder was asked for, if so; `outcome` is the verdict, `served` what the
    desk said afterwards. Where the desk judged
    `offline`, outcome and reason are what it found then: that is what the holder met.
    """

    id: str
    at: datetime
    unit: str
    terminal: str
    item: str
    item_name: str
    item_name_en: str
    identifier: str
    licence_type: str
    licence_type_en: str
    fields: list[str]
    fields_en: list[str]
    asked: list[str]
    asked_en: list[str]
    outcome: str
    reason: str
    shown_by: str | None
    served: str | None
    offline: bool


@dataclass(frozen=True)
class UsePage:
    """A page of uses, newest first; `next_cursor` is None on the last."""

    items: list[UseEntry]
    next_cursor: str | None


def uses(
    deps: Deps, principal: Principal, now: datetime, limit: int, cursor: str | None
) -> UsePage:
    """The uses of all licences that the account holds or acts for."""
    own = (
        select(LicenceHolder.licence_id)
        .where(LicenceHolder.holder_id.in_(holders_of(principal.id, local_day(now))))
    )  # fmt: skip
    row_id = Use.verification_id
    statement = (
        select(
            Verification.id, Verification.at, Verification.terminal, Verification.verdict,
            Verification.reason, Verification.shown_by, Verification.served,
            Verification.offline_reason, Verification.jti,
            Unit.name.label("unit"), UseItem.code.label("item"), UseItem.name.label("item_name"),
            UseItem.name_en.label("item_name_en"), LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"), LicenceType.fields.label("declared"),
            Licence.identifier_sealed, Licence.id.label("licence_id"), Use.fields,
            Use.asked,
        )
        .join(Verification, Verification.id == Use.verification_id)
        .join(Licence, Licence.id == Use.licence_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(UseItem, UseItem.id == Verification.item_id)
        .join(Unit, Unit.id == Verification.unit_id)
        .where(Use.licence_id.in_(own))
        .order_by(Verification.at.desc(), row_id.desc(), Use.licence_id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    after = after_cursor(cursor, Verification.at, row_id, Use.licence_id)  # type: ignore[arg-type]
    if after is not None:
        statement = statement.where(after)
    rows = deps.db.rows(statement)
    if any(_is_overdue(row, now) for row in rows):
        _lapse(deps, rows, now)
        rows = deps.db.rows(statement)
    entries = [
        UseEntry(
            id=row.id,
            at=row.at,
            unit=row.unit,
            terminal=row.terminal,
            item=row.item,
            item_name=row.item_name,
            item_name_en=row.item_name_en,
            identifier=deps.vault.open(row.identifier_sealed, IDENTIFIER),
            licence_type=row.type_name,
            licence_type_en=row.type_name_en,
            fields=field_labels(row.declared, row.fields),
            fields_en=field_labels(row.declared, row.fields, "en"),
            asked=field_labels(row.declared, row.asked or ()),
            asked_en=field_labels(row.declared, row.asked or (), "en"),
            outcome="accepted" if row.offline_reason == "ok" else row.verdict,
            reason=row.offline_reason or row.reason,
            shown_by=row.shown_by,
            served=row.served,
            offline=row.offline_reason is not None,
        )
        for row in rows[:limit]
    ]
    if len(rows) <= limit:
        return UsePage(entries, None)
    last = rows[limit - 1]
    return UsePage(entries, encode_cursor(last.at, last.id, last.licence_id))


def _is_overdue(row: AnyRow, now: datetime) -> bool:
    return row.verdict == "pending" and is_over(row.at, now)


def _lapse(deps: Deps, rows: Sequence[AnyRow], now: datetime) -> None:
    """End the questions whose time is over: what is told of them has been recorded."""
    for row in rows:
        if _is_overdue(row, now):
            with deps.db.begin() as tx:
                lapse(tx, row.jti, row.id, row.at, now)
