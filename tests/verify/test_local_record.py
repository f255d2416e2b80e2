"""What a desk that runs alone has judged is on disk before it is answered, and known after."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from verify.local_record import Entry, LocalRecord

GOOD = Entry("a", 1_790_000_000.5, "accepted", "ok", "offline", "jti-1", 1_790_000_060)
BAD = Entry("b", 1_790_000_001.0, "refused", "malformed", "offline")


def test_judgements_and_what_was_done_are_known_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "record"
    record = LocalRecord(path)
    record.add(GOOD)
    record.add(BAD)
    record.add_served("a", "served", 1_790_000_010)
    record.close()
    again = LocalRecord(path)
    assert [again.entry(id) for id in "abc"] == [GOOD, BAD, None]
    assert (again.use_of("jti-1"), again.use_of("jti-2")) == (GOOD, None)
    assert (again.served("a"), again.served("b")) == ("served", None)
    again.close()


def test_of_two_judgements_of_one_code_the_first_is_its_use(tmp_path: Path) -> None:
    record = LocalRecord(tmp_path / "record")
    for entry in (GOOD, Entry("c", 1_790_000_002.0, "refused", "already_used", "offline", "jti-1")):
        record.add(entry)
    assert record.use_of("jti-1") == GOOD
    record.close()


def test_a_line_is_json_of_what_is_known_and_is_for_the_desk_alone(tmp_path: Path) -> None:
    path = tmp_path / "record"
    record = LocalRecord(path)
    record.add(BAD)
    assert json.loads(path.read_text("utf-8")) == {
        "id": "b",
        "at": 1_790_000_001.0,
        "verdict": "refused",
        "reason": "malformed",
        "item": "offline",
    }
    assert path.stat().st_mode & 0o777 == 0o600
    record.close()


def test_a_line_torn_by_a_crash_is_dropped_and_those_before_it_stay(tmp_path: Path) -> None:
    path = tmp_path / "record"
    record = LocalRecord(path)
    record.add(GOOD)
    whole = path.read_bytes()
    record.close()
    for cut in (1, 20, len(whole) - 1):
        path.write_bytes(whole + whole[:cut])
        again = LocalRecord(path)
        assert again.entry("a") == GOOD
        again.add(BAD)
        again.close()
        assert len(path.read_bytes().splitlines()) == 2


def test_a_line_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record"
    record = LocalRecord(path)
    record.add(BAD)
    before = path.read_bytes()

    def fails(_descriptor: int) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(OSError, match="no space left"):
            record.add(GOOD)
        with pytest.raises(OSError, match="no space left"):
            record.add_served("b", "served", 0)
    with monkeypatch.context() as patch:
        write = os.write
        patch.setattr(os, "write", lambda file, data: write(file, data[:3]))
        with pytest.raises(OSError, match="no space"):
            record.add(GOOD)
    assert path.read_bytes() == before
    assert (record.entry("a"), record.use_of("jti-1"), record.served("b")) == (None, None, None)
    record.add(GOOD)
    record.close()


def test_one_desk_at_a_time_has_a_record(tmp_path: Path) -> None:
    record = LocalRecord(tmp_path / "record")
    with pytest.raises(BlockingIOError):
        LocalRecord(tmp_path / "record")
    record.close()
    LocalRecord(tmp_path / "record").close()


@pytest.mark.parametrize(
    "content", [b"{}\n", b"[]\n", b"x\n", b'{"id": "a"}\n', b'{"served": 1}\n']
)
def test_what_is_no_record_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "record"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not the record of a desk"):
        LocalRecord(path)
    assert path.read_bytes() == content
