"""The table of `make faults`: printed after the tests, kept when the run was long."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.faults.sizes import KEPT_FROM
from wallet.base.clock import read_clock

_ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = _ROOT / "bench" / "results" / "exactly-once.json"
PAGE: Final = _ROOT / "docs" / "exactly-once.md"
HEADING: Final = "\n## The last long run\n"
"""What follows it on the page is written by `make faults`."""


@dataclass(frozen=True)
class Line:
    """One kind of database with one state of Redis.

    `other` is any answer that is neither the acceptance nor `already_used`; `overlapping` are
    the races in which the second desk asked before the first was answered; `false_refusals`
    those in which nobody accepted; `strikes` is how often Redis was killed or the like. Times
    are in seconds: of the racing, and of the answer that took longest.
    """

    database: str
    redis: str
    races: int
    accepted: int
    refused: int
    other: int
    records: int
    claims: int
    overlapping: int
    false_refusals: int
    strikes: int
    seconds: float
    slowest: float


COLUMNS: Final = tuple(Line.__dataclass_fields__)
COUNTED: Final = COLUMNS[COLUMNS.index("races") : COLUMNS.index("seconds")]


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    rows = [COLUMNS, ["---"] * len(COLUMNS), *(asdict(line).values() for line in lines)]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows)


def keep(lines: list[Line]) -> None:
    """Write the lines of a long run; a sample is not kept."""
    if not lines or min(line.races for line in lines) < KEPT_FROM:
        return
    result = {
        "at": read_clock().isoformat(timespec="seconds"),
        "machine": {
            "processors": os.cpu_count(),
            "kind": platform.machine(),
            "python": platform.python_version(),
        },
        "measured": [asdict(line) for line in lines],
    }
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")
    text, heading, _ = PAGE.read_text("utf-8").partition(HEADING)
    PAGE.write_text(text + heading + last_run(), "utf-8")


def last_run() -> str:
    """What the page says of the results that are kept."""
    result = json.loads(RESULTS.read_text("utf-8"))
    machine = result["machine"]
    lines = [Line(**line) for line in result["measured"]]
    return (
        f"\n{result['at'][:10]}, {machine['processors']} processors ({machine['kind']}), "
        f"Python {machine['python']}.\n\n{table(lines)}\n"
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")
