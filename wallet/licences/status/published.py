"""What the published status lists say against licences, after the database was restored.

The lists are files outside the database, so they still tell what was revoked or suspended after
the backup was made. Until the operator confirms the restore the more restrictive of database and
list counts, except where a licence's status was set anew since: the issuer has replayed it.

A file is read as it lies there, by whatever key it was signed: it can only make things stricter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import select

from verify.jws import parse
from verify.status_list import (
    INVALID,
    STATUS_LIST_SIZE,
    SUSPENDED,
    VALID,
    StatusList,
    decompress,
)
from verify.verdict import Refused
from wallet.base.deps import Deps
from wallet.base.epoch import Marks
from wallet.errors import Unavailable
from wallet.licences.model import StatusEntry

_STANDINGS: Final = {SUSPENDED: "suspended", INVALID: "revoked"}
_STRICTNESS: Final = {VALID: 0, SUSPENDED: 1, INVALID: 2}
_RANK: Final = bytes(_STRICTNESS.get(status, 2) for status in range(256))
_STATUS_OF_RANK: Final = bytes([VALID, SUSPENDED, INVALID] + [INVALID] * 253)
_LANES: Final = [bytes(byte >> lane * 2 & 3 for byte in range(256)) for lane in range(4)]

_log = structlog.get_logger()


def list_path(deps: Deps, number: int) -> Path:
    """The file of the list with that number."""
    return deps.config.status_lists_dir / f"{number}.jwt"


def published_against(deps: Deps, marks: Marks, licence_ids: Collection[int]) -> Mapping[int, str]:
    """Which licences a list calls suspended or revoked; none unless a restore is unconfirmed.

    Raises Unavailable, or OSError, where a list is there and cannot be read.
    """
    since = marks.unconfirmed_since
    if since is None:
        return {}
    rows = deps.db.rows(
        select(StatusEntry.licence_id, StatusEntry.index.label("place")).where(
            StatusEntry.licence_id.in_(licence_ids), StatusEntry.changed_at <= since
        )
    )
    told = {row.licence_id: _told(deps, row.place) for row in rows}
    return {id: _STANDINGS[status] for id, status in told.items() if status in _STANDINGS}


def is_told_valid(deps: Deps, index: int) -> bool:
    """Whether no list says anything against that index; true unless a restore is unconfirmed."""
    return deps.epoch.marks().unconfirmed_since is None or _told(deps, index) == VALID


def stricter(deps: Deps, number: int, statuses: bytes, since: datetime) -> bytes:
    """The statuses of a list, one a byte, none less strict than in its file.

    `since` is when the restore was noticed; entries changed after that stay as they are.
    """
    file = _file(deps, number)
    if file is None:
        return statuses
    ranks = map(max, statuses.translate(_RANK), _statuses(file).translate(_RANK))
    merged = bytearray(bytes(ranks).translate(_STATUS_OF_RANK))
    first = number * STATUS_LIST_SIZE
    replayed = deps.db.rows(
        select((StatusEntry.index % STATUS_LIST_SIZE).label("place")).where(
            StatusEntry.index.between(first, first + STATUS_LIST_SIZE - 1),
            StatusEntry.changed_at > since,
        )
    )
    for row in replayed:
        merged[row.place] = statuses[row.place]
    return bytes(merged)


def numbers_on_file(deps: Deps) -> list[int]:
    """The numbers of the lists that have a file, in order; 0 is always among them."""
    files = deps.config.status_lists_dir.glob("*.jwt")
    return sorted({0, *(int(file.stem) for file in files if file.stem.isdecimal())})


def _told(deps: Deps, index: int) -> int:
    number, place = divmod(index, STATUS_LIST_SIZE)
    file = _file(deps, number)
    return VALID if file is None else file.status(place)


def _statuses(file: StatusList) -> bytes:
    """One status a byte: every fourth byte from the same two bits of all."""
    statuses = bytearray(len(file))
    for lane, bits in enumerate(_LANES):
        statuses[lane :: len(_LANES)] = file.packed.translate(bits)
    return bytes(statuses)


def _file(deps: Deps, number: int) -> StatusList | None:
    path = list_path(deps, number)
    try:
        found = path.stat()
        return _unpacked(path, found.st_ino, found.st_mtime_ns, found.st_size)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, Refused) as error:
        # Whether it said revoked is not known, and nothing is given out for which that counts.
        _log.error("status list damaged", number=number, error=type(error).__name__)
        raise Unavailable("状态列表已损坏，暂时不能办理，请联系管理员。") from None


@lru_cache(maxsize=16)
def _unpacked(path: Path, *_stamp: int) -> StatusList:
    """A file's entries, 256 KiB of memory; unpacked once for each time that it was written."""
    listed = parse(path.read_text("ascii")).claims["status_list"]
    entries = decompress(listed["lst"], listed["bits"])
    if (entries.bits, len(entries)) != (2, STATUS_LIST_SIZE):
        raise ValueError("not like our lists")
    return entries
