"""Look-ups in a history: what a unit was told the library holds, without any of it being shown (O-13, M-16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    select,
    true,
    union,
)

from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.encryption import Vault
from wallet.base.paging import after_cursor, encode_cursor, read_cursor
from wallet.catalogue.model import LicenceType, UseItem
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.sign_in import holders_seen_by
from wallet.licences.delegations.model import Delegation
from wallet.licences.delivery.model import ASSISTED, LOOKED_UP
from wallet.licences.model import IDENTIFIER, Licence, LicenceHolder
from wallet.organisations.model import Unit
from wallet.showing.assisted import ASSISTANCE, ASSISTED_ACT, ASSISTED_KINDS
from wallet.showing.filters import WantedUses, on_days, showers_of
from wallet.showing.history import PaperAsked, UseEntry
from wallet.showing.model import (
    LOOK_UP_CASE,
    LOOK_UP_CAUSE,
    REFUSAL_BASIS,
    REFUSAL_REASON,
    HoldingRefusal,
    LookUp,
)
from wallet.showing.shown_by import ActedFor
from wallet.web.principal import Principal

_MARK: Final = "look_up"
"""In the place of a verification's id in a cursor that ends with a look-up; no id has these letters alone."""


def look_ups(
    tx: Connection,
    principal: Principal,
    now: datetime,
    wanted: WantedUses,
    limit: int,
    cursor: str | None,
) -> Sequence[AnyRow]:
    """Look-ups of what the account holds or acts for, newest first, one more than `limit`.

    Rows are for `as_looked_up`. A delegate is told of none: they are the holder's.
    """
    statement = (
        select(
            LookUp, Unit.name.label("unit"), UseItem.code.label("item"),
            UseItem.name.label("item_name"), UseItem.name_en.label("item_name_en"),
            LicenceType.name.label("type_name"), LicenceType.name_en.label("type_name_en"),
            Licence.identifier_sealed, Holder.name_sealed,
            (LookUp.holder_id == principal.holder_id).label("own"),
        )
        .join(Unit, Unit.id == LookUp.unit_id)
        .outerjoin(UseItem, UseItem.id == LookUp.item_id)
        .outerjoin(Licence, Licence.id == LookUp.licence_id)
        .outerjoin(LicenceType, LicenceType.id == Licence.type_id)
        .outerjoin(Holder, Holder.id == LookUp.holder_id)
        .where(_is_own(principal, now), _wanted(tx, principal, wanted), _after(cursor))
        .order_by(LookUp.at.desc(), LookUp.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    return tx.execute(statement).all()


def papers_asked(
    tx: Connection, vault: Vault, rows: Sequence[AnyRow]
) -> Mapping[tuple[str, int], Sequence[PaperAsked]]:
    """By look-up and licence id, what desks wanted on paper nonetheless."""
    ids = {row.look_up for row in rows}
    if not ids:
        return {}
    found: dict[tuple[str, int], list[PaperAsked]] = {}
    refusals = select(HoldingRefusal).where(HoldingRefusal.look_up.in_(ids))
    for row in tx.execute(refusals.order_by(HoldingRefusal.id)):
        asked = PaperAsked(
            material=row.material,
            reason=vault.open(row.reason_sealed, REFUSAL_REASON),
            basis=vault.open(row.basis_sealed, REFUSAL_BASIS),
            at=row.at,
        )
        for licence in row.licences:
            found.setdefault((row.look_up, licence), []).append(asked)
    return found


def as_looked_up(
    vault: Vault,
    row: AnyRow,
    holders: Mapping[int, ActedFor],
    papers: Mapping[tuple[str, int], Sequence[PaperAsked]],
) -> UseEntry:
    """A row of `look_ups` as the holder reads it."""
    acted_for = holders.get(row.licence_id)
    holder = acted_for.name if acted_for else None
    if row.licence_id is None and not row.own:
        holder = vault.open(row.name_sealed, HOLDER_NAME)
    return UseEntry(
        id=row.look_up,
        at=row.at,
        unit=row.unit,
        terminal=row.terminal,
        item=row.item,
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        identifier=_opened(vault, row.identifier_sealed, IDENTIFIER),
        licence_type=row.type_name,
        licence_type_en=row.type_name_en,
        fields=[],
        fields_en=[],
        asked=[],
        asked_en=[],
        outcome=ASSISTED if row.kind in ASSISTED_KINDS else LOOKED_UP,
        reason=row.kind,
        shown_by=None,
        served=None,
        offline=False,
        role="own",
        under=None,
        holder=holder,
        acted=None,
        kind=row.kind,
        cause=_opened(vault, row.cause_sealed, LOOK_UP_CAUSE),
        case=_opened(vault, row.case_sealed, LOOK_UP_CASE),
        paper_asked=papers.get((row.look_up, row.licence_id), ()),
        evidence=row.detail if row.kind == ASSISTANCE else None,
        act=row.detail if row.kind == ASSISTED_ACT else None,
    )


def cursor_of_look_up(row: AnyRow) -> str:
    """The cursor after a look-up."""
    return encode_cursor(row.at, _MARK, row.id)


def is_of_look_up(cursor: str) -> bool:
    """Whether a cursor ends with a look-up; raises Invalid for no cursor of ours."""
    return read_cursor(cursor)[1] == _MARK


def _opened(vault: Vault, sealed: bytes | None, context: str) -> str | None:
    return None if sealed is None else vault.open(sealed, context)


def _after(cursor: str | None) -> ColumnElement[bool]:
    """Of one instant the uses come first."""
    if cursor is None:
        return true()
    if is_of_look_up(cursor):
        mark: ColumnElement[str] = literal(_MARK)
        after = after_cursor(cursor, LookUp.at, mark, LookUp.id)  # type: ignore[arg-type]
        return true() if after is None else after
    return LookUp.at <= read_cursor(cursor)[0]


def _is_own(principal: Principal, now: datetime) -> ColumnElement[bool]:
    """A licence of the account, or of whom it acts for, or one of these as a holder of whom none was found.

    Each is found by an index of its own, as in `filters`.
    """
    holders = holders_seen_by(principal, local_day(now))
    licences = select(LicenceHolder.licence_id).where(LicenceHolder.holder_id.in_(holders))
    by_licence = select(LookUp.id).where(LookUp.licence_id.in_(licences)).correlate(None)
    by_holder = (
        select(LookUp.id)
        .where(LookUp.holder_id.in_(holders), LookUp.licence_id.is_(None))
        .correlate(None)
    )
    found = union(by_licence, by_holder).subquery()
    return LookUp.id.in_(select(found.c.id))


def _wanted(tx: Connection, principal: Principal, wanted: WantedUses) -> ColumnElement[bool]:
    if wanted.outcome not in (None, LOOKED_UP, ASSISTED) or wanted.role == "delegate":
        return false()
    conditions = [*on_days(LookUp.at, wanted)]
    if wanted.outcome is not None:
        assisted = LookUp.kind.in_(ASSISTED_KINDS)
        conditions.append(assisted if wanted.outcome == ASSISTED else ~assisted)
    if wanted.licence_type is not None:
        conditions.append(LicenceType.code == wanted.licence_type)
    if wanted.by is not None:
        mine = func.coalesce(LookUp.shower, "").in_(showers_of(tx, principal))
        conditions.append(mine if wanted.by == "me" else ~mine)
    if wanted.under is not None:
        shower = literal("delegation:") + cast(Delegation.id, String)
        under = select(shower).where(Delegation.public_id == wanted.under).scalar_subquery()
        conditions.append(LookUp.shower == under)
    return and_(true(), *conditions)
