"""What taking a unit's stock in costs: rows a second, the processors' time and the memory for it.

`python -m bench.imports` makes files of `--rows` licences, every tenth with a fault, and takes each into a
library of its own: with `liangzheng import` on one and two cores, and over HTTP with a running server and
its worker. Some are killed in the middle and gone on with. Unless exactly the good rows are stored and
issued, each once, and exactly the others reported, it fails. It prints the table, and writes the figures to
`results/imports.json` in the place of those of the same runs.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from bench.served import Sent, send_in
from bench.stage import DATABASES, database, stage
from bench.stock import BAD, write_stock
from bench.watched import Watched
from tests.support.licences import FOOD
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences.model import Licence, StatusEntry

RESULT: Final = Path(__file__).parent / "results" / "imports.json"
ROWS: Final = 10_000


@dataclass(frozen=True)
class Run:
    """One way to take a file in; `cores` of the command alone, the API has its server and worker."""

    way: str
    file: str
    cores: int = 0
    killed: bool = False

    @property
    def name(self) -> str:
        """As `--runs` takes it."""
        parts = [self.way, self.file, str(self.cores or ""), "killed" if self.killed else ""]
        return "-".join(part for part in parts if part)


RUNS: Final = {
    run.name: run
    for run in (
        Run("command", "csv", 1),
        Run("command", "csv", 2),
        Run("command", "csv", 2, killed=True),
        Run("command", "xlsx", 2, killed=True),
        Run("api", "csv"),
        Run("api", "xlsx"),
        Run("api", "xlsx", killed=True),
    )
}
ON_CORES: Final = ("command-csv-1", "command-csv-2")
"""What `make bench` runs."""


@dataclass(frozen=True)
class Import:
    """What one run took: seconds of the clock without those in which a batch waited to be taken over,
    seconds of all processors, and the memory of the largest process."""

    database: str
    run: str
    rows: int
    at: str
    rate: float
    rate_of_a_processor: float
    seconds: float
    idle_seconds: float
    processor_seconds: float
    peak_memory_mib: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; an AssertionError when something was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lz-stock-") as folder:
        files = {
            kind: write_stock(Path(folder) / f"stock.{kind}", options.rows)
            for kind in sorted({RUNS[name].file for name in options.runs})
        }
        for kind in options.databases:
            for name in options.runs:
                with database(kind) as config, stage(config) as staged:
                    done = measure(
                        staged.deps, config, kind, RUNS[name], files[RUNS[name].file], options.rows
                    )
                print(_line(done), flush=True)
                _write(done)
    return 0


def measure(deps: Deps, config: Config, kind: str, run: Run, file: Path, rows: int) -> Import:
    """Take the file in; raises AssertionError when it is not there as it must be."""
    before, began = _counts(deps), time.monotonic()
    if run.way == "command":
        sent = _by_command(deps, config, run, file, rows)
    else:
        sent = send_in(config, file, rows, killed=run.killed)
    took = time.monotonic() - began - sent.idle_seconds
    bad, good = rows // BAD, rows - rows // BAD
    assert (sent.stored, sent.refused) == (good, bad), sent
    # The first line is the header's.
    assert sent.faulty_lines == list(range(1 + BAD, 2 + rows, BAD)), "other lines are reported"
    grown = {what: count - before[what] for what, count in _counts(deps).items()}
    assert grown == dict.fromkeys(grown, good), grown
    return Import(
        kind,
        run.name,
        rows,
        read_clock().isoformat(timespec="seconds"),
        round(rows / took, 1),
        round(rows / sent.processor_seconds, 1),
        round(took, 1),
        sent.idle_seconds,
        round(sent.processor_seconds, 1),
        sent.peak_memory_mib,
    )


def _by_command(deps: Deps, config: Config, run: Run, file: Path, rows: int) -> Sent:
    """Import the file, after a first import that dies in the middle where the run says so."""
    arguments = ("import", file, "--client", "demo-issuer", "--type", FOOD, "--cores", run.cores)
    ever: list[Watched] = []
    if run.killed:
        ever.append(Watched(config, *map(str, arguments)))
        half = _counts(deps)["licences"] + rows // 2
        while _counts(deps)["licences"] < half:
            assert ever[0].runs()
            time.sleep(0.05)
        ever[0].kill()
    ever.append(Watched(config, *map(str, arguments)))
    while ever[-1].runs():
        time.sleep(0.1)
    refused = file.with_name(f"{file.name}.errors.csv")
    with refused.open(encoding="utf-8-sig", newline="") as opened:
        lines = [int(line["行"]) for line in csv.DictReader(opened)]
    refused.unlink()
    return Sent(
        rows - len(lines),
        len(lines),
        lines,
        0.0,
        sum(one.cpu_seconds for one in ever),
        max(one.peak_mib for one in ever),
    )


def _counts(deps: Deps) -> dict[str, int]:
    """What there is one of for every licence that is issued."""

    def count(table: Any, *conditions: Any) -> int:
        with deps.db.read() as tx:
            found = select(func.count()).select_from(table).where(*conditions)
            return tx.execute(found).scalar_one()

    return {
        "licences": count(Licence),
        "issued": count(Licence, Licence.issued_at.is_not(None)),
        "status entries": count(StatusEntry),
        "receipts in the trail": count(AuditEvent, AuditEvent.name == "licence.received"),
        "issues in the trail": count(AuditEvent, AuditEvent.name == "licence.issued"),
    }


def _line(done: Import) -> str:
    return (
        f"{done.database:<11} {done.run:<23} {done.rows:>7,} rows  {done.rate:>7.1f} rows/s  "
        f"{done.rate_of_a_processor:>7.1f} rows/s of a processor  {done.peak_memory_mib:>4} MiB"
    )


def _write(done: Import) -> None:
    """Keep it in the place of the same run before."""
    kept = json.loads(RESULT.read_text("utf-8"))["imports"] if RESULT.exists() else []
    lines = [line for line in kept if _key(line) != _key(asdict(done))] + [asdict(done)]
    result = {
        "machine": {
            "processors": os.cpu_count(),
            "kind": platform.machine(),
            "python": platform.python_version(),
        },
        "imports": sorted(lines, key=_key),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _key(line: dict[str, Any]) -> tuple[str, str, int]:
    return line["database"], line["run"], line["rows"]


if __name__ == "__main__":
    sys.exit(main())
