"""The floors: imports only go down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 360


def test_imports_keep_the_contracts() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("package", ["verify", "wallet"])
def test_no_module_has_grown_into_two(package: str) -> None:
    longest = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in (ROOT / package).rglob("*.py")
        if "versions" not in path.parts
    }
    assert not {name: lines for name, lines in longest.items() if lines > LONGEST}
