"""The files that a unit sent in, the latest first, and what each was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.licences.batches.accept import BatchProgress, progress_of
from wallet.licences.model import LicenceBatch
from wallet.organisations.model import Client, Staff
from wallet.organisations.sign_in import STAFF_NAME
from wallet.web.principal import Principal


@dataclass(frozen=True)
class SentFile:
    """A file that was sent in. `type_name` is None where its lines name their types; `size` in bytes;
    `by` is the client's or staff member's name. `number` is its row, for `all_faults`."""

    number: int
    progress: BatchProgress
    format: str
    type_name: str | None
    type_name_en: str | None
    size: int
    by: str
    received_at: datetime
    finished_at: datetime | None


def sent_files(
    deps: Deps, staff: Principal, limit: int, cursor: str | None = None
) -> tuple[list[SentFile], str | None]:
    """A page of the files of the staff member's unit, and the cursor of the next.

    Raises Invalid (`invalid_cursor`).
    """
    before = number_of_cursor(cursor)
    which = LicenceBatch.id < before if before else LicenceBatch.id > 0
    with deps.db.read() as tx:
        rows = _rows(tx, staff, which, limit + 1)
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_file(deps.vault, row) for row in rows[:limit]], next_cursor


def sent_file(deps: Deps, staff: Principal, public_id: str) -> SentFile:
    """One file of the unit; raises NotFound for any other."""
    with deps.db.read() as tx:
        rows = _rows(tx, staff, LicenceBatch.public_id == public_id, 1)
    if not rows:
        raise NotFound("没有这一批次。")
    return _file(deps.vault, rows[0])


def _rows(
    tx: Connection, staff: Principal, which: ColumnElement[bool], limit: int
) -> Sequence[AnyRow]:
    return tx.execute(
        select(
            LicenceBatch,
            LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"),
            Client.name.label("client_name"),
            Staff.name_sealed.label("staff_name"),
        )
        .outerjoin(LicenceType, LicenceType.code == LicenceBatch.type_code)
        .outerjoin(Client, Client.id == LicenceBatch.client_id)
        .outerjoin(Staff, Staff.id == LicenceBatch.staff_id)
        .where(LicenceBatch.unit_id == staff.unit_id, which)
        .order_by(LicenceBatch.id.desc())
        .limit(limit)
    ).all()


def _file(vault: Vault, row: AnyRow) -> SentFile:
    return SentFile(
        number=row.id,
        progress=progress_of(row),
        format=row.format,
        type_name=row.type_name,
        type_name_en=row.type_name_en,
        size=row.size,
        by=row.client_name or vault.open(row.staff_name, STAFF_NAME),
        received_at=row.received_at,
        finished_at=row.finished_at,
    )
