"""`python -m verify`: fetch a bundle from a running library, then check codes without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundles import a_bundle
from tests.support.codes import signer
from tests.support.people import sign_in
from tests.support.server import running_demo
from tests.support.showing import FOOD, show
from verify.__main__ import main
from verify.verdict import sentence
from wallet.app import create_app
from wallet.config import load_config
from wallet.web.deps import deps


def test_a_bundle_is_fetched_and_a_fresh_code_is_accepted_without_the_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, data = tmp_path / "trust.json", tmp_path / "data"
    with running_demo(data) as address:
        assert main(["trust", address, "-o", str(file)]) == 0
    app = create_app(load_config({"DATA": str(data)}))
    text = show(sign_in(app, "holder-li"), FOOD)["text"]
    with app.app_context():
        deps().db.close()

    assert main(["check", text, "--trust", str(file)]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["verdict"], verdict["offline"]) == ("accepted", True)
    assert verdict["licences"][0]["type_name"] == "食品经营许可证"
    assert verdict["licences"][0]["fields"][0]["value"] == "李*"

    assert main(["check", f"{text}x", "--trust", str(file)]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "refused"

    tomorrow = time.time() + 24 * 3600
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    assert main(["check", text, "--trust", str(file)]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "trust_stale"


def command(*arguments: str, stdout: Any = subprocess.PIPE, **environment: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "verify", *arguments],
        env=os.environ | environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


def test_a_verdict_that_cannot_be_told_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "trust.json"
    file.write_text(json.dumps(a_bundle(signer())), "utf-8")
    with Path("/dev/full").open("wb") as full:
        run = command("check", "x", "--trust", str(file), stdout=full)
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "closed"), [(["x"], ">&-"), (["-"], "<&-"), (["x"], ">&- 2>&-")]
)
def test_without_a_stream_that_it_needs_nothing_is_called_refused(
    tmp_path: Path, arguments: list[str], closed: str
) -> None:
    file = tmp_path / "trust.json"
    file.write_text(json.dumps(a_bundle(signer())), "utf-8")
    words = [sys.executable, "-m", "verify", "check", *arguments, "--trust", str(file)]
    run = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *words],
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, b"")
    assert len(run.stderr.splitlines()) == (0 if "2>" in closed else 1)


def test_a_console_without_chinese_gets_escapes(tmp_path: Path) -> None:
    file = tmp_path / "trust.json"
    file.write_text(json.dumps(a_bundle(signer())), "utf-8")
    run = command("check", "x", "--trust", str(file), PYTHONIOENCODING="ascii")
    assert (run.returncode, run.stderr) == (1, b"")
    assert json.loads(run.stdout)["message"] == sentence("malformed")


def test_what_cannot_be_read_or_fetched_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "x", "--trust", str(tmp_path / "nothing.json")]) == 2
    assert main(["trust", "ftp://library.example", "-o", str(tmp_path / "trust.json")]) == 2
    answered = capsys.readouterr()
    assert answered.out == ""
    assert len(answered.err.splitlines()) == 2
