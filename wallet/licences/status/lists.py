"""Status lists: published as signed files outside the database, for whoever cannot ask it.

Online verification reads the database, and a list only after a restore (`published`). A file is
written whole or not at all; after a loss of the database it still tells what had been revoked.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from verify.status_list import (
    INVALID,
    STATUS_LIST_LIFE,
    STATUS_LIST_SIZE,
    STATUS_LIST_TTL,
    SUSPENDED,
    VALID,
    PublishedList,
    pack,
    read_list,
    sign_list,
)
from verify.verdict import Refused
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.errors import NotFound, Unavailable
from wallet.licences.model import Licence, StatusEntry
from wallet.licences.status.places import decoys
from wallet.licences.status.published import list_path, numbers_on_file, stricter
from wallet.licences.status.standing import status_on
from wallet.numbers import STATUS_LIST_PAUSE

_STATUSES: Final = {"valid": VALID, "suspended": SUSPENDED}
"""Every other status is invalid, that of a licence not yet in force included."""
_ROWS: Final = 10_000
"""Rows read at once; a list may have half a million."""


@dataclass(frozen=True)
class ListFile:
    """A list as it is published: its signed token, and what that says."""

    token: str
    content: PublishedList

    def age(self, now: datetime) -> float:
        """Seconds since the list was true; negative when the clock was set back."""
        return now.timestamp() - self.content.issued_at


def list_numbers(deps: Deps) -> range:
    """The numbers of the lists there are; the first is there before any licence."""
    with deps.db.read() as tx:
        index = tx.execute(select(func.max(StatusEntry.index))).scalar_one()
    last = (index or 0) // STATUS_LIST_SIZE
    if deps.epoch.marks().unconfirmed_since is not None:
        last = max(last, *numbers_on_file(deps))
    return range(last + 1)


def published_list(deps: Deps, number: int, now: datetime) -> ListFile:
    """The list with that number, made where its file is absent or was not kept up by a worker.

    Raises NotFound, and Unavailable when it cannot be signed.
    """
    if number not in list_numbers(deps):
        raise NotFound("没有这个状态列表。")
    found = _load(deps, number)
    if found is not None and 0 <= found.age(now) < STATUS_LIST_TTL:
        return found
    try:
        return _publish(deps, number, now)
    except Unavailable:
        # What cannot be signed anew just now is good until it ends.
        if found is None or not 0 <= found.age(now) < STATUS_LIST_LIFE:
            raise
        return found


def publish_due(deps: Deps, now: datetime) -> int:
    """Publish the lists that have changed or grow old. Returns how many; the worker's part."""
    due = [number for number in list_numbers(deps) if _is_due(deps, number, now)]
    for number in due:
        _publish(deps, number, now)
    return len(due)


def _is_due(deps: Deps, number: int, now: datetime) -> bool:
    found = _load(deps, number)
    if found is None or not 0 <= found.age(now) < STATUS_LIST_TTL / 2:
        return True
    issued_at = datetime.fromtimestamp(found.content.issued_at, UTC)
    if local_day(issued_at) != local_day(now):
        return True  # licences expire at midnight
    if found.age(now) < STATUS_LIST_PAUSE:
        return False
    # A change made before the list was read may have been committed after.
    since = issued_at - timedelta(seconds=STATUS_LIST_PAUSE)
    with deps.db.read() as tx:
        changed = select(StatusEntry.index).where(_in_list(number), StatusEntry.changed_at >= since)
        return tx.execute(changed.limit(1)).first() is not None


def _publish(deps: Deps, number: int, now: datetime) -> ListFile:
    """Read the database, sign, check what was signed, write the file.

    A mark is made in between, so that a database put back to before what the list says is found
    out before the list would be overwritten with less.
    """
    issued_at = int(now.timestamp())
    statuses = _statuses(deps, number, local_day(now))
    restored_at = deps.epoch.tick(deps.db, now).unconfirmed_since
    if restored_at is not None:
        statuses = stricter(deps, number, statuses, restored_at)
    content = PublishedList(
        issuer=deps.keys.issuer,
        number=number,
        issued_at=issued_at,
        expires_at=issued_at + STATUS_LIST_LIFE,
        entries=pack(statuses),
    )
    token = sign_list(content, deps.config.public_url, deps.keys.current)
    if read_list(token, number, deps.keys.public) != content:
        raise RuntimeError("the status list just signed does not read back")
    _write(list_path(deps, number), token)
    return ListFile(token, content)


def _statuses(deps: Deps, number: int, today: date) -> bytes:
    """One status a byte: those of the licences and of annotated copies, and decoys in between.

    A licence that stands has a place whose decoy says valid, and so has a copy; only the others are read.
    """
    statuses = bytearray(decoys(deps.config.secret_key, number))
    entries = (
        select(
            (StatusEntry.index % STATUS_LIST_SIZE).label("place"),
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            Licence.superseded_at,
        )
        .join(Licence, Licence.id == StatusEntry.licence_id)
        .where(
            _in_list(number),
            or_(
                Licence.status != "valid",
                Licence.superseded_at.is_not(None),
                Licence.valid_until < today,
                Licence.valid_from > today,
            ),
        )
        .execution_options(yield_per=_ROWS)
    )
    ended = select((StatusEntry.index % STATUS_LIST_SIZE).label("place")).where(
        _in_list(number), StatusEntry.ended_at.is_not(None)
    )
    with deps.db.read() as tx:
        for row in tx.execute(entries):
            statuses[row.place] = _status(row, today)
        for place in tx.execute(ended.execution_options(yield_per=_ROWS)).scalars():
            statuses[place] = INVALID
    return bytes(statuses)


def _status(row: AnyRow, today: date) -> int:
    if row.superseded_at is not None:
        return INVALID
    standing = status_on(row.status, row.valid_from, row.valid_until, today)
    return _STATUSES.get(standing, INVALID)


def _in_list(number: int) -> ColumnElement[bool]:
    first = number * STATUS_LIST_SIZE
    return StatusEntry.index.between(first, first + STATUS_LIST_SIZE - 1)


def _load(deps: Deps, number: int) -> ListFile | None:
    """The file of a list; None where there is none that today's keys vouch for."""
    try:
        token = list_path(deps, number).read_text("ascii")
        return ListFile(token, read_list(token, number, deps.keys.public))
    except (FileNotFoundError, UnicodeDecodeError, Refused):
        return None


def _write(path: Path, token: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
