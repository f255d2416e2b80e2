"""The signing key: made once, readable by its owner alone, opened only with its secret."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from verify.codes import LIVE
from wallet.base.keys import load_keys
from wallet.errors import ConfigurationError

SECRET = "k3yF0rTests-" * 4


def test_it_is_made_at_the_first_start_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = load_keys(folder, SECRET, "150600")
    again = load_keys(folder, SECRET, "150600")
    assert first.current.kid == again.current.kid
    assert first.jwks() == again.jwks()
    assert first.current.handle_key == again.current.handle_key
    [file] = folder.glob("*.pem")
    assert file.stem == first.current.kid
    assert len(first.current.kid) <= 4
    assert list(folder.glob("*.draft")) == []
    assert LIVE.typ == "lz-live+jwt"


def test_file_and_folder_belong_to_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    load_keys(folder, SECRET, "150600")
    [file] = folder.glob("*.pem")
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_a_key_that_others_may_touch_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    load_keys(tmp_path, SECRET, "150600")
    [file] = tmp_path.glob("*.pem")
    file.chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_keys(tmp_path, SECRET, "150600")
    file.chmod(0o400)
    assert load_keys(tmp_path, SECRET, "150600").current.kid == file.stem


def test_the_wrong_secret_is_named_and_the_key_stays(tmp_path: Path) -> None:
    load_keys(tmp_path, SECRET, "150600")
    [file] = tmp_path.glob("*.pem")
    before = file.read_bytes()
    with pytest.raises(ConfigurationError, match="LIANGZHENG_SECRET_KEY") as refused:
        load_keys(tmp_path, SECRET + "x", "150600")
    assert SECRET not in str(refused.value)
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAA==\n"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "abcd.pem"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigurationError):
        load_keys(tmp_path, SECRET, "150600")


def test_the_private_half_is_nowhere_in_the_open(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, SECRET, "150600")
    [file] = tmp_path.glob("*.pem")
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in file.read_bytes()
    [public] = keys.jwks()["keys"]
    assert public.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def _kid(folder: str) -> str:
    return load_keys(Path(folder), SECRET, "150600").current.kid


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as processes:
        kids = processes.map(_kid, [str(tmp_path / "keys")] * 8, chunksize=1)
    assert len(set(kids)) == 1
    assert len(list((tmp_path / "keys").glob("*.pem"))) == 1
