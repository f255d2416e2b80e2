"""Take in a file of licences (O-8), to be worked off by `batches.work`, and tell how far it is."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.base.sealed_file import seal_file
from wallet.errors import Invalid, NotFound
from wallet.licences.check import issuable_type
from wallet.licences.model import BatchFault, LicenceBatch
from wallet.web.principal import Principal

_FILE_INDEX = "licence_batches.file"
_NAME_BYTES = 12


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""


@dataclass(frozen=True)
class BatchProgress:
    """How far a batch is: lines done are stored or failed; `total` is about how many there are.

    `error_slug` and `error_detail` say why the file itself could not be read on.
    """

    id: str
    state: str
    total: int | None
    stored: int
    failed: int
    error_slug: str | None
    error_detail: str | None

    @property
    def done(self) -> int:
        """Lines that have been worked off."""
        return self.stored + self.failed


@dataclass(frozen=True)
class LineFault:
    """One thing that is wrong with a line, see `BatchFault`."""

    line: int
    column: str | None
    field: str | None
    slug: str
    detail: str


def accept_batch(
    deps: Deps,
    actor: Principal,
    kind: str,
    type_code: str | None,
    parts: Iterable[bytes],
    now: datetime,
    *,
    stock: bool = False,
) -> BatchProgress:
    """Keep a file (`kind` is ndjson, csv or xlsx) to be worked off; `parts` are its bytes.

    What is `stock` 存量 is not late, however long ago it was issued (O-8).

    The same file of the same unit is the same batch again, which goes on where it stopped.
    Raises Invalid (`unknown_type`, `type_required`, `batch_empty`), NotPermitted (a type of another
    unit) and whatever the parts raise; nothing is kept then.
    """
    if type_code is not None:
        with deps.db.read() as tx:
            issuable_type(tx, actor, type_code)
    elif kind != "ndjson":
        raise Invalid("type：表格须指明证照类型。", "type_required")
    file = secrets.token_hex(_NAME_BYTES)
    path, digest = batch_path(deps, file), hashlib.sha256()
    # Whoever is cut off from here on leaves a file that no batch names; the worker clears it away.
    size = seal_file(deps.vault, _digested(parts, digest), path, batch_context(file))
    if size == 0:
        path.unlink()
        raise Invalid("文件是空的。", "batch_empty")
    index = deps.vault.index(f"{digest.hexdigest()} {kind} {type_code or ''}", _FILE_INDEX)
    with deps.db.begin() as tx:
        new = insert_if_new(
            tx,
            LicenceBatch,
            public_id=secrets.token_urlsafe(_NAME_BYTES),
            unit_id=actor.unit_id,
            **actor.acted,
            file_index=index,
            file=file,
            format=kind,
            type_code=type_code,
            stock=stock,
            size=size,
            state="waiting",
            line=0,
            stored=0,
            failed=0,
            received_at=now,
        )
        found = select(LicenceBatch).where(
            LicenceBatch.unit_id == actor.unit_id, LicenceBatch.file_index == index
        )
        row = tx.execute(found.with_for_update()).one()
        if new:
            _record(tx, row, actor, now)
        elif row.state != "done" and not batch_path(deps, row.file).exists():
            _go_on_with(tx, row, file)
            row = tx.execute(found).one()
    if row.file != file:
        path.unlink()
    return progress_of(row)


def _go_on_with(tx: Connection, row: AnyRow, file: str) -> None:
    """Let a batch whose file is gone, read to its fault or lost, go on with this one."""
    tx.execute(
        update(LicenceBatch)
        .where(LicenceBatch.id == row.id)
        .values(file=file, state="waiting", error_slug=None, error_detail=None, finished_at=None)
    )


def _record(tx: Connection, row: AnyRow, actor: Principal, now: datetime) -> None:
    audit.record(
        tx,
        "batch.received",
        now,
        batch=row.id,
        actor=actor.account,
        unit=actor.unit_id,
        type=row.type_code,
        stock=row.stock,
        size=row.size,
    )


def _digested(parts: Iterable[bytes], digest: Digest) -> Iterator[bytes]:
    for part in parts:
        digest.update(part)
        yield part


def batch_progress(
    deps: Deps, actor: Principal, public_id: str, limit: int, cursor: str | None
) -> tuple[BatchProgress, list[LineFault], str | None]:
    """How far a batch of the actor's unit is, a page of its faults, and the next cursor.

    Raises NotFound, Invalid (`invalid_cursor`).
    """
    after = number_of_cursor(cursor)
    with deps.db.read() as tx:
        row = tx.execute(
            select(LicenceBatch).where(
                LicenceBatch.public_id == public_id, LicenceBatch.unit_id == actor.unit_id
            )
        ).one_or_none()
        if row is None:
            raise NotFound("没有这一批次。")
        faults = _faults(tx, row.id, after, limit)
    next_cursor = str(faults[-2].id) if len(faults) > limit else None
    return progress_of(row), [_line_fault(fault) for fault in faults[:limit]], next_cursor


def all_faults(deps: Deps, batch_id: int) -> Iterator[LineFault]:
    """Every fault of a batch, in the order of its lines, however many there are."""
    after = 0
    while True:
        with deps.db.read() as tx:
            page = _faults(tx, batch_id, after, 1000)
        yield from (_line_fault(fault) for fault in page)
        if not page:
            return
        after = page[-1].id


def progress_of(row: AnyRow) -> BatchProgress:
    """A row of batches as progress."""
    return BatchProgress(
        row.public_id,
        row.state,
        row.total,
        row.stored,
        row.failed,
        row.error_slug,
        row.error_detail,
    )


def batch_path(deps: Deps, file: str) -> Path:
    """Where the sealed file of a batch lies until it has been worked off."""
    return deps.config.batches_dir / file


def batch_context(file: str) -> str:
    """Under which it is sealed."""
    return f"{_FILE_INDEX} {file}"


def _faults(tx: Connection, batch_id: int, after: int, limit: int) -> Sequence[AnyRow]:
    return tx.execute(
        select(BatchFault)
        .where(BatchFault.batch_id == batch_id, BatchFault.id > after)
        .order_by(BatchFault.id)
        .limit(limit + 1)
    ).all()


def _line_fault(row: AnyRow) -> LineFault:
    return LineFault(row.line, row.column, row.field, row.slug, row.detail)
