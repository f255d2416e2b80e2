"""What judges a code needs neither the web, the database nor the wallet."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

SETTINGS = Path(__file__).parents[2] / "pyproject.toml"
BLOCKED = ("flask", "werkzeug", "sqlalchemy", "redis", "wallet")
PURE = (
    "verify.check",
    "verify.codes",
    "verify.credential",
    "verify.jws",
    "verify.status_list",
    "verify.trust",
    "verify.verdict",
)
PROGRAM = f"""
import importlib, sys
for name in {BLOCKED!r}:
    sys.modules[name] = None
for name in {PURE!r}:
    importlib.import_module(name)
from verify.codes import read
from verify.verdict import Refused
try:
    read("", {{}}, 0)
except Refused as refused:
    print(refused.reason)
"""


def test_the_reader_works_where_flask_sqlalchemy_redis_and_the_wallet_are_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout) == ("", "malformed\n")


def test_the_offline_command_works_there_too() -> None:
    program = (
        f"import sys\nfor name in {BLOCKED!r}: sys.modules[name] = None\n"
        "from verify.__main__ import main\nsys.exit(main(['check', 'x', '--trust', '/nowhere']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "/nowhere cannot be read as a trust bundle.\n")


def test_the_same_modules_are_kept_pure_and_wholly_covered() -> None:
    tools = tomllib.loads(SETTINGS.read_text("utf-8"))["tool"]
    contract = next(
        rule
        for rule in tools["importlinter"]["contracts"]
        if rule["name"] == "What judges a code is pure"
    )
    assert contract["source_modules"] == list(PURE)
    files = [f"{name.replace('.', '/')}.py" for name in PURE]
    assert tools["coverage"]["run"]["include"] == files
