"""What the desk's browser is told to keep, and when that is something new."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from verify.assets import static_dir
from verify.desk_app import FILES, WORKER
from verify.kept_files import worker_script
from verify.static_files import read_release

_IMPORT: Final = re.compile(r'from "([^"]+)"')


def told(script: str, name: str) -> Any:
    """A constant at the head of the worker's script."""
    found = re.search(rf"^const {name} = (.*?);$", script, re.MULTILINE | re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def script(folder: Path) -> str:
    """The worker's script for those static files."""
    return worker_script(read_release(folder), WORKER, FILES)


def file_of(address: str) -> Path:
    """The file that /static/~RELEASE/NAME stands for."""
    return static_dir() / address.split("/", 3)[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the static files that a test may change."""
    return Path(shutil.copytree(static_dir(), tmp_path / "static"))


def test_a_changed_file_is_a_new_version(folder: Path) -> None:
    before = told(script(folder), "VERSION")
    assert told(script(folder), "VERSION") == before
    with (folder / "verify" / "codes.js").open("a") as file:
        file.write("\n")
    assert told(script(folder), "VERSION") != before


def test_a_renamed_file_is_a_new_version(folder: Path) -> None:
    before = told(script(folder), "VERSION")
    (folder / "desk" / "store.js").rename(folder / "desk" / "stored.js")
    assert told(script(folder), "VERSION") != before


def test_every_file_that_is_kept_is_there_and_brings_what_it_imports() -> None:
    kept = set(told(script(static_dir()), "KEPT"))
    for address in kept:
        path = file_of(address)
        assert path.is_file()
        if path.suffix == ".js" and "vendor" not in address:
            needed = {(path.parent / name).resolve() for name in _IMPORT.findall(path.read_text())}
            known = {file_of(one).resolve() for one in kept}
            assert needed <= known
