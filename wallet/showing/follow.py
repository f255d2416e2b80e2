"""Follow a showing: what has become of it, as the phone asks every second or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.catalogue.labels import field_labels
from wallet.showing import queries
from wallet.showing.handle import Showing
from wallet.showing.questions import answer_by, is_over, lapse
from wallet.showing.show import end_of, is_void, own_showing
from wallet.web.principal import Principal

_STATES: Final = {"pending": "asked"}
"""State of a claim → of the showing, where that has another name."""


@dataclass(frozen=True)
class AskedLicence:
    """A licence by the name of its type, and the labels of the fields that a desk asks to see of it."""

    name: str
    name_en: str
    fields: tuple[str, ...]
    fields_en: tuple[str, ...]


@dataclass(frozen=True)
class Ask:
    """What a desk has asked the holder for: `unit` and `terminal` ask, for the matter `item`, to see
    the fields with these labels, of which `licences` has each; `retention` is how long they are kept, in
    the unit's own words."""

    unit: str
    terminal: str
    item: str
    item_en: str
    fields: tuple[str, ...]
    fields_en: tuple[str, ...]
    licences: tuple[AskedLicence, ...]
    retention: str
    retention_en: str
    ends_at: datetime


@dataclass(frozen=True)
class ShowingState:
    """waiting, asked, used, withdrawn, refused or expired.

    `used_by` and what follows is filled once a desk has used it, `ask` once it has asked; then
    `reason` says why nothing was given, as in a verdict: the holder's answer, or what came between.
    It is `frozen` while the account is, of a showing that nobody has scanned, and of a question that
    the freeze ended.
    """

    state: str
    used_by: str | None = None
    used_at: datetime | None = None
    terminal: str | None = None
    item: str | None = None
    item_en: str | None = None
    fields: tuple[str, ...] = ()
    fields_en: tuple[str, ...] = ()
    reason: str | None = None
    ask: Ask | None = None


def showing_state(deps: Deps, principal: Principal, showing_id: str, now: datetime) -> ShowingState:
    """What has become of the account's showing; NotFound for any other."""
    showing = own_showing(deps, principal, showing_id)
    return state_of(deps, showing, end_of(showing), now)


def state_of(deps: Deps, showing: Showing, ends_at: datetime, now: datetime) -> ShowingState:
    """What has become of a showing that is over at `ends_at` where nobody uses it."""
    row = deps.db.row(_query(showing), **_values(showing))
    if row is None or row.state is None:
        return _unclaimed(showing, row, ends_at, now)
    if row.state == "pending" and is_over(row.at, now):
        row = _lapsed(deps, showing, row, now)
    if row.verification_id is None:
        return ShowingState(row.state)
    seen = deps.db.rows(queries.SEEN_FIELDS, verification=row.verification_id)
    ask = _ask(row, seen) if any(use.asked is not None for use in seen) else None
    if row.state != "used":
        return ShowingState(_STATES.get(row.state, row.state), reason=_why(row), ask=ask)
    return ShowingState(
        state="used",
        used_by=row.unit,
        used_at=row.at,
        terminal=row.terminal,
        item=row.item,
        item_en=row.item_en,
        fields=_labels(seen, "fields", "zh"),
        fields_en=_labels(seen, "fields", "en"),
        ask=ask,
    )


def _query(showing: Showing) -> AnySelect:
    return queries.STATE_OF_HAND_OVER if showing.shower.assisted else queries.STATE


def _values(showing: Showing) -> dict[str, Any]:
    return {"jti": showing.jti, "account": showing.account_id, "hand_over": showing.shower.id}


def _unclaimed(
    showing: Showing, row: AnyRow | None, ends_at: datetime, now: datetime
) -> ShowingState:
    if now >= ends_at:
        return ShowingState("expired")
    if row is not None and row.frozen_at is not None:
        return ShowingState("withdrawn", reason="frozen")
    void = row is not None and is_void(showing, row.void_before)
    return ShowingState("withdrawn" if void else "waiting")


def _why(row: AnyRow) -> str | None:
    """Why a question gave nothing; None while it is open. Desks are told `withdrawn` of a freeze too, but
    the holder whose account was frozen by then, and still is, should know how to go on."""
    if row.state == "pending":
        return None
    frozen = row.frozen_at is not None and row.frozen_at <= row.at
    return "frozen" if frozen and row.reason == "withdrawn" else str(row.reason)


def _lapsed(deps: Deps, showing: Showing, row: AnyRow, now: datetime) -> AnyRow:
    """End the question, and read what became of it: an answer may have been first."""
    with deps.db.begin() as tx:
        lapse(tx, showing.jti, row.verification_id, row.at, now)
        return tx.execute(_query(showing), _values(showing)).one()


def _ask(row: AnyRow, seen: Sequence[AnyRow]) -> Ask:
    return Ask(
        unit=row.unit,
        terminal=row.terminal,
        item=row.item,
        item_en=row.item_en,
        fields=_labels(seen, "asked", "zh"),
        fields_en=_labels(seen, "asked", "en"),
        licences=tuple(
            AskedLicence(
                name=use.name,
                name_en=use.name_en,
                fields=_labels([use], "asked", "zh"),
                fields_en=_labels([use], "asked", "en"),
            )
            for use in seen
        ),
        retention=row.retention,
        retention_en=row.retention_en,
        ends_at=answer_by(row.asked_at),
    )


def _labels(seen: Sequence[AnyRow], which: str, language: str) -> tuple[str, ...]:
    """Labels of the fields that the desk was given, or asked for, of one licence after the other."""
    return tuple(
        label for row in seen for label in field_labels(row.declared, getattr(row, which), language)
    )
