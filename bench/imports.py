"""What taking a unit's stock in costs: rows a second on one and two cores, and the memory for it.

`python -m bench.imports` makes files of `--rows` licences, every tenth with a fault, imports each into a
library of its own with `liangzheng import`, kills one import in the middle and runs it again, checks
that nothing was lost or doubled, prints the table and writes `results/imports.json`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from sqlalchemy import func, select
from stdnum.cn import ric

from bench.stage import DATABASES, database, stage
from tests.support.batches import COLUMNS, row_of
from tests.support.licences import FOOD
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences.model import Licence

RESULT: Final = Path(__file__).parent / "results" / "imports.json"
ROWS: Final = 10_000
BAD: Final = 10
"""One row in so many has a fault."""


@dataclass(frozen=True)
class Import:
    """One import of a file; seconds of the clock and of all processors, memory of the largest
    process."""

    database: str
    file: str
    cores: int
    killed: bool
    rows: int
    rate: float
    seconds: float
    processor_seconds: float
    peak_memory_mib: int


def main() -> int:
    """Measure, print, write; 1 when something was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lz-stock-") as folder:
        table, sheet = Path(folder) / "stock.csv", Path(folder) / "stock.xlsx"
        _write_csv(table, options.rows)
        _write_xlsx(sheet, options.rows)
        done: list[Import] = []
        for kind in options.databases:
            for file, cores, killed in (
                (table, 1, False), (table, 2, False), (sheet, 2, False), (table, 2, True)
            ):  # fmt: skip
                with database(kind) as config, stage(config) as staged:
                    done.append(
                        measure(staged.deps, config, kind, file, options.rows, cores, killed=killed)
                    )
                print(_line(done[-1]), flush=True)
    result = {
        "at": read_clock().isoformat(timespec="seconds"),
        "machine": {
            "processors": os.cpu_count(),
            "kind": platform.machine(),
            "python": platform.python_version(),
        },
        "imports": [asdict(line) for line in done],
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0


def measure(
    deps: Deps, config: Config, kind: str, file: Path, rows: int, cores: int, *, killed: bool
) -> Import:
    """Import the file, after a first import that dies in the middle where `killed` says so.

    Raises AssertionError when not exactly the good rows are stored and issued.
    """
    before, began = _stored(deps), time.monotonic()
    seconds, peak = 0.0, 0
    if killed:
        process = _start(config, file, cores)
        while _stored(deps) < before + rows // 2:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        seconds, peak = _end(process)
    process = _start(config, file, cores)
    more, memory = _end(process)
    took = time.monotonic() - began
    good = rows - rows // BAD
    assert _stored(deps) == before + good, "lost or doubled"
    assert _stored(deps, Licence.issued_at.is_(None)) == 0, "not issued"
    return Import(
        kind,
        file.suffix[1:],
        cores,
        killed,
        rows,
        round(rows / took, 1),
        round(took, 1),
        round(seconds + more, 1),
        max(peak, memory),
    )


def _start(config: Config, file: Path, cores: int) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if "LIANGZHENG" not in name}
    return subprocess.Popen(
        [sys.executable, "-m", "wallet", "import", str(file), "--client", "demo-issuer",
         "--type", FOOD, "--cores", str(cores)],
        env=environment | {"LIANGZHENG_DATA": str(config.data)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """Processor time of a command with its processes, and the memory of the largest in MiB."""
    _pid, _status, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def _stored(deps: Deps, *conditions: Any) -> int:
    with deps.db.read() as tx:
        return tx.execute(select(func.count()).select_from(Licence).where(*conditions)).scalar_one()


def _rows(count: int) -> Iterator[list[Any]]:
    yield list(COLUMNS)
    for number in range(count):
        month, day = number // 50 % 12 + 1, number // 600 % 28 + 1
        code = f"150602{1950 + number % 50}{month:02d}{day:02d}{number // 16800 % 1000:03d}"
        code += ric.calc_check_digit(f"{code}0")
        if number % BAD == BAD - 1:
            code = code[:-1] + ("1" if code[-1] != "1" else "2")
        said = f"JY1506{number:09d}"
        yield row_of(
            {
                "number": said,
                "holders": [{"code_type": "居民身份证", "code": code, "name": f"演示{number}"}],
                "issued_on": "2026-01-05",
                "valid_from": "2026/1/5",
                "valid_until": "2031年1月4日",
                "area_code": "150602",
                "fields": {
                    "number": said,
                    "operator_name": f"第 {number} 面馆（演示）",
                    "credit_code": "92150602MADEM0701B",
                    "responsible_person": f"演示{number}",
                    "domicile": f"鄂尔多斯市东胜区天骄路 {number} 号",
                    "premises": f"鄂尔多斯市东胜区天骄路 {number} 号",
                    "business_form": "餐饮服务经营者",
                    "business_items": "热食类食品制售",
                },
            }
        )


def _write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_rows(count))


def _write_xlsx(path: Path, count: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _rows(count):
        sheet.append(row)
    book.save(path)


def _line(done: Import) -> str:
    how = "killed, run again" if done.killed else ""
    return (
        f"{done.database:<11} {done.file:<5} {done.cores} cores  {done.rate:>7.1f} rows/s  "
        f"{done.processor_seconds:>7.1f} s of processors  {done.peak_memory_mib:>4} MiB  {how}"
    )


if __name__ == "__main__":
    sys.exit(main())
