"""Tell that the database was put back to an earlier time, by our command or behind our back.

With a restored backup everything since is forgotten, so that a code that was used could be used
again. Therefore the data folder keeps marks of what the database must know, outside of it:

- `epoch/marker.json`: the token of the last round, a random value in the table `epochs`
- `epoch/last`: the `jti` that was claimed last, by a use or a withdrawal

A mark is written after the commit of what it stands for. Whoever reads the marks first and asks the
database then, and finds that it does not know one, knows that it was put back, and notes the time
in the marker. It stays there until the operator says that what the backup lacks has been replayed.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from verify.codes import CLOCK_TOLERANCE, LIVE_CODE_LIFE
from wallet.base import audit
from wallet.base.database import Base, Database
from wallet.base.private_files import locked, write_private

_TOKEN_BYTES: Final = 12
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{16}")
"""A token or a `jti`: 12 bytes, base64url."""
_KEPT: Final = 1000
"""Tokens that are kept, half an hour of rounds: a process may have read a mark and be held up."""
_DAMAGED: Final = "damaged"
"""Stands for the token of a marker that cannot be read; no database knows it."""
_UNKNOWN: Final = "unknown"
"""Who put the database back, where only the marks tell of it."""

_log = structlog.get_logger()


class EpochToken(Base):
    """A token that the marker holds or once held."""

    __tablename__ = "epochs"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)


_TOKEN: Final = bindparam("epoch_token", type_=String())
LAST_CLAIM: Final = bindparam("last_claim", type_=String())
"""The place of the last claim in a query that takes `Marks.values`."""
KNOWS_TOKEN: Final[ColumnElement[bool]] = or_(
    exists(select(EpochToken.id).where(EpochToken.token == _TOKEN)),
    and_(_TOKEN == "", ~exists(select(EpochToken.id))),
)
"""Whether the database knows the token; without a marker, whether it never had one."""


@dataclass(frozen=True)
class Marks:
    """What the database must know (empty where there is no such mark yet), and its last restore.

    `restored_at` is when a restore was noticed, `confirmed` whether it has been dealt with.
    """

    token: str = ""
    last: str = ""
    restored_at: datetime | None = None
    confirmed: bool = True

    @property
    def values(self) -> dict[str, str]:
        """The marks as values of a query."""
        return {"epoch_token": self.token, "last_claim": self.last}

    @property
    def unconfirmed_since(self) -> datetime | None:
        """When a restore was noticed that nobody has confirmed yet."""
        return None if self.confirmed else self.restored_at

    def doubts_code(self, issued_at: float, now: datetime) -> bool:
        """Whether a live code may have been used before a restore, or signed before it.

        `issued_at` is in Unix seconds. No code is taken until those from before have ended; nor
        one whose signer, by a clock that is ahead as far as is allowed, signed it before.
        """
        if self.restored_at is None:
            return False
        ended = self.restored_at + timedelta(seconds=LIVE_CODE_LIFE + CLOCK_TOLERANCE)
        return now < ended or issued_at < self.restored_at.timestamp() + CLOCK_TOLERANCE

    def doubts_showing(self, started_at: datetime) -> bool:
        """Whether a showing may have been used or withdrawn before a restore."""
        return self.restored_at is not None and (
            started_at < self.restored_at + timedelta(seconds=CLOCK_TOLERANCE)
        )


class Epoch:
    """The marks in a data folder, and what is done with them."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "epoch"
        self._marker = self._folder / "marker.json"
        self._last = self._folder / "last"

    def marks(self) -> Marks:
        """The marks as they are now; read them before asking the database.

        Raises OSError where a mark is there and cannot be read: that tells of no restore.
        """
        return replace(self._read_marker(), last=self._read_last())

    def note(self, jti: str) -> None:
        """Note a claim that has just been committed, by someone who has asked for the marks before.

        On the way of every acceptance, so it is written in place and need not last a power cut,
        after which the database has all that it ever had.
        """
        try:
            try:
                descriptor = os.open(self._last, os.O_WRONLY | os.O_CREAT, 0o600)
            except FileNotFoundError:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                descriptor = os.open(self._last, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(descriptor, jti.encode("ascii"), 0)
            finally:
                os.close(descriptor)
        except OSError as error:
            # The claim is on record; the next round's token covers it too.
            _log.error("epoch not noted", error=error.strerror)

    def tick(self, db: Database, now: datetime) -> Marks:
        """Ask the database for the token, and give it a new one; notices a restore.

        What was committed before this is covered by the new token. Returns the marks as they are
        then.
        """
        with locked(self._folder):
            marks = self.marks()
            known = self._is_token_known(db, marks)
            return self._advance(db, marks, now, restored_by=None if known else _UNKNOWN)

    def notice(self, db: Database, seen: Marks, now: datetime) -> None:
        """Note that the database was found restored, unless that was noticed after `seen`.

        Where the marker cannot be written, whoever asks next finds out again.
        """
        try:
            with locked(self._folder):
                marks = self.marks()
                if marks.restored_at == seen.restored_at:
                    self._advance(db, marks, now, restored_by=_UNKNOWN)
        except OSError as error:
            _log.error("epoch not noted", error=error.strerror)

    def restored(self, db: Database, now: datetime) -> None:
        """Note that our own command has put the database back."""
        with locked(self._folder):
            self._advance(db, self.marks(), now, restored_by="command")

    def confirm(self, db: Database, now: datetime) -> datetime | None:
        """The operator says that what the backup lacked has been replayed, or is not needed.

        Recorded first: no record, no change. Returns when the restore was noticed, None when
        there is none to confirm.
        """
        with locked(self._folder):
            marks = self.marks()
            if marks.unconfirmed_since is not None:
                with db.begin() as tx:
                    audit.record(
                        tx, "library.confirmed", now, restored_at=_text(marks.unconfirmed_since)
                    )
                self._write_marker(replace(marks, confirmed=True))
            return marks.unconfirmed_since

    def _is_token_known(self, db: Database, marks: Marks) -> bool:
        row = db.row(select(KNOWS_TOKEN.label("known")), epoch_token=marks.token)
        return row is not None and bool(row.known)

    def _advance(self, db: Database, marks: Marks, now: datetime, restored_by: str | None) -> Marks:
        with db.begin() as tx:
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            tx.execute(insert(EpochToken), {"token": token})
            newest = select(func.max(EpochToken.id)).scalar_subquery()
            tx.execute(
                delete(EpochToken).where(
                    EpochToken.id <= newest - _KEPT, EpochToken.token != marks.token
                )
            )
            if restored_by:
                audit.record(tx, "library.restored", now, by=restored_by)
        marks = replace(marks, token=token)
        if restored_by == _UNKNOWN:
            _log.error("library restored from a backup")
        if restored_by:
            marks = replace(marks, last="", restored_at=now, confirmed=False)
        self._write_marker(marks)
        if restored_by:
            self._last.unlink(missing_ok=True)  # not before: it may be what told of the restore
        return marks

    def _read_marker(self) -> Marks:
        try:
            members: dict[str, Any] = json.loads(self._marker.read_bytes())
            restored_at = members["restored_at"]
            if not _MARK.fullmatch(members["token"]):
                raise ValueError("token")
            return Marks(
                token=members["token"],
                restored_at=None if restored_at is None else datetime.fromisoformat(restored_at),
                confirmed=bool(members["confirmed"]),
            )
        except FileNotFoundError:
            return Marks()
        except (ValueError, KeyError, TypeError) as error:
            _log.error("epoch marker damaged", error=type(error).__name__)
            return Marks(token=_DAMAGED)

    def _read_last(self) -> str:
        try:
            descriptor = os.open(self._last, os.O_RDONLY)
        except FileNotFoundError:
            return ""
        try:
            jti = os.read(descriptor, 64).decode("ascii", "replace")
        finally:
            os.close(descriptor)
        return jti if _MARK.fullmatch(jti) else ""  # a power cut may leave anything

    def _write_marker(self, marks: Marks) -> None:
        members = {
            "token": marks.token,
            "restored_at": marks.restored_at and _text(marks.restored_at),
            "confirmed": marks.confirmed,
        }
        write_private(self._marker, json.dumps(members, indent=2).encode())


def _text(instant: datetime) -> str:
    return instant.isoformat()
