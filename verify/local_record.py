"""The record of a desk that runs alone: a file of JSON lines, each on disk before it is answered.

Two kinds of lines: a judgement (`id`, `at`, `verdict`, `reason`, `item`, and of a code that could be
read `jti` and `ends_at`), and what the desk did next (`id`, `at`, `served`). Nothing of a person:
of the code only its random identity is kept. The same lines tell, after a restart, which codes
have been used here.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Final

from verify.verdict import Outcome, Reason

_MODE: Final = 0o600


@dataclass(frozen=True)
class Entry:
    """One judgement. `at` and `ends_at` are Unix seconds, `jti` and `ends_at` those of its code."""

    id: str
    at: float
    verdict: Outcome
    reason: Reason
    item: str
    jti: str | None = None
    ends_at: int | None = None


class LocalRecord:
    """The lines of one file, which one desk at a time has open.

    Hold `lock` from looking until adding. Raises OSError where the file cannot be read, written or
    is another desk's, ValueError where it is no such record.
    """

    def __init__(self, path: Path) -> None:
        self.lock = RLock()
        self._judged: dict[str, Entry] = {}
        self._served: dict[str, str] = {}
        self._used: dict[str, Entry] = {}
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read(path)
        except BaseException:
            os.close(self._file)
            raise

    def entry(self, judgement_id: str) -> Entry | None:
        """A judgement by its id."""
        return self._judged.get(judgement_id)

    def use_of(self, jti: str) -> Entry | None:
        """The judgement that accepted a code here."""
        return self._used.get(jti)

    def served(self, judgement_id: str) -> str | None:
        """What the desk did after a judgement, as far as it said."""
        return self._served.get(judgement_id)

    def add(self, entry: Entry) -> None:
        """Write a judgement down; raises OSError, with nothing written, when it cannot be."""
        with self.lock:
            self._write({name: value for name, value in asdict(entry).items() if value is not None})
            self._keep(entry)

    def add_served(self, judgement_id: str, outcome: str, at: float) -> None:
        """Write down what the desk did next; raises OSError as `add` does."""
        with self.lock:
            self._write({"id": judgement_id, "at": at, "served": outcome})
            self._served[judgement_id] = outcome

    def close(self) -> None:
        """Let another desk have the file."""
        os.close(self._file)

    def _keep(self, entry: Entry) -> None:
        self._judged[entry.id] = entry
        if entry.verdict == "accepted" and entry.jti is not None:
            self._used.setdefault(entry.jti, entry)

    def _read(self, path: Path) -> None:
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):  # torn by a crash: it was never answered
            os.ftruncate(self._file, whole)
        try:
            for line in content[:whole].splitlines():
                members: dict[str, Any] = json.loads(line)
                if "served" in members:
                    self._served[members["id"]] = members["served"]
                else:
                    self._keep(Entry(**members))
        except (ValueError, TypeError, KeyError):
            raise ValueError(f"{path} is not the record of a desk.") from None

    def _write(self, members: Mapping[str, Any]) -> None:
        line = json.dumps(members, ensure_ascii=False).encode() + b"\n"
        end = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) != len(line):
                raise OSError("no space for a line of the record")
            os.fsync(self._file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, end)
            raise
