"""The commands, run as an operator runs them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.support.identity import SECRET as CLIENT_SECRET
from tests.support.identity import oidc_settings
from tests.support.server import (
    START_SECONDS,
    STOP_SECONDS,
    demo_environment,
    free_port,
    running_demo,
    wait_until_said,
)

SECRET = "q7Jw3nVt0bZkR5xLmE2dUo9yHsCfGaPi"


def liangzheng(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATA"}
    return subprocess.run(
        [sys.executable, "-m", "wallet", *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def settings(tmp_path: Path) -> dict[str, str]:
    return {"DATA": str(tmp_path / "data"), "LIANGZHENG_SECRET_KEY": SECRET}


@pytest.mark.parametrize(
    "command",
    ["serve", "migrate", "worker", "import", "backup", "restore", "doctor", "demo", "keys"],
)
def test_every_command_explains_itself(command: str) -> None:
    answer = liangzheng(command, "--help")
    assert answer.returncode == 0
    assert "Usage: liangzheng " + command in answer.stdout


@pytest.mark.parametrize("command", ["serve", "migrate", "worker", "doctor"])
def test_without_a_secret_nothing_starts_and_one_line_says_why(
    command: str, tmp_path: Path
) -> None:
    answer = liangzheng(command, DATA=str(tmp_path))
    assert answer.returncode == 1
    assert "LIANGZHENG_SECRET_KEY" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "url", ["nonsense", "postgresql://lz:hidden@127.0.0.1:1/lz"], ids=["no URL", "nobody there"]
)
def test_a_database_that_cannot_be_used_is_one_line_without_its_password(
    url: str, tmp_path: Path
) -> None:
    answer = liangzheng("migrate", **settings(tmp_path), LIANGZHENG_DATABASE_URL=url)
    assert answer.returncode == 1
    assert "LIANGZHENG_DATABASE_URL" in answer.stderr
    assert "hidden" not in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_serving_an_old_database_is_refused_until_it_is_migrated(tmp_path: Path) -> None:
    answer = liangzheng("serve", **settings(tmp_path), PORT=str(free_port()))
    assert answer.returncode == 1
    assert "liangzheng migrate" in answer.stderr


def test_doctor_finds_what_is_not_well(tmp_path: Path) -> None:
    first = liangzheng("doctor", **settings(tmp_path))
    assert first.returncode == 1
    assert "run: liangzheng migrate" in first.stdout
    assert liangzheng("migrate", **settings(tmp_path)).returncode == 0
    https = {"LIANGZHENG_PUBLIC_URL": "https://lz.example.gov.cn"}
    second = liangzheng("doctor", **settings(tmp_path), **https)
    assert (second.returncode, second.stderr) == (0, "")
    assert "PROBLEM" not in second.stdout


def test_doctor_says_that_an_identity_provider_does_not_answer(tmp_path: Path) -> None:
    good = settings(tmp_path) | {"LIANGZHENG_PUBLIC_URL": "https://lz.example.gov.cn"}
    assert liangzheng("migrate", **good).returncode == 0
    issuer = f"http://127.0.0.1:{free_port()}"
    answer = liangzheng("doctor", **good, **oidc_settings("STAFF", issuer))
    assert answer.returncode == 1
    assert f"sign-in of staff ({issuer})" in answer.stdout
    assert CLIENT_SECRET not in answer.stdout + answer.stderr


def test_doctor_says_that_a_redis_does_not_answer(tmp_path: Path) -> None:
    good = settings(tmp_path) | {"LIANGZHENG_PUBLIC_URL": "https://lz.example.gov.cn"}
    assert liangzheng("migrate", **good).returncode == 0
    url = f"redis://127.0.0.1:{free_port()}"
    answer = liangzheng("doctor", **good, LIANGZHENG_REDIS_URL=url)
    assert answer.returncode == 1
    assert "check LIANGZHENG_REDIS_URL" in answer.stdout


def test_serving_with_what_is_no_redis_is_one_line_without_its_password(tmp_path: Path) -> None:
    url = "redis://:hidden@127.0.0.1:port"
    answer = liangzheng("serve", **settings(tmp_path), LIANGZHENG_REDIS_URL=url)
    assert answer.returncode == 1
    assert "LIANGZHENG_REDIS_URL" in answer.stderr
    assert "hidden" not in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_an_address_in_use_is_one_line(tmp_path: Path) -> None:
    with running_demo(tmp_path / "first") as address:
        port = address.rpartition(":")[2]
        answer = liangzheng("demo", DATA=str(tmp_path / "second"), PORT=port)
    assert answer.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_the_demo_serves_prints_who_can_sign_in_and_ends_when_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    log = tmp_path / "log"
    port = free_port()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "wallet", "demo"],
            env=demo_environment(data, port),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    said = wait_until_said(log, "Ctrl-C")
    for expected in ("holder-li", "desk-zhao", "/wallet", "/desk", "demo-clients.json"):
        assert expected in said
    for name in ("demo.json", "demo-clients.json"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    kept = json.loads((data / "demo.json").read_text("utf-8"))
    assert "LIANGZHENG_PUBLIC_URL" not in kept

    checked = liangzheng("doctor", DATA=str(data))
    assert checked.returncode == 0, checked.stdout
    assert "current" in liangzheng("keys", "list", DATA=str(data)).stdout

    demo.send_signal(signal.SIGINT)
    assert demo.wait(STOP_SECONDS) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
    assert "Traceback" not in log.read_text("utf-8")


def test_a_second_demo_in_the_same_folder_keeps_its_people_and_secrets(tmp_path: Path) -> None:
    data = tmp_path / "data"
    files = ("demo.json", "demo-clients.json")
    with running_demo(data):
        first = [json.loads((data / name).read_text("utf-8")) for name in files]
    with running_demo(data):
        second = [json.loads((data / name).read_text("utf-8")) for name in files]
    assert first[0]["LIANGZHENG_SECRET_KEY"] == second[0]["LIANGZHENG_SECRET_KEY"]
    assert first[1] == second[1]
