"""The folder of the signing keys: a file for each key, and `states.json`, all of mode 0600.

A key's file is written before `states.json` names it, and each file whole or not at all, so that
the folder is usable after a crash at any moment. A key's file that `states.json` does not name is
never used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wallet.base.key_changes import note
from wallet.base.key_pairs import key_files, load_key, make_key
from wallet.base.key_states import STATES, KeyState, States, kid_in
from wallet.base.private_files import locked, read_private, write_private
from wallet.errors import ConfigurationError

if TYPE_CHECKING:
    from wallet.base.pkcs11_token import Token

STATES_FILE: Final = "states.json"
Record = Callable[[States], None]
"""Records new states of keys before the folder has them; what it raises leaves all as it was."""


def read_states(folder: Path) -> States:
    """The state of each key. Without `states.json` an only key is current since it was made.

    Raises ConfigurationError when the states cannot be known.
    """
    path = folder / STATES_FILE
    if path.exists():
        try:
            return {
                kid: KeyState(STATES[STATES.index(key["state"])], _instant(key["since"]))
                for kid, key in json.loads(read_private(path)).items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ConfigurationError(f"{path} is damaged; restore it from a copy") from None
    files = key_files(folder)
    if len(files) > 1:
        raise ConfigurationError(f"{path} is missing; restore it from a copy")
    return {
        kid: KeyState("current", datetime.fromtimestamp(int(file.stat().st_mtime), UTC))
        for kid, file in files.items()
    }


def open_folder(folder: Path, secret: str, now: datetime, token: Token | None = None) -> None:
    """Make what is missing: the folder, a current key, a next one, `states.json`."""
    change(folder, secret, now, lambda states: states, token=token)


def change(
    folder: Path,
    secret: str,
    now: datetime,
    rule: Callable[[States], States],
    *,
    token: Token | None = None,
    record: Record | None = None,
) -> States:
    """Let a rule change the states, one process at a time; a next key is made where there is none.

    New keys are made in the token, if there is one. A change is recorded before it is made; without
    a `record` it is noted for the worker. Returns the states as they are then. What the rule or the
    record raises leaves everything as it was.
    """
    with locked(folder):
        keep = partial(_keep, folder, record or partial(note, folder, by="start", hurry=False))
        before = read_states(folder)
        states = rule(before) or {make_key(folder, secret, token): KeyState("current", now)}
        if not (folder / STATES_FILE).exists():
            # First of all, else a second key's file would leave it open which one is current.
            keep({}, states)
            before = states
        if kid_in(states, "next") is None:
            # Under another secret than its elder's the new key would not open with it.
            load_key(folder, kid_in(states, "current") or "", secret, token)
            states = {**states, make_key(folder, secret, token): KeyState("next", now)}
        keep(before, states)
        return states


def _keep(folder: Path, record: Record, before: States, states: States) -> None:
    changed = {kid: key for kid, key in states.items() if before.get(kid) != key}
    if changed:
        record(changed)
        _write_states(folder, states)


def _write_states(folder: Path, states: States) -> None:
    members = {
        kid: {"state": key.state, "since": key.since.isoformat(timespec="seconds")}
        for kid, key in states.items()
    }
    write_private(folder / STATES_FILE, json.dumps(members, indent=2).encode())


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without its offset")
    return instant
