"""Coverage 应归尽归 (O-4): how many licences there should be, how many there are, what is missing.

A unit says how many licences of a type it issued in a year; what is here is counted by the same year
of issue, each licence once in its newest version, whatever its status, since the day from which the
type is collected.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, case, extract, func, select
from sqlalchemy.dialects import postgresql, sqlite

from wallet.base import audit
from wallet.base.clock import local_day, rfc3339
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.base.spreadsheets import plain_cell
from wallet.catalogue.model import LicenceType, TypeIssuer
from wallet.errors import Invalid
from wallet.licences.check import issuable_type
from wallet.licences.in_step.model import ExpectedCount
from wallet.licences.model import Licence
from wallet.licences.versions import is_kept
from wallet.organisations.model import Unit
from wallet.organisations.tree import units_in_sight
from wallet.web.principal import Principal

_Key = tuple[int, int, int]
"""unit_id, type_id, year of issue."""


@dataclass(frozen=True)
class Coverage:
    """A unit's licences of a type that were issued in a year, the `period`.

    `expected` is what the unit said at `as_of`, by a report or a reconciliation (`source`), None
    before. `collected` are in the library, `sealed` of these are signed and in their holders'
    wallets. `percent` of what is expected is collected, rounded down to a tenth.
    """

    unit: str
    unit_name: str
    type: str
    type_name: str
    period: str
    expected: int | None
    collected: int
    sealed: int
    missing: int | None
    percent: float | None
    source: str | None
    as_of: datetime | None


def expect(
    deps: Deps, principal: Principal, type_code: str, year: int, expected: int, now: datetime
) -> Coverage:
    """Note how many licences of a type the principal's unit issued in a year, and compare.

    It takes the place of what was said before. Raises Invalid (`unknown_type`, `coverage_period`:
    before the type is collected, or still to come), NotPermitted (a type of another unit).
    """
    with deps.db.begin() as tx:
        type_row = issuable_type(tx, principal, type_code)
        if not type_row.collected_since.year <= year <= local_day(now).year:
            raise Invalid("period：应为归集起始年份至今年。", "coverage_period")
        _expect(tx, principal, type_row, year, expected, "report", now)
        key = (type_row.unit_id, type_row.id, year)
        return _rows(tx, select(Unit.id).where(Unit.id == type_row.unit_id), now)[key]


def expect_of_list(
    tx: Connection,
    client: Principal,
    type_row: AnyRow,
    begins_on: date | None,
    ends_on: date | None,
    lines: int,
    now: datetime,
) -> None:
    """Note how many licences a digest list has, where it is of one whole year."""
    if begins_on is None or ends_on is None:
        return
    year = begins_on.year
    whole = (begins_on, ends_on) == (date(year, 1, 1), date(year, 12, 31))
    if whole and type_row.collected_since.year <= year <= local_day(now).year:
        _expect(tx, client, type_row, year, lines, "reconciliation", now)


def coverage(
    deps: Deps, principal: Principal, limit: int, cursor: str | None, now: datetime
) -> tuple[list[Coverage], str | None]:
    """A page of the coverage of the units that the principal may see, and the next cursor."""
    start = number_of_cursor(cursor)
    rows = _visible(deps, principal, now)
    page = rows[start : start + limit]
    return page, str(start + limit) if len(rows) > start + limit else None


def coverage_csv(deps: Deps, principal: Principal, now: datetime) -> str:
    """All of the coverage that the principal may see, as CSV with a header of the members."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Coverage)])
    writer.writeheader()
    for row in _visible(deps, principal, now):
        as_of = rfc3339(row.as_of) if row.as_of else None
        cells = asdict(row) | {"as_of": as_of}
        writer.writerow({name: plain_cell(cell) for name, cell in cells.items()})
    return text.getvalue()


def gaps(tx: Connection, units: Select[int], now: datetime) -> list[Coverage]:
    """Where less is collected than the unit says there is."""
    told = select(ExpectedCount.unit_id).where(ExpectedCount.unit_id.in_(units)).distinct()
    asked = list(tx.execute(told).scalars())  # of the others nothing need be counted
    if not asked:
        return []
    rows = _rows(tx, select(Unit.id).where(Unit.id.in_(asked)), now)
    return [row for row in rows.values() if row.missing]


def _visible(deps: Deps, principal: Principal, now: datetime) -> list[Coverage]:
    with deps.db.read() as tx:
        rows = _rows(tx, units_in_sight(principal), now).values()
    return sorted(rows, key=lambda row: (row.unit, row.type, row.period))


def _rows(tx: Connection, units: Select[int], now: datetime) -> dict[_Key, Coverage]:
    counted = {_key(row): row for row in tx.execute(_counted(units))}
    said = {
        _key(row): row
        for row in tx.execute(select(ExpectedCount).where(ExpectedCount.unit_id.in_(units)))
    }
    rows: dict[_Key, Coverage] = {}
    for pair in tx.execute(_pairs(units)):
        years = {
            key[2]
            for key in counted.keys() | said.keys()
            if key[:2] == (pair.unit_id, pair.type_id)
        }
        for year in sorted(years or {local_day(now).year}):
            key = (pair.unit_id, pair.type_id, year)
            rows[key] = _coverage(pair, year, counted.get(key), said.get(key))
    return rows


def _coverage(pair: AnyRow, year: int, counted: AnyRow | None, said: AnyRow | None) -> Coverage:
    collected = counted.collected if counted else 0
    expected = said.expected if said else None
    return Coverage(
        unit=pair.unit,
        unit_name=pair.unit_name,
        type=pair.type,
        type_name=pair.type_name,
        period=str(year),
        expected=expected,
        collected=collected,
        sealed=counted.sealed if counted else 0,
        missing=None if expected is None else max(expected - collected, 0),
        percent=None if not expected else min(collected * 1000 // expected, 1000) / 10,
        source=said.source if said else None,
        as_of=said.as_of if said else None,
    )


def _counted(units: Select[int]) -> Any:
    year = extract("year", Licence.issued_on)
    # A version that is still to be issued stands beside the one that it will replace.
    sealed = case((Licence.issued_at.is_not(None), Licence.number_index))
    return (
        select(
            Licence.unit_id,
            Licence.type_id,
            year.label("year"),
            func.count(Licence.number_index.distinct()).label("collected"),
            func.count(sealed.distinct()).label("sealed"),
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(
            Licence.unit_id.in_(units),
            Licence.superseded_at.is_(None),
            is_kept(Licence),
            Licence.issued_on >= LicenceType.collected_since,
        )
        .group_by(Licence.unit_id, Licence.type_id, year)
    )


def _pairs(units: Select[int]) -> Any:
    return (
        select(
            TypeIssuer.unit_id,
            TypeIssuer.type_id,
            Unit.code.label("unit"),
            Unit.name.label("unit_name"),
            LicenceType.code.label("type"),
            LicenceType.name.label("type_name"),
        )
        .join(Unit, Unit.id == TypeIssuer.unit_id)
        .join(LicenceType, LicenceType.id == TypeIssuer.type_id)
        .where(TypeIssuer.unit_id.in_(units))
    )


def _key(row: AnyRow) -> _Key:
    return row.unit_id, row.type_id, int(row.year)


def _expect(
    tx: Connection,
    principal: Principal,
    type_row: AnyRow,
    year: int,
    expected: int,
    source: str,
    now: datetime,
) -> None:
    key = {"unit_id": type_row.unit_id, "type_id": type_row.id, "year": year}
    values = {
        "expected": expected,
        "source": source,
        "told_by": principal.account,
        "as_of": now,
    }
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    tx.execute(
        dialect.insert(ExpectedCount)
        .values(key | values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )
    audit.record(
        tx,
        "coverage.told",
        now,
        unit=type_row.unit_id,
        type=type_row.code,
        year=year,
        expected=expected,
        source=source,
        actor=principal.account,
    )
