"""Every block of the integrator's guide runs, in order, against a fresh demo."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.support.server import running_demo

_GUIDE: Final = Path(__file__).parents[2] / "docs" / "integrator.md"
_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.mark.sqlite
def test_the_guide_works_as_written(tmp_path: Path) -> None:
    blocks = _BLOCK.findall(_GUIDE.read_text("utf-8"))
    data = tmp_path / "demo"
    with running_demo(data) as url:
        run = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", "\n".join(blocks)],
            env=os.environ | {"URL": url, "DATA": str(data)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    assert '"verdict":"accepted"' in run.stdout
