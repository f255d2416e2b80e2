"""Work a batch off: each line through the rules and the journey of a single licence.

The lines of a chunk are stored in one transaction, which also moves the batch's last line: however
often and wherever the work is cut off, the next goes on behind it, without loss or doubles. Then
they are signed and issued, as every licence; what a crash leaves pending the worker's sweep finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.sealed_file import open_sealed
from wallet.base.table_files import Line, open_lines
from wallet.errors import DomainError, Invalid, NotPermitted
from wallet.licences.batches.accept import batch_context, batch_path
from wallet.licences.batches.claim import (
    ClaimedBatch,
    Overtaken,
    claimed_until,
    finish_batch,
    update_batch,
)
from wallet.licences.batches.lines import (
    Fault,
    Faulty,
    Header,
    faults_of,
    licence_of_line,
    licence_of_row,
    read_header,
)
from wallet.licences.check import (
    CLASSIFIED,
    CheckedLicence,
    check_new,
    issuable_type,
    record_secrets,
)
from wallet.licences.issue import issue_all
from wallet.licences.model import BatchFault, LicenceBatch
from wallet.licences.record import record_licences
from wallet.web.principal import Principal

_CHUNK_BYTES: Final = 8 * 1024 * 1024
"""Lines with photos make smaller chunks."""


@dataclass(frozen=True)
class Taken:
    """A chunk that is stored: how many lines of about how many, the pending licences, and when."""

    lines: int
    total: int | None
    licences: Sequence[int]
    at: datetime


def work_off(
    deps: Deps,
    batch: ClaimedBatch,
    clock: Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
    seal: Callable[[Taken], None] | None = None,
) -> None:
    """Take in what is left of a batch, until its end or until `stopped` says so.

    `clock` gives the time of each chunk. `seal` issues the licences of each, by default here and now.
    Raises Overtaken.
    """
    try:
        if not batch.permitted:
            raise NotPermitted("报送此文件的账号已不能报送证照。")
        with open_sealed(
            deps.vault, batch_path(deps, batch.file), batch_context(batch.file), batch.size
        ) as file:
            total, lines = open_lines(file, batch.format, batch.line)
            update_batch(deps, batch, clock(), total=total)
            types = _Types(deps, batch.actor)
            header = _header(lines, batch, types)
            for chunk in _chunks(lines):
                if stopped():
                    update_batch(deps, batch, clock(), claimed_until=None)
                    return
                now = clock()
                recorded = _take_chunk(deps, batch, chunk, header, types, now)
                if seal is not None:
                    seal(Taken(len(chunk), total, recorded, now))
                elif recorded:
                    issue_all(deps, recorded, now)
    except FileNotFoundError:
        finish_batch(deps, batch, clock(), Invalid("文件已不在，请把它再报送一次。", "batch_lost"))
    except (Invalid, NotPermitted) as error:
        finish_batch(deps, batch, clock(), error)
    else:
        finish_batch(deps, batch, clock(), None)


class _Types:
    """The types that an actor issues, each read once for a batch."""

    def __init__(self, deps: Deps, actor: Principal) -> None:
        self._deps, self._actor = deps, actor
        self._known: dict[str, AnyRow | DomainError] = {}

    def get(self, code: str) -> AnyRow:
        """As `issuable_type`."""
        if code not in self._known:
            try:
                with self._deps.db.read() as tx:
                    self._known[code] = issuable_type(tx, self._actor, code)
            except (Invalid, NotPermitted) as error:
                self._known[code] = error
        found = self._known[code]
        if isinstance(found, DomainError):
            raise found
        return found


@dataclass(frozen=True)
class _Checked:
    """A line that keeps the rules, or its faults; the type of one that is marked as secret."""

    line: int
    licence: CheckedLicence | None
    faults: Sequence[Fault]
    secret_type: str | None = None


def _header(lines: Iterator[tuple[int, Line]], batch: ClaimedBatch, types: _Types) -> Header | None:
    if batch.type_code is None or batch.format == "ndjson":
        return None
    number, cells = next(lines, (0, []))
    if number != 1:
        raise Invalid("第 1 行应为表头。", "batch_columns")
    return read_header(cells, batch.type_code, types.get(batch.type_code).fields)


def _chunks(lines: Iterator[tuple[int, Line]]) -> Iterator[list[tuple[int, Line]]]:
    chunk: list[tuple[int, Line]] = []
    weight = 0
    try:
        for number, line in lines:
            chunk.append((number, line))
            weight += _weight(line)
            if len(chunk) >= numbers.BATCH_CHUNK or weight >= _CHUNK_BYTES:
                yield chunk
                chunk, weight = [], 0
    except Invalid:
        if chunk:  # what came before the fault is good
            yield chunk
        raise
    if chunk:
        yield chunk


def _weight(line: Line) -> int:
    if isinstance(line, bytes):
        return len(line)
    return sum(len(cell) for cell in line if isinstance(cell, str)) if isinstance(line, list) else 0


def _take_chunk(
    deps: Deps,
    batch: ClaimedBatch,
    chunk: Sequence[tuple[int, Line]],
    header: Header | None,
    types: _Types,
    now: datetime,
) -> list[int]:
    """Store what is good of these lines, and the faults of the others; the ids of the licences."""
    lines = [_check(number, line, batch, header, types, now) for number, line in chunk]
    good = [line for line in lines if line.licence is not None]
    with deps.db.begin() as tx:
        held = tx.execute(
            select(LicenceBatch.claimed_by, LicenceBatch.stored, LicenceBatch.failed)
            .where(LicenceBatch.id == batch.id)
            .with_for_update()
        ).one()
        if held.claimed_by != batch.claim:
            raise Overtaken
        licences = [line.licence for line in good if line.licence]
        results = record_licences(tx, deps, batch.actor, licences, now, stock=batch.stock)
        faults = {line.line: line.faults for line in lines if line.faults}
        recorded: list[int] = []
        for line, result in zip(good, results, strict=True):
            if isinstance(result, DomainError):
                faults[line.line] = faults_of(result, header)
            else:
                recorded.append(result)
        marked: dict[int | None, str] = {
            line.line: line.secret_type for line in lines if line.secret_type
        }
        record_secrets(tx, batch.actor, marked, now, batch.id)
        if faults:
            tx.execute(insert(BatchFault), _fault_rows(batch, faults))
        tx.execute(
            update(LicenceBatch)
            .where(LicenceBatch.id == batch.id)
            .values(
                line=chunk[-1][0],
                stored=held.stored + len(recorded),
                failed=held.failed + len(faults),
                claimed_until=claimed_until(now),
            )
        )
    return recorded


def _check(
    number: int,
    line: Line,
    batch: ClaimedBatch,
    header: Header | None,
    types: _Types,
    now: datetime,
) -> _Checked:
    try:
        new = licence_of_row(line, header) if header else licence_of_line(line, batch.type_code)
        return _Checked(number, check_new(types.get(new.type), new, local_day(now)), ())
    except Faulty as refused:
        return _Checked(number, None, refused.faults)
    except (Invalid, NotPermitted) as error:
        secret_type = new.type if error.slug == CLASSIFIED else None
        return _Checked(number, None, faults_of(error, header), secret_type)


def _fault_rows(batch: ClaimedBatch, faults: dict[int, Sequence[Fault]]) -> list[dict[str, Any]]:
    return [
        {
            "batch_id": batch.id,
            "line": line,
            "column": fault.column,
            "field": fault.field,
            "slug": fault.slug,
            "detail": fault.detail,
        }
        for line, of_line in sorted(faults.items())
        for fault in of_line
    ]
