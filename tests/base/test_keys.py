"""The signing keys of a folder: made once, for their owner alone, opened only with its secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from verify.codes import LIVE, encode
from verify.jws import parse
from wallet import numbers
from wallet.base import keys as keys_module
from wallet.base.key_files import STATES_FILE, change, open_folder
from wallet.base.key_states import retired, rotated
from wallet.base.keys import KeyRing, load_keys
from wallet.errors import ConfigurationError

SECRET = "k3yF0rTests-" * 4
ISSUER = "150600"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
READY = NOW + timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    standing = Ticks()
    monkeypatch.setattr(keys_module, "monotonic", standing)
    return standing


def ring(folder: Path, secret: str = SECRET) -> KeyRing:
    return KeyRing(folder, secret, ISSUER, NOW)


def rotate(folder: Path, now: datetime = READY, *, hurry: bool = False) -> None:
    change(folder, SECRET, now, partial(rotated, now=now, hurry=hurry))


def retire(folder: Path, kid: str, now: datetime = READY) -> None:
    change(folder, SECRET, now, partial(retired, kid=kid, now=now, hurry=True))


def published(keys: KeyRing) -> set[str]:
    return {key["kid"] for key in keys.jwks()["keys"]}


def test_a_current_and_a_next_key_are_made_at_the_first_start_and_found_again(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "keys"
    first, again = ring(folder), ring(folder)
    assert first.current.kid == again.current.kid
    assert first.jwks() == again.jwks()
    assert first.current.handle_key == again.current.handle_key
    assert {file.stem for file in folder.glob("*.pem")} == published(first)
    assert len(published(first)) == 2
    assert all(len(kid) <= 4 for kid in published(first))
    assert list(folder.glob("*.draft")) == []


def test_files_and_folder_belong_to_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    ring(folder)
    rotate(folder)
    files = [*folder.glob("*.pem"), folder / STATES_FILE]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * 4
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_a_file_that_others_may_touch_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    kid = ring(tmp_path).current.kid
    for file in [*tmp_path.glob("*.pem"), tmp_path / STATES_FILE]:
        file.chmod(mode)
        with pytest.raises(ConfigurationError, match="chmod 600"):
            load_keys(tmp_path, SECRET, ISSUER)
        file.chmod(0o400)
    assert ring(tmp_path).current.kid == kid


def test_the_wrong_secret_is_named_and_the_keys_stay(tmp_path: Path) -> None:
    ring(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(ConfigurationError, match="LIANGZHENG_SECRET_KEY") as refused:
        ring(tmp_path, SECRET + "x")
    assert SECRET not in str(refused.value)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAA==\n"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "abcd.pem"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigurationError):
        ring(tmp_path)


def test_the_private_halves_are_nowhere_in_the_open(tmp_path: Path) -> None:
    keys = ring(tmp_path)
    for file in tmp_path.glob("*.pem"):
        assert b"BEGIN ENCRYPTED PRIVATE KEY" in file.read_bytes()
    for public in keys.jwks()["keys"]:
        assert public.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_next_current_and_previous_are_published_and_the_retired_never(tmp_path: Path) -> None:
    first = ring(tmp_path).current.kid
    [second] = published(ring(tmp_path)) - {first}
    rotate(tmp_path)
    after = ring(tmp_path)
    assert after.current.kid == second
    [third] = published(after) - {first, second}
    retire(tmp_path, first)
    last = ring(tmp_path)
    assert published(last) == last.public.keys() == last.by_kid.keys() == {second, third}


def test_the_key_of_handles_belongs_to_a_kid_whatever_its_state(tmp_path: Path) -> None:
    before = ring(tmp_path).current
    rotate(tmp_path)
    after = ring(tmp_path)
    assert after.by_kid[before.kid].handle_key == before.handle_key != after.current.handle_key


def test_a_running_process_follows_without_a_restart_and_looks_only_now_and_then(
    tmp_path: Path, ticks: Ticks
) -> None:
    keys = ring(tmp_path)
    first, before = keys.current.kid, keys.public
    rotate(tmp_path)
    ticks.seconds += numbers.KEY_LOOK - 0.001
    assert (keys.current.kid, keys.public) == (first, before)
    ticks.seconds += 0.001
    assert keys.current.kid != first
    assert keys.public.keys() > before.keys()
    retire(tmp_path, first)
    ticks.seconds += numbers.KEY_LOOK
    assert first not in keys.public


def test_an_unchanged_folder_is_not_read_again(
    tmp_path: Path, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ring(tmp_path)
    loads: list[object] = []
    monkeypatch.setattr(keys_module, "load_keys", lambda *_: loads.append(1))
    for _ in range(5):
        ticks.seconds += numbers.KEY_LOOK
        assert keys.current.kid in keys.public
    assert loads == []


def test_a_folder_that_is_away_closes_no_desk_and_is_followed_when_it_is_back(
    tmp_path: Path, ticks: Ticks
) -> None:
    folder, away = tmp_path / "keys", tmp_path / "away"
    keys = ring(folder)
    first = keys.current.kid
    folder.rename(away)
    ticks.seconds += numbers.KEY_LOOK
    assert keys.current.kid == first
    rotate(away)
    away.rename(folder)
    ticks.seconds += numbers.KEY_LOOK
    assert keys.current.kid != first


class Hardware:
    """A key of which only a name and a signature come out."""

    kid = "hsm1"

    def sign(self, data: bytes) -> bytes:
        return bytes([len(data) % 256]) * 64


def test_whatever_signs_bytes_and_has_a_name_can_sign_codes() -> None:
    jws = parse(encode(LIVE, {"iss": ISSUER}, Hardware()))
    assert jws.header["kid"] == "hsm1"
    assert jws.signature == Hardware().sign(jws.signed)


def test_states_are_a_file_that_an_operator_can_read(tmp_path: Path) -> None:
    kid = ring(tmp_path).current.kid
    assert json.loads((tmp_path / STATES_FILE).read_text())[kid] == {
        "state": "current",
        "since": "2026-11-01T00:00:00+00:00",
    }
    open_folder(tmp_path, SECRET, READY)
    assert ring(tmp_path).current.kid == kid
