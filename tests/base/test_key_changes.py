"""What happens to keys is in the audit trail: recorded before it is done, or noted until it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

import pytest
from sqlalchemy import select

from wallet import numbers
from wallet.base import key_files
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.deps import Deps, build_deps
from wallet.base.key_changes import NOTES_FILE, note, record, record_noted
from wallet.base.key_files import change, read_states
from wallet.base.key_states import States, kid_in, retires_at, rotated
from wallet.config import Config
from wallet.errors import ConfigurationError
from wallet.migrations import migrate
from wallet.worker import work_once


class Crash(Exception):
    """The process died here."""


def crash(*_arguments: object) -> NoReturn:
    raise Crash


def recorded(deps: Deps) -> list[tuple[Any, dict[str, Any]]]:
    with deps.db.read() as tx:
        rows = tx.execute(
            select(AuditEvent.at, AuditEvent.fields)
            .where(AuditEvent.name == "key.changed")
            .order_by(AuditEvent.id)
        ).all()
    return [(row.at, row.fields) for row in rows]


def told(deps: Deps) -> list[tuple[str, str, str, bool]]:
    """kid, state, by and hurry of each event."""
    return [tuple(fields[name] for name in _FIELDS) for _, fields in recorded(deps)]


_FIELDS = ("kid", "state", "by", "hurry")


def states_of(deps: Deps) -> States:
    return read_states(deps.config.keys_dir)


def test_keys_made_before_there_are_tables_are_recorded_once_by_the_worker(
    empty_config: Config,
) -> None:
    deps = build_deps(empty_config)
    assert (deps.config.keys_dir / NOTES_FILE).exists()
    migrate(deps.db)
    for _ in range(2):
        work_once(deps, read_clock())
    assert told(deps) == [(kid, key.state, "start", False) for kid, key in states_of(deps).items()]
    assert [at for at, _ in recorded(deps)] == [key.since for key in states_of(deps).values()]
    assert not (deps.config.keys_dir / NOTES_FILE).exists()
    deps.db.close()


def test_what_the_schedule_does_is_recorded_with_its_time(deps: Deps) -> None:
    first, second = states_of(deps)
    day = states_of(deps)[first].since + timedelta(days=deps.config.key_days)
    work_once(deps, day)
    third = kid_in(states_of(deps), "next") or ""
    end = retires_at(states_of(deps)[first])
    work_once(replace(deps, config=replace(deps.config, key_days=0)), end)
    assert told(deps)[2:] == [
        (first, "previous", "schedule", False),
        (second, "current", "schedule", False),
        (third, "next", "schedule", False),
        (first, "retired", "schedule", False),
    ]
    assert [at for at, _ in recorded(deps)][2:] == [day.replace(microsecond=0)] * 3 + [end]


def test_what_cannot_be_recorded_is_not_done(deps: Deps) -> None:
    before = states_of(deps)
    with pytest.raises(Crash):
        _rotate(deps, crash)
    assert states_of(deps) == before


def test_a_crash_after_the_record_leaves_one_too_many_and_none_too_few(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = states_of(deps)
    first = kid_in(before, "current")
    recording = partial(record, deps.db, by="command", hurry=False)
    with monkeypatch.context() as patched:
        patched.setattr(key_files, "_write_states", crash)
        with pytest.raises(Crash):
            _rotate(deps, recording)
    assert states_of(deps) == before
    _rotate(deps, recording)
    assert told(deps).count((first or "", "previous", "command", False)) == 2


def test_notes_are_kept_in_order_and_recorded_as_they_were(deps: Deps) -> None:
    folder, states = deps.config.keys_dir, states_of(deps)
    first, second = states
    for kid in (second, first):
        note(folder, {kid: states[kid]}, "command", hurry=True)
    record_noted(deps.db, folder)
    assert told(deps)[2:] == [
        (second, "next", "command", True),
        (first, "current", "command", True),
    ]


@pytest.mark.parametrize("content", ["", "{", "[1"])
def test_damaged_notes_are_named_and_keep_the_worker_from_nothing_else(
    deps: Deps, content: str
) -> None:
    path = deps.config.keys_dir / NOTES_FILE
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=NOTES_FILE):
        record_noted(deps.db, deps.config.keys_dir)
    assert work_once(deps, read_clock()).key_changes == 0
    assert path.read_text() == content


def _rotate(deps: Deps, recording: key_files.Record) -> None:
    now = states_of(deps)[deps.keys.current.kid].since
    now += timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)
    config, rule = deps.config, partial(rotated, now=now)
    change(config.keys_dir, config.secret_key, now, rule, record=recording)
