"""The use history: every use and look-up of a holder's own licences (M-21), and what a delegate showed.

Uses and look-ups are two tables; a page takes the newest of both. Of one instant the uses come first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import after_cursor, encode_cursor, read_cursor
from wallet.catalogue.labels import field_labels
from wallet.catalogue.model import LicenceType, UseItem
from wallet.licences.model import IDENTIFIER, Licence
from wallet.organisations.model import Unit
from wallet.showing.filters import WantedUses, is_own, wanted_uses
from wallet.showing.history import PaperAsked, UseEntry, UsePage
from wallet.showing.look_ups import (
    as_looked_up,
    cursor_of_look_up,
    is_of_look_up,
    look_ups,
    papers_asked,
)
from wallet.showing.model import Use, Verification
from wallet.showing.questions import is_over, lapse
from wallet.showing.shown_by import (
    ActedFor,
    ShownUnder,
    acted_for,
    counters_of,
    shown_under,
    who_acted,
)
from wallet.web.principal import Principal

EVERY: Final = WantedUses()
"""All uses."""


@dataclass(frozen=True)
class _By:
    """Of the uses on a page: the delegations by `shower`, by licence whom the account acts for, by
    `shower` who else acted for them or which counter showed, and by look-up and licence what was asked for on paper."""

    delegations: Mapping[str, ShownUnder]
    holders: Mapping[int, ActedFor]
    acted: Mapping[str, str]
    counters: Mapping[str, str]
    papers: Mapping[tuple[str, int], Sequence[PaperAsked]]


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
    rows, found, by = _read(deps, principal, now, limit, cursor, wanted)
    if any(_is_overdue(row, now) for row in rows):
        _lapse(deps, rows, now)
        rows, found, by = _read(deps, principal, now, limit, cursor, wanted)
    told = [(_entry(deps.vault, row, by), _cursor_of(row)) for row in rows]
    told += [
        (as_looked_up(deps.vault, row, by.holders, by.papers), cursor_of_look_up(row))
        for row in found
    ]
    told.sort(key=lambda one: one[0].at, reverse=True)
    entries = [entry for entry, _cursor in told[:limit]]
    return UsePage(entries, told[limit - 1][1] if len(told) > limit else None)


def _cursor_of(row: AnyRow) -> str:
    return encode_cursor(row.at, row.id, row.licence_id)


def _read(
    deps: Deps,
    principal: Principal,
    now: datetime,
    limit: int,
    cursor: str | None,
    wanted: WantedUses,
) -> tuple[Sequence[AnyRow], Sequence[AnyRow], _By]:
    """Uses and look-ups, of each one more than the page has, and who showed these for whom."""
    with deps.db.read() as tx:
        which = wanted_uses(tx, deps, principal, now, wanted)
        rows = tx.execute(_statement(principal, now, which, limit, cursor)).all()
        found = look_ups(tx, principal, now, wanted, limit, cursor)
        showers = [row.shower for row in rows]
        delegations = shown_under(tx, deps.vault, principal, showers, now)
        licences = [row.licence_id for row in (*rows, *found) if row.licence_id]
        mine = acted_for(tx, deps.vault, principal, licences, now)
        acting = {row.shower for row in rows if row.licence_id in mine}
        holders = {one.holder_id for one in mine.values()}
        acted = who_acted(tx, deps.vault, principal, acting, holders, now)
        papers = papers_asked(tx, deps.vault, found)
        return rows, found, _By(delegations, mine, acted, counters_of(tx, showers), papers)


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
    if cursor is None:
        return statement
    if is_of_look_up(cursor):
        return statement.where(Verification.at < read_cursor(cursor)[0])
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
        counter=by.counters.get(row.shower),
    )


def _is_overdue(row: AnyRow, now: datetime) -> bool:
    return row.verdict == "pending" and is_over(row.at, now)


def _lapse(deps: Deps, rows: Sequence[AnyRow], now: datetime) -> None:
    """End the questions whose time is over: what is told of them has been recorded."""
    for row in rows:
        if _is_overdue(row, now):
            with deps.db.begin() as tx:
                lapse(tx, row.jti, row.id, row.at, now)
