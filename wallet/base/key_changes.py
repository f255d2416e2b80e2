"""The record of what happens to signing keys, in the audit trail.

A change is recorded before it is made. What cannot be recorded at once, since there is no database
yet or since a stolen key does not wait for one, is noted in the folder; the worker records it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from wallet.base import audit
from wallet.base.clock import rfc3339
from wallet.base.database import Database
from wallet.base.key_states import States
from wallet.base.private_files import locked, read_private, write_private
from wallet.errors import ConfigurationError

By = Literal["command", "schedule", "start"]
NOTES_FILE: Final = "unrecorded.json"


def record(db: Database, changed: States, by: By, *, hurry: bool) -> None:
    """Record these new states of keys."""
    _record(db, list(_events(changed, by, hurry=hurry)))


def note(folder: Path, changed: States, by: By, *, hurry: bool) -> None:
    """Note them to be recorded later. The caller holds the folder's lock."""
    events = [*_noted(folder), *_events(changed, by, hurry=hurry)]
    write_private(folder / NOTES_FILE, json.dumps(events, indent=2).encode())


def record_noted(db: Database, folder: Path) -> None:
    """Record what was noted; after a crash in between some of it is recorded twice."""
    if not (folder / NOTES_FILE).exists():
        return
    with locked(folder):
        _record(db, _noted(folder))
        (folder / NOTES_FILE).unlink(missing_ok=True)


def _events(changed: States, by: By, *, hurry: bool) -> Iterator[dict[str, Any]]:
    for kid, key in changed.items():
        at = rfc3339(key.since)
        yield {"at": at, "kid": kid, "state": key.state, "by": by, "hurry": hurry}


def _noted(folder: Path) -> list[dict[str, Any]]:
    path = folder / NOTES_FILE
    try:
        noted: list[dict[str, Any]] = json.loads(read_private(path)) if path.exists() else []
    except ValueError:
        raise ConfigurationError(f"{path} is damaged; move it away") from None
    return noted


def _record(db: Database, events: list[dict[str, Any]]) -> None:
    with db.begin() as tx:
        for event in events:
            fields = dict(event)
            at = datetime.fromisoformat(fields.pop("at"))
            audit.record(tx, "key.changed", at, **fields)
