"""Large files at rest: read from any place, and only as they were written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wallet.base.encryption import InvalidTag, Vault
from wallet.base.sealed_file import FRAME, open_sealed, seal_file

VAULT = Vault("k3yF0rTests-" * 4)
PLACE = "batches.file x"
RUNS = settings(
    max_examples=30,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def content(size: int) -> bytes:
    """Bytes that are another in each place."""
    return b"".join(number.to_bytes(4) for number in range(size // 4 + 1))[:size]


def sealed(path: Path, whole: bytes, part: int = 1000) -> int:
    """Seal these bytes, handed over in parts."""
    parts = (whole[at : at + part] for at in range(0, len(whole), part))
    return seal_file(VAULT, parts, path, PLACE)


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME])
@pytest.mark.parametrize("part", [1000, FRAME, 10 * FRAME])
def test_what_was_sealed_is_read_again(tmp_path: Path, size: int, part: int) -> None:
    whole, path = content(size), tmp_path / "file"
    assert sealed(path, whole, part) == size
    with open_sealed(VAULT, path, PLACE, size) as file:
        assert file.read() == whole
    assert path.stat().st_mode & 0o077 == 0


@RUNS
@given(places=st.lists(st.tuples(st.integers(0, 3 * FRAME), st.integers(0, 2 * FRAME)), max_size=9))
def test_it_is_read_from_any_place_like_any_file(
    tmp_path: Path, places: list[tuple[int, int]]
) -> None:
    whole, path = content(2 * FRAME + 77), tmp_path / "file"
    if not path.exists():
        sealed(path, whole)
    plain = io.BytesIO(whole)
    with open_sealed(VAULT, path, PLACE, len(whole)) as file:
        for place, length in places:
            assert file.seek(place) == plain.seek(place)
            assert file.read(length) == plain.read(length)
        assert file.seek(-10, io.SEEK_END) == plain.seek(-10, io.SEEK_END)
        assert file.read() == plain.read()


def test_frames_changed_moved_or_of_another_file_are_not_read(tmp_path: Path) -> None:
    whole, path = content(2 * FRAME), tmp_path / "file"
    sealed(path, whole)
    good, frame = path.read_bytes(), FRAME + 28
    for bad in (
        good[:99] + bytes([good[99] ^ 1]) + good[100:],
        good[frame:] + good[:frame],
        good[:-1],
    ):
        path.write_bytes(bad)
        with open_sealed(VAULT, path, PLACE, len(whole)) as file, pytest.raises(InvalidTag):
            file.read()
    path.write_bytes(good)
    with open_sealed(VAULT, path, "another", len(whole)) as file, pytest.raises(InvalidTag):
        file.read()


def test_parts_that_raise_leave_no_file(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"one"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        seal_file(VAULT, parts(), tmp_path / "file", PLACE)
    assert list(tmp_path.iterdir()) == []
