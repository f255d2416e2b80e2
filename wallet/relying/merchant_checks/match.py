"""Whether the library has the licence that a line asks for, and whether it stands: nothing else of it is read.

Of a type that is not granted nothing is even looked for. So of what does not exist, of another holder's and of what is
not granted the answer is the same.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, select

from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.working_days import start_of_day
from wallet.holders.names import normalise_name
from wallet.licences.model import (
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceHolder,
    StatusChange,
)
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import status_on
from wallet.licences.versions import Number, of_numbers
from wallet.relying.merchant_checks.lines import Asked

Answer = Literal["match", "no_match", "changed"]
STANDING: Final = (
    Licence.id, Licence.type_id, Licence.unit_id, Licence.number_index, Licence.version, Licence.status,
    Licence.valid_from, Licence.valid_until, Licence.superseded_at,
)  # fmt: skip
"""What says whether a licence stands, and which it is."""


@dataclass(frozen=True)
class Matched:
    """The answer to a line, and the licence that it found, if any."""

    answer: Answer
    licence_id: int | None = None


def match_lines(
    tx: Connection,
    deps: Deps,
    types: Sequence[int],
    since: date | None,
    asked: Sequence[Asked],
    now: datetime,
) -> list[Matched]:
    """The answers to these questions about licences of these types, in their order.

    `match`: there is such a licence, in force today, and its newest version. `changed`: there is one that is not,
    or whose status or version has changed on `since` or later. Else `no_match`.
    """
    found = _found(tx, deps, types, asked)
    rows = {row.id: row for of_one in found for row in of_one}
    standing = stands(deps, list(rows.values()), now)
    best = [max(of_one, key=lambda row: (standing[row.id], row.version), default=None)
            for of_one in found]  # fmt: skip
    changed = set[Number]()
    if since is not None:
        wanted = {_number(row) for row in best if row is not None and standing[row.id]}
        changed = _changed_since(tx, wanted, start_of_day(since))
    return [
        Matched("no_match") if row is None else
        Matched("match" if standing[row.id] and _number(row) not in changed else "changed", row.id)
        for row in best
    ]  # fmt: skip


def stands(deps: Deps, rows: Sequence[AnyRow], now: datetime) -> Mapping[int, bool]:
    """Which of these licences (`STANDING`) are in force today, in their newest version."""
    today = local_day(now)
    against = published_against(deps, deps.epoch.marks(), [row.id for row in rows])
    return {
        row.id: row.superseded_at is None
        and status_on(row.status, row.valid_from, row.valid_until, today, against.get(row.id))
        == "valid"
        for row in rows
    }


def _found(
    tx: Connection, deps: Deps, types: Sequence[int], asked: Sequence[Asked]
) -> list[list[AnyRow]]:
    """For each question the licences that it asks for; several units may have given one number."""
    index = deps.vault.index
    by_identifier = [one.identifier for one in asked if one.identifier is not None]
    identifiers = {text: index(_identifier(text), IDENTIFIER) for text in by_identifier}
    forms = {one.number: [index(form, NUMBER) for form in _written(one.number)]
             for one in asked if one.number is not None}  # fmt: skip
    licences: dict[Any, list[AnyRow]] = defaultdict(list)
    issued = (Licence.type_id.in_(types), Licence.issued_at.is_not(None))
    if identifiers:
        query: AnySelect = select(*STANDING, Licence.identifier_index).where(
            *issued, Licence.identifier_index.in_(set(identifiers.values()))
        )
        for row in tx.execute(query):
            licences[row.identifier_index].append(row)
    if forms:
        written = {form for of_one in forms.values() for form in of_one}
        query = (
            select(*STANDING, LicenceHolder.name_index)
            .join(LicenceHolder, LicenceHolder.licence_id == Licence.id)
            .where(*issued, Licence.number_index.in_(written))
        )
        for row in tx.execute(query):
            licences[row.number_index, row.name_index].append(row)
    return [
        licences[identifiers[one.identifier]] if one.identifier is not None else
        [row for form in forms[str(one.number)]
         for row in licences[form, index(normalise_name(str(one.name)), HOLDER_NAME)]]
        for one in asked
    ]  # fmt: skip


def _identifier(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


def _written(number: str) -> set[str]:
    """The forms in which its issuer may have given a number: as it is, in plain width, in capitals."""
    plain = unicodedata.normalize("NFKC", number).strip()
    return {number, plain, plain.upper()}


def _number(row: AnyRow) -> Number:
    return row.type_id, row.unit_id, row.number_index


def _changed_since(tx: Connection, wanted: set[Number], since: datetime) -> set[Number]:
    """Of which of these licences the status was changed, or a version replaced, at that time or later."""
    if not wanted:
        return set()
    number = (Licence.type_id, Licence.unit_id, Licence.number_index)
    replaced = (
        select(*number)
        .where(of_numbers(wanted))
        .group_by(*number)
        .having(func.max(Licence.superseded_at) >= since)
    )
    changed = (
        select(*number)
        .join(StatusChange, StatusChange.licence_id == Licence.id)
        .where(of_numbers(wanted), StatusChange.at >= since)
    )
    return {_number(row) for query in (replaced, changed) for row in tx.execute(query)}
