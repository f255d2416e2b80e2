"""The folder of keys after a crash, from before there were states, and between processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from wallet import numbers
from wallet.base import key_changes, key_files, key_pairs, private_files
from wallet.base.encryption import derive_key
from wallet.base.key_files import STATES_FILE, change, open_folder, read_states
from wallet.base.key_states import kid_in, rotated
from wallet.base.keys import load_keys
from wallet.errors import ConfigurationError

SECRET = "k3yF0rTests-" * 4
NOW = datetime(2026, 11, 1, tzinfo=UTC)
READY = NOW + timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)


class Crash(Exception):
    """The process died here."""


def states_in(folder: Path) -> list[str]:
    return sorted(key.state for key in read_states(folder).values())


def rotate(folder: Path) -> str:
    """Rotate; what came of it in a word."""
    try:
        change(folder, SECRET, READY, partial(rotated, now=READY))
    except ConfigurationError:
        return "too early"
    return "rotated"


def start(folder: Path) -> str:
    """Start on a folder; the kid that signs."""
    open_folder(folder, SECRET, NOW)
    return load_keys(folder, SECRET, "150600").current.kid


def test_a_folder_of_one_key_from_before_there_were_states_goes_on(tmp_path: Path) -> None:
    kid = start(tmp_path)
    (tmp_path / STATES_FILE).unlink()
    for file in tmp_path.glob("*.pem"):
        if file.stem != kid:
            file.unlink()
    assert states_in(tmp_path) == ["current"]
    assert load_keys(tmp_path, SECRET, "150600").current.kid == kid
    assert start(tmp_path) == kid
    assert states_in(tmp_path) == ["current", "next"]


def test_such_a_folder_gets_no_key_under_another_secret(tmp_path: Path) -> None:
    kid = start(tmp_path)
    key = (tmp_path / f"{kid}.pem").read_bytes()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / f"{kid}.pem").touch(0o600)
    (tmp_path / f"{kid}.pem").write_bytes(key)
    with pytest.raises(ConfigurationError, match="LIANGZHENG_SECRET_KEY"):
        open_folder(tmp_path, SECRET + "x", NOW)
    assert start(tmp_path) == kid


@pytest.mark.parametrize(
    ("curve", "encryption"),
    [
        (ec.SECP256R1(), NoEncryption()),
        (ec.SECP384R1(), BestAvailableEncryption(derive_key(SECRET, "signing keys"))),
    ],
)
def test_a_file_that_holds_another_kind_of_key_is_named(
    tmp_path: Path, curve: ec.EllipticCurve, encryption: KeySerializationEncryption
) -> None:
    kid = start(tmp_path)
    private = ec.generate_private_key(curve)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    (tmp_path / f"{kid}.pem").write_bytes(pem)
    with pytest.raises(ConfigurationError, match=rf"{kid}\.pem is not .*P-256 key"):
        load_keys(tmp_path, SECRET, "150600")


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"aaaa": {}}', '{"aaaa": {"state": "x", "since": "2026-11-01"}}']
)
def test_damaged_states_are_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    start(tmp_path)
    path = tmp_path / STATES_FILE
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="damaged"):
        start(tmp_path)
    assert path.read_text() == content


def test_several_keys_whose_states_are_lost_are_not_guessed(tmp_path: Path) -> None:
    start(tmp_path)
    (tmp_path / STATES_FILE).unlink()
    with pytest.raises(ConfigurationError, match="restore"):
        start(tmp_path)


def test_a_key_file_that_is_lost_is_named(tmp_path: Path) -> None:
    kid = start(tmp_path)
    (tmp_path / f"{kid}.pem").unlink()
    with pytest.raises(ConfigurationError, match=f"{kid}.pem is missing"):
        start(tmp_path)


@pytest.mark.parametrize("writes", range(6))
def test_a_crash_between_any_two_files_of_the_first_start_leaves_a_usable_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    with crash_after(monkeypatch, writes):
        start(tmp_path)
    kid = start(tmp_path)
    assert states_in(tmp_path) == ["current", "next"]
    assert start(tmp_path) == kid


@pytest.mark.parametrize("writes", range(3))
def test_a_crash_between_the_files_of_a_rotation_leaves_the_keys_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    kid = start(tmp_path)
    before = read_states(tmp_path)
    with crash_after(monkeypatch, writes):
        rotate(tmp_path)
    assert read_states(tmp_path) == before
    assert load_keys(tmp_path, SECRET, "150600").by_kid.keys() == before.keys()
    assert rotate(tmp_path) == "rotated"
    assert read_states(tmp_path)[kid].state == "previous"


@contextmanager
def crash_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> Iterator[None]:
    """Let the block write that many files, and die with half a draft of the next."""
    write = private_files.write_private
    left = iter(range(writes))

    def die(path: Path, content: bytes) -> None:
        if next(left, None) is None:
            path.with_suffix(".draft").touch(0o600)
            path.with_suffix(".draft").write_bytes(content[:9])
            raise Crash
        write(path, content)

    with monkeypatch.context() as patched:
        for module in (key_changes, key_files, key_pairs):
            patched.setattr(module, "write_private", die)
        with pytest.raises(Crash):
            yield


def test_processes_that_start_at_once_share_their_keys(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as processes:
        kids = processes.map(start, [tmp_path / "keys"] * 8, chunksize=1)
    assert len(set(kids)) == 1
    assert states_in(tmp_path / "keys") == ["current", "next"]


def test_of_processes_that_rotate_at_once_one_does(tmp_path: Path) -> None:
    kid = start(tmp_path)
    following = kid_in(read_states(tmp_path), "next")
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        said = processes.map(rotate, [tmp_path] * 4, chunksize=1)
    assert sorted(said) == ["rotated"] + ["too early"] * 3
    assert states_in(tmp_path) == ["current", "next", "previous"]
    assert read_states(tmp_path)[kid].state == "previous"
    assert kid_in(read_states(tmp_path), "current") == following
