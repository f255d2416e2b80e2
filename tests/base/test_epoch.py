"""Marks outside the database: what they notice, and what raises no alarm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from tests.support.backup import take_backup
from verify.codes import CLOCK_TOLERANCE, LIVE_CODE_LIFE
from wallet.base import epoch as epoch_module
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.database import Database
from wallet.base.epoch import Epoch, EpochToken, Marks
from wallet.config import Config
from wallet.migrations import migrate

JTI = "a" * 16


@pytest.fixture
def db(empty_config: Config) -> Iterator[Database]:
    """A library's database on its first day."""
    made = Database(empty_config.database_url)
    migrate(made)
    yield made
    made.close()


@pytest.fixture
def epoch(empty_config: Config) -> Epoch:
    """Its marks, of which there are none yet."""
    return Epoch(empty_config.data)


def tokens(db: Database) -> int:
    with db.read() as tx:
        return tx.execute(select(func.count()).select_from(EpochToken)).scalar_one()


def restores(db: Database) -> int:
    """How often the audit trail tells of a restore."""
    with db.read() as tx:
        told = select(func.count()).where(AuditEvent.name == "library.restored")
        return tx.execute(told).scalar_one()


def test_a_first_start_and_what_follows_raise_no_alarm(db: Database, epoch: Epoch) -> None:
    assert epoch.marks() == Marks()
    for _ in range(3):
        marks = epoch.tick(db, read_clock())
        assert marks == epoch.marks()
        assert (marks.restored_at, marks.unconfirmed_since) == (None, None)
        epoch = Epoch(epoch._folder.parent)  # another process, or the same one started again
    assert tokens(db) == 3


def test_a_process_that_is_held_up_with_an_old_mark_raises_no_alarm(
    db: Database, epoch: Epoch
) -> None:
    old = epoch.tick(db, read_clock())
    for _ in range(20):
        epoch.tick(db, read_clock())
    assert epoch._is_token_known(db, old)


def test_old_tokens_go_but_never_that_of_the_marker(
    db: Database, epoch: Epoch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epoch_module, "_KEPT", 3)
    for _ in range(6):
        epoch.tick(db, read_clock())
        assert tokens(db) <= 4
    marker = epoch._marker.read_bytes()
    monkeypatch.setattr(epoch_module, "_KEPT", 0)
    epoch.tick(db, read_clock())
    epoch._marker.write_bytes(marker)  # as after a kill between commit and marker
    assert epoch.tick(db, read_clock()).restored_at is None


def test_rounds_of_several_workers_at_once_raise_no_alarm(db: Database, epoch: Epoch) -> None:
    workers = [Epoch(epoch._folder.parent) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: [one.tick(db, read_clock()) for _ in range(10)], workers))
    assert epoch.marks().restored_at is None
    assert tokens(db) == 40


def test_an_older_database_is_noticed_recorded_and_noticed_once(db: Database, epoch: Epoch) -> None:
    epoch.tick(db, read_clock())
    backup = take_backup(db)
    epoch.note(JTI)
    epoch.tick(db, read_clock())
    backup.put_back()
    now = read_clock()
    with capture_logs() as logs:
        marks = epoch.tick(db, now)
    assert (marks.restored_at, marks.unconfirmed_since, marks.last) == (now, now, "")
    assert [line["event"] for line in logs] == ["library restored from a backup"]
    assert epoch.tick(db, now + timedelta(hours=1)).restored_at == now
    assert restores(db) == 1


def test_a_restore_that_two_have_found_is_noticed_once(db: Database, epoch: Epoch) -> None:
    epoch.tick(db, read_clock())
    seen, now = epoch.marks(), read_clock()
    epoch.notice(db, seen, now)
    epoch.notice(db, seen, now + timedelta(seconds=9))
    assert (epoch.marks().restored_at, restores(db)) == (now, 1)


@pytest.mark.parametrize("mark", ["_marker", "_last"])
def test_a_mark_that_cannot_be_read_tells_of_no_restore(
    db: Database, epoch: Epoch, mark: str
) -> None:
    epoch.tick(db, read_clock())
    path: Path = getattr(epoch, mark)
    path.unlink(missing_ok=True)
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        epoch.tick(db, read_clock())
    path.rmdir()
    if mark == "_last":
        assert epoch.tick(db, read_clock()).restored_at is None


@pytest.mark.parametrize("damage", ["removed", "empty", "not JSON", "no token", "token of others"])
def test_a_marker_that_is_lost_or_damaged_counts_as_a_restore(
    db: Database, epoch: Epoch, damage: str
) -> None:
    epoch.tick(db, read_clock())
    members = json.loads(epoch._marker.read_bytes())
    epoch._marker.unlink()
    if damage != "removed":
        members["token"] = JTI if damage == "token of others" else "\0"
        epoch._marker.write_text(
            {"empty": "", "not JSON": "{"}.get(damage, json.dumps(members)), "utf-8"
        )
    now = read_clock()
    assert epoch.tick(db, now).unconfirmed_since == now


@pytest.mark.parametrize("content", [b"", b"a" * 15, b"a" * 17, b"\0" * 16, b"\xff" * 16])
def test_a_last_claim_that_a_power_cut_left_unreadable_is_none(
    epoch: Epoch, content: bytes
) -> None:
    epoch.note(JTI)
    assert epoch.marks().last == JTI
    epoch._last.write_bytes(content)
    assert epoch.marks().last == ""


def test_a_claim_that_cannot_be_noted_is_logged_and_no_more(epoch: Epoch) -> None:
    epoch._folder.mkdir(parents=True)
    epoch._last.mkdir()  # a write fails, also for root
    with capture_logs() as logs:
        epoch.note(JTI)
    assert [line["event"] for line in logs] == ["epoch not noted"]


def test_a_restore_that_cannot_be_noted_is_found_again(db: Database, epoch: Epoch) -> None:
    epoch.tick(db, read_clock())
    seen, now = epoch.marks(), read_clock()
    lock = epoch._folder / ".lock"
    lock.unlink()
    lock.mkdir()
    with capture_logs() as logs:
        epoch.notice(db, seen, now)
    assert [line["event"] for line in logs] == ["epoch not noted"]
    lock.rmdir()
    epoch.notice(db, seen, now)
    assert epoch.marks().restored_at == now


def test_confirming_keeps_the_time_and_a_later_restore_asks_again(
    db: Database, epoch: Epoch
) -> None:
    now = read_clock()
    assert epoch.confirm(db, now) is None
    epoch.notice(db, epoch.marks(), now)
    assert epoch.confirm(db, now) == now
    confirmed = epoch.marks()
    assert (confirmed.restored_at, confirmed.unconfirmed_since) == (now, None)
    assert epoch.confirm(db, now) is None
    later = now + timedelta(days=1)
    epoch.notice(db, confirmed, later)
    assert epoch.marks().unconfirmed_since == later


def test_codes_and_showings_are_doubted_until_those_from_before_have_ended() -> None:
    at = read_clock().replace(microsecond=0)
    restored = Marks(restored_at=at, confirmed=True)  # confirming does not end it sooner
    second, tolerance = timedelta(seconds=1), timedelta(seconds=CLOCK_TOLERANCE)
    end = at + timedelta(seconds=LIVE_CODE_LIFE) + tolerance
    assert restored.doubts_code(end.timestamp(), end - second)
    assert not restored.doubts_code(end.timestamp(), end)
    # Signed by a clock that was ahead, or by a process that had not noticed yet.
    assert restored.doubts_code((at + tolerance - second).timestamp(), end + second)
    assert not restored.doubts_code((at + tolerance).timestamp(), end + second)
    assert restored.doubts_showing(at + tolerance - second)
    assert not restored.doubts_showing(at + tolerance)
    assert not Marks().doubts_code(0, at)
    assert not Marks().doubts_showing(at)
