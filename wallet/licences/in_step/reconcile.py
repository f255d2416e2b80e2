"""Reconciliation 对账 (O-8, M-7): the library held against a digest list of the business system.

The list has the newest version of each licence of a type, of all or of those issued in a period:
its number, version, status, and the digest of its content (`digest`). The answer is what differs.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, select
from sqlalchemy.orm import aliased

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.errors import Invalid
from wallet.licences.check import issuable_type
from wallet.licences.in_step.coverage import expect_of_list
from wallet.licences.in_step.digest import content_index
from wallet.licences.in_step.model import (
    DIFFERENT_NUMBER,
    Reconciliation,
    ReconciliationDifference,
)
from wallet.licences.model import NUMBER, Licence
from wallet.licences.status.standing import status_on
from wallet.licences.versions import is_kept
from wallet.web.principal import Principal

KINDS: Final = (
    "missing_here",
    "missing_there",
    "older_here",
    "older_there",
    "status_differs",
    "content_differs",
)
"""How a licence may differ. Status and content are compared where the versions agree."""
_CHUNK: Final = 1000
_ID_BYTES: Final = 12
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class ListedLicence:
    """A line of the list; `digest` is that of `in_step.digest`, None where it is not told."""

    number: str
    version: int
    status: str
    digest: str | None


@dataclass(frozen=True)
class Scope:
    """What a list holds: a type, and the days of issue from and to which, both inclusive."""

    type: str
    begins_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Difference:
    """One way in which one licence differs."""

    kind: str
    number: str
    version_here: int | None
    version_there: int | None
    status_here: str | None
    status_there: str | None


def reconcile(
    deps: Deps, client: Principal, scope: Scope, lines: Iterable[ListedLicence], now: datetime
) -> str:
    """Compare, keep the report, and give its id.

    Memory grows with the list, which is limited; the library is read in pages, in one snapshot.
    Raises Invalid (`unknown_type`, `period_reversed`, `too_many_lines`, `duplicate_line`),
    NotPermitted (a type of another unit), and whatever the lines raise; nothing is kept then.
    """
    if scope.begins_on and scope.ends_on and scope.ends_on < scope.begins_on:
        raise Invalid("to：早于 from。", "period_reversed")
    with deps.db.read() as tx:
        type_row = issuable_type(tx, client, scope.type)
    listed = _by_index(deps, lines)
    comparison = _Comparison()
    with deps.db.read() as tx:
        for difference in _differences(tx, deps, type_row, scope, listed, now):
            comparison.add(difference)
    public_id = secrets.token_urlsafe(_ID_BYTES)
    with deps.db.begin() as tx:
        kept = tx.execute(
            insert(Reconciliation).returning(Reconciliation.id),
            {
                "public_id": public_id,
                "client_id": client.id,
                "unit_id": type_row.unit_id,
                "type_id": type_row.id,
                "begins_on": scope.begins_on,
                "ends_on": scope.ends_on,
                "at": now,
                "lines": len(listed),
                "same": len(listed) - comparison.differing_lines,
                **{kind: comparison.counts[kind] for kind in KINDS},
                "listed": len(comparison.listed),
            },
        ).scalar_one()
        _keep(tx, deps, kept, comparison.listed)
        expect_of_list(tx, client, type_row, scope.begins_on, scope.ends_on, len(listed), now)
        audit.record(
            tx,
            "licences.reconciled",
            now,
            reconciliation=kept,
            actor=client.account,
            unit=type_row.unit_id,
            type=scope.type,
            lines=len(listed),
            **{kind: comparison.counts[kind] for kind in KINDS},
        )
    return public_id


class _Comparison:
    """Counts of everything, and the first differences."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.listed: list[Difference] = []
        self.differing_lines = 0
        self._last = ""

    def add(self, difference: Difference) -> None:
        """Differences of one licence come one after the other."""
        self.counts[difference.kind] += 1
        if difference.kind != "missing_there" and difference.number != self._last:
            self.differing_lines += 1
        self._last = difference.number
        if len(self.listed) < numbers.RECONCILIATION_LINES_MAX:
            self.listed.append(difference)


def _by_index(deps: Deps, lines: Iterable[ListedLicence]) -> dict[bytes, ListedLicence]:
    listed: dict[bytes, ListedLicence] = {}
    for place, line in enumerate(lines, 1):
        if place > numbers.RECONCILIATION_LINES_MAX:
            raise Invalid(
                f"最多 {numbers.RECONCILIATION_LINES_MAX} 行，请按签发日期分段报送。",
                "too_many_lines",
            )
        index = deps.vault.index(line.number, NUMBER)
        if index in listed:
            raise Invalid(f"第 {place} 行：此证照编号前面已有一行。", "duplicate_line")
        listed[index] = line
    return listed


def _differences(
    tx: Connection,
    deps: Deps,
    type_row: AnyRow,
    scope: Scope,
    listed: dict[bytes, ListedLicence],
    now: datetime,
) -> Iterator[Difference]:
    today = local_day(now)
    of_type = and_(Licence.type_id == type_row.id, Licence.unit_id == type_row.unit_id)
    for chunk in _chunks(listed):
        newest = {
            row.number_index: row
            for row in tx.execute(_newest(of_type & Licence.number_index.in_(chunk)).order_by(None))
        }
        for index in chunk:
            yield from _compare(deps, listed[index], newest.get(index), today)
    after = 0
    while True:
        page = tx.execute(
            _newest(of_type & _in_period(scope) & (Licence.id > after)).limit(_CHUNK)
        ).all()
        for row in page:
            if row.number_index not in listed:
                number = deps.vault.open(row.number_sealed, NUMBER)
                yield Difference(
                    "missing_there", number, row.version, None, _status(row, today), None
                )
        if len(page) < _CHUNK:
            return
        after = page[-1].id


def _newest(which: ColumnElement[bool]) -> AnySelect:
    """Query: the newest version of each licence, one still to be issued included."""
    newer = aliased(Licence)
    return (
        select(
            Licence.id,
            Licence.number_index,
            Licence.number_sealed,
            Licence.version,
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            Licence.content_index,
        )
        .where(
            which,
            Licence.superseded_at.is_(None),
            is_kept(Licence),
            ~exists().where(
                newer.type_id == Licence.type_id,
                newer.unit_id == Licence.unit_id,
                newer.number_index == Licence.number_index,
                newer.version > Licence.version,
                is_kept(newer),
            ),
        )
        .order_by(Licence.id)
    )


def _in_period(scope: Scope) -> ColumnElement[bool]:
    return and_(
        True,
        *([Licence.issued_on >= scope.begins_on] if scope.begins_on else []),
        *([Licence.issued_on <= scope.ends_on] if scope.ends_on else []),
    )


def _compare(
    deps: Deps, line: ListedLicence, row: AnyRow | None, today: date
) -> Iterator[Difference]:
    if row is None:
        yield Difference("missing_here", line.number, None, line.version, None, line.status)
        return
    status = _status(row, today)
    said = (line.number, row.version, line.version, status, line.status)
    if row.version != line.version:
        yield Difference("older_here" if row.version < line.version else "older_there", *said)
        return
    if status != line.status:
        yield Difference("status_differs", *said)
    if line.digest is not None and content_index(deps.vault, line.digest) != row.content_index:
        yield Difference("content_differs", *said)


def _status(row: AnyRow, today: date) -> str:
    """One of the four; a licence whose first day is still to come is valid to its unit."""
    status = status_on(row.status, row.valid_from, row.valid_until, today)
    return "valid" if status == "not_yet_valid" else status


def _keep(
    tx: Connection, deps: Deps, reconciliation: int, differences: Sequence[Difference]
) -> None:
    for chunk in _chunks(differences):
        tx.execute(
            insert(ReconciliationDifference),
            [
                {
                    "reconciliation_id": reconciliation,
                    "kind": one.kind,
                    "number_sealed": deps.vault.seal(one.number, DIFFERENT_NUMBER),
                    "version_here": one.version_here,
                    "version_there": one.version_there,
                    "status_here": one.status_here,
                    "status_there": one.status_there,
                }
                for one in chunk
            ],
        )


def _chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    left = iter(items)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
