"""The places of licences in the status lists, and what the places between them say.

A licence gets a random place. Unused places are decoys: each says, for good, what a secret key
draws for it, so that nobody can count licences, or the revoked among them, in a list. A licence
only takes a place whose decoy says valid: that a place is taken shows in no list either.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import Connection, update

from verify.status_list import INVALID, STATUS_LIST_SIZE, SUSPENDED, VALID
from wallet.base.database import insert_all_new
from wallet.base.deps import Deps
from wallet.base.encryption import derive_key
from wallet.licences.model import StatusEntry
from wallet.licences.status.published import is_told_valid

_DRAWS: Final = 64
_BLOCK: Final = 16
_DECOYS: Final = bytes([INVALID] * 16 + [SUSPENDED] + [VALID] * 239)
"""What a decoy says, by its random byte: one in 16 invalid, one in 256 suspended."""


def decoys(secret: str, number: int, first: int = 0, count: int = STATUS_LIST_SIZE) -> bytes:
    """What the places of a list from `first` on say while unused, one status a byte.

    `secret` is the server's, `first` a multiple of 16: a block of the cipher.
    """
    counter = (number << 64) + first // _BLOCK
    stream = Cipher(algorithms.AES(_key(secret)), modes.CTR(counter.to_bytes(_BLOCK, "big")))
    return stream.encryptor().update(bytes(count)).translate(_DECOYS)


def assign_status_index(tx: Connection, deps: Deps, licence_id: int, now: datetime) -> None:
    """As `assign_status_indices`, for one licence."""
    assign_status_indices(tx, deps, [licence_id], now)


def assign_status_indices(
    tx: Connection, deps: Deps, licence_ids: Sequence[int], now: datetime
) -> None:
    """Give licences random places in the status lists, each of which is at most a quarter full of them.

    After a restore it is none that a list calls invalid: it may have been taken and forgotten.
    """
    _assign(tx, deps, "licence_id", licence_ids, now)


def assign_copy_index(tx: Connection, deps: Deps, copy_id: int, now: datetime) -> None:
    """The same for an annotated copy, among the licences; copies fill a list by a quarter at most too."""
    _assign(tx, deps, "copy_id", [copy_id], now)


def end_copy_index(tx: Connection, copy_id: int, now: datetime) -> None:
    """Let the place of a copy say invalid for good; the lists are published anew because of it."""
    tx.execute(
        update(StatusEntry)
        .where(StatusEntry.copy_id == copy_id, StatusEntry.ended_at.is_(None))
        .values(ended_at=now, changed_at=now)
    )


def _assign(
    tx: Connection,
    deps: Deps,
    column: Literal["licence_id", "copy_id"],
    ids: Sequence[int],
    now: datetime,
) -> None:
    left = set(ids)
    for _ in range(_DRAWS):
        if not left:
            break
        drawn = [(one, _draw(deps, one)) for one in sorted(left)]
        placed = insert_all_new(
            tx,
            StatusEntry,
            [
                {"index": index, column: one, "changed_at": now}
                for one, index in drawn
                if index is not None
            ],
            getattr(StatusEntry, column),
        )
        left -= {getattr(row, column) for row in placed}
    if left:
        raise RuntimeError("no free status index was drawn")


def _draw(deps: Deps, owner: int) -> int | None:
    """A random place of the list of a licence or copy, None where the draw has to be repeated."""
    number = owner // (STATUS_LIST_SIZE // 4)
    place = secrets.randbelow(STATUS_LIST_SIZE)
    block, offset = place - place % _BLOCK, place % _BLOCK
    index = number * STATUS_LIST_SIZE + place
    drawn = decoys(deps.config.secret_key, number, block, _BLOCK)[offset]
    return index if drawn == VALID and is_told_valid(deps, index) else None


def note_change(tx: Connection, licences: Any, now: datetime) -> None:
    """Note that the status of these licences (ids, or a query of them) is another from now on.

    Whoever changes a licence so that it no longer stands, or stands again, calls this in the same
    transaction; the lists are published anew because of it. That a licence expires needs no note.
    """
    tx.execute(
        update(StatusEntry).where(StatusEntry.licence_id.in_(licences)).values(changed_at=now)
    )


@cache
def _key(secret: str) -> bytes:
    return derive_key(secret, "status decoys")
