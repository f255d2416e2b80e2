"""The use history: every use and look-up of a holder's own licences (M-21), and what a delegate showed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import after_cursor, encode_cursor
from wallet.catalogue.labels import field_labels
from wallet.catalogue.model import LicenceType, UseItem
from wallet.licences.model import IDENTIFIER, Licence
from wallet.organisations.model import Unit
from wallet.showing.filters import WantedUses, is_own, wanted_uses
from wallet.showing.model import Use, Verification
from wallet.showing.questions import is_over, lapse
from wallet.showing.shown_by import (
    ActedFor,
    ShownUnder,
    acted_for,
    shown_under,
    who_acted,
)
from wallet.web.principal import Principal

EVERY: Final = WantedUses()
"""All uses."""


@dataclass(frozen=True)
class UseEntry:
    """One use of one licence. `fields` are the labels that the desk was given, none if refused,
    `asked` those that the holder was asked for, if so; `outcome` is the verdict, `served` what the
    desk said afterwards. Where the desk judged `offline`, outcome and reason are what it found then:
    that is what the holder met. `role` is own or delegate: then it is another's licence that this
    account showed, whose `identifier` is None once that delegation is over. `under` is the delegation that it was shown under, None where its holder showed it.
    `holder` is whose it is where the account acts for them, a child or an organisation, and `acted` who
    else of those who act for them showed it.
    """

    id: str
    at: datetime
    unit: str
    terminal: str
    item: str
    item_name: str
    item_name_en: str
    identifier: str | None
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
    role: str
    under: ShownUnder | None
    holder: str | None
    acted: str | None


@dataclass(frozen=True)
class UsePage:
    """A page of uses, newest first; `next_cursor` is None on the last."""

    items: list[UseEntry]
    next_cursor: str | None


@dataclass(frozen=True)
class _By:
    """Of the uses on a page: the delegations by `shower`, by licence whom the account acts for, and by
    `shower` who else acted for them."""

    delegations: Mapping[str, ShownUnder]
    holders: Mapping[int, ActedFor]
    acted: Mapping[str, str]


def uses(
    deps: Deps,
    principal: Principal,
    now: datetime,
    limit: int,
    cursor: str | None,
    wanted: WantedUses = EVERY,
) -> UsePage:
    """The uses of all licences that the account holds or acts for, and what it showed for others.

    Raises NotFound for a delegation that is not the account's.
    """
    rows, by = _read(deps, principal, now, limit, cursor, wanted)
    if any(_is_overdue(row, now) for row in rows):
        _lapse(deps, rows, now)
        rows, by = _read(deps, principal, now, limit, cursor, wanted)
    entries = [_entry(deps.vault, row, by) for row in rows[:limit]]
    if len(rows) <= limit:
        return UsePage(entries, None)
    last = rows[limit - 1]
    return UsePage(entries, encode_cursor(last.at, last.id, last.licence_id))


def _read(
    deps: Deps,
    principal: Principal,
    now: datetime,
    limit: int,
    cursor: str | None,
    wanted: WantedUses,
) -> tuple[Sequence[AnyRow], _By]:
    """One row more than the page has, and who showed these for whom."""
    with deps.db.read() as tx:
        which = wanted_uses(tx, deps, principal, now, wanted)
        rows = tx.execute(_statement(principal, now, which, limit, cursor)).all()
        showers = [row.shower for row in rows]
        delegations = shown_under(tx, deps.vault, principal, showers, now)
        mine = acted_for(tx, deps.vault, principal, [row.licence_id for row in rows], now)
        acting = {row.shower for row in rows if row.licence_id in mine}
        holders = {one.holder_id for one in mine.values()}
        return rows, _By(
            delegations, mine, who_acted(tx, deps.vault, principal, acting, holders, now)
        )


def _statement(
    principal: Principal,
    now: datetime,
    which: ColumnElement[bool],
    limit: int,
    cursor: str | None,
) -> AnySelect:
    row_id = Use.verification_id
    statement = (
        select(
            Verification.id, Verification.at, Verification.terminal, Verification.verdict,
            Verification.reason, Verification.shown_by, Verification.shower, Verification.served,
            Verification.offline_reason, Verification.jti, is_own(principal, now).label("own"),
            Unit.name.label("unit"), UseItem.code.label("item"), UseItem.name.label("item_name"),
            UseItem.name_en.label("item_name_en"), LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"), LicenceType.fields.label("declared"),
            Licence.identifier_sealed, Licence.id.label("licence_id"), Use.fields, Use.asked,
        )
        .join(Verification, Verification.id == Use.verification_id)
        .join(Licence, Licence.id == Use.licence_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(UseItem, UseItem.id == Verification.item_id)
        .join(Unit, Unit.id == Verification.unit_id)
        .where(which)
        .order_by(Verification.at.desc(), row_id.desc(), Use.licence_id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    after = after_cursor(cursor, Verification.at, row_id, Use.licence_id)  # type: ignore[arg-type]
    return statement if after is None else statement.where(after)


def _entry(vault: Vault, row: AnyRow, by: _By) -> UseEntry:
    under = by.delegations.get(row.shower)
    holder = by.holders.get(row.licence_id)
    known = row.own or (under is not None and not under.over)
    return UseEntry(
        id=row.id,
        at=row.at,
        unit=row.unit,
        terminal=row.terminal,
        item=row.item,
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        identifier=vault.open(row.identifier_sealed, IDENTIFIER) if known else None,
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
        role="own" if row.own else "delegate",
        under=under,
        holder=holder.name if holder else None,
        acted=by.acted.get(row.shower) if holder else None,
    )


def _is_overdue(row: AnyRow, now: datetime) -> bool:
    return row.verdict == "pending" and is_over(row.at, now)


def _lapse(deps: Deps, rows: Sequence[AnyRow], now: datetime) -> None:
    """End the questions whose time is over: what is told of them has been recorded."""
    for row in rows:
        if _is_overdue(row, now):
            with deps.db.begin() as tx:
                lapse(tx, row.jti, row.id, row.at, now)
