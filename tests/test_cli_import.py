"""`liangzheng import`, run as an operator runs it."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

from tests.support.batches import csv_of, ndjson_of, row_of, xlsx_of
from tests.support.demo import DemoCopies
from tests.support.licences import FOOD, food_licence, licences_stored
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences.model import AWAITS_SEALING, NUMBER, Licence, LicenceBatch

WAIT = 120


def command(config: Config, *arguments: str | Path) -> subprocess.Popen[str]:
    """The command, started."""
    settings = {
        "LIANGZHENG_DATA": str(config.data),
        "LIANGZHENG_DATABASE_URL": config.database_url,
        "LIANGZHENG_SECRET_KEY": config.secret_key,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "wallet", "import", *map(str, arguments)],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(config: Config, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status and what was said."""
    process = command(config, *arguments)
    said, complained = process.communicate(timeout=WAIT)
    return process.returncode, said, complained


def options(*more: str | Path) -> list[str | Path]:
    """Whose licences of which type."""
    return ["--client", "demo-issuer", "--type", FOOD, *more]


def unissued(deps: Deps) -> int:
    """Licences that are not issued."""
    with deps.db.read() as tx:
        return tx.execute(
            select(func.count()).select_from(Licence).where(AWAITS_SEALING)
        ).scalar_one()


@pytest.mark.parametrize("cores", ["1", "2"])
def test_one_bad_line_in_ten_is_reported_and_the_rest_stored_and_issued(
    config: Config, deps: Deps, tmp_path: Path, cores: str
) -> None:
    rows = [row_of(food_licence(config.data)) for _ in range(30)]
    for row in rows[9::10]:
        row[0] = ""
    file, before = tmp_path / "存量.xlsx", licences_stored(deps)
    file.write_bytes(xlsx_of(rows))
    status, said, complained = run(config, file, *options("--cores", cores))
    assert (status, complained) == (1, "")
    assert "Stored 27, refused 3." in said
    assert licences_stored(deps) == before + 27
    assert unissued(deps) == 0
    refused = file.with_name("存量.xlsx.errors.csv")
    with refused.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert [(line["行"], line["列"]) for line in lines] == [
        ("11", "证照编号"), ("21", "证照编号"), ("31", "证照编号")
    ]  # fmt: skip
    again = run(config, file, *options())
    assert (again[0], "Stored 27, refused 3." in again[1]) == (1, True)
    assert licences_stored(deps) == before + 27


def test_a_good_file_ends_with_0_and_leaves_no_list_of_errors(
    config: Config, deps: Deps, tmp_path: Path
) -> None:
    file = tmp_path / "good.ndjson"
    file.write_bytes(ndjson_of([food_licence(config.data) for _ in range(3)]))
    assert run(config, file, "--client", "demo-issuer")[0] == 0
    assert [path.name for path in tmp_path.glob("*errors*")] == []
    assert list(config.batches_dir.iterdir()) == []


def test_killed_in_the_middle_and_run_again_it_loses_and_doubles_nothing(
    config: Config, deps: Deps, tmp_path: Path
) -> None:
    file, before = tmp_path / "stock.csv", licences_stored(deps)
    bodies = [food_licence(config.data) for _ in range(1500)]
    file.write_bytes(csv_of([row_of(body) for body in bodies]))
    for stored in (1, 600):
        process = command(config, file, *options("--cores", "2"))
        limit = time.monotonic() + WAIT
        while licences_stored(deps) < before + stored and process.poll() is None:
            assert time.monotonic() < limit
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert licences_stored(deps) < before + len(bodies)
    status, said, complained = run(config, file, *options())
    assert (status, complained) == (0, "")
    assert "Stored 1,500, refused 0." in said
    assert licences_stored(deps) == before + len(bodies)
    assert unissued(deps) == 0
    with deps.db.read() as tx:
        row = tx.execute(select(LicenceBatch)).one()
        numbers = set(tx.execute(select(Licence.number_index)).scalars())
    assert (row.state, row.stored, row.failed) == ("done", 1500, 0)
    assert {deps.vault.index(str(body["number"]), NUMBER) for body in bodies} <= numbers


NOT_IMPORTED: Final = [
    ("a.txt", ["--client", "demo-issuer"], ".csv, .xlsx or .ndjson"),
    ("a.csv", ["--client", "nobody", "--type", FOOD], "no issuing client"),
    ("a.csv", ["--client", "demo-relying", "--type", FOOD], "no issuing client"),
    ("a.csv", ["--client", "demo-issuer"], "类型"),
    ("a.csv", ["--client", "demo-issuer", "--type", "none"], "类型"),
    ("a.csv", ["--client", "demo-issuer", "--type", FOOD], "编码"),
]


@pytest.mark.sqlite
def test_what_cannot_be_imported_is_said_in_a_line(demo_copies: DemoCopies, tmp_path: Path) -> None:
    with demo_copies.copy("sqlite", tmp_path / "data") as config:
        for name, arguments, reason in NOT_IMPORTED:
            (tmp_path / name).write_bytes(b"\xff\xff")
            status, _said, complained = run(config, tmp_path / name, *arguments)
            assert status in (1, 2)
            assert reason in complained.splitlines()[-1]
            assert "Traceback" not in complained
