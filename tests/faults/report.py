"""The tables of `make faults`: printed after the tests, kept when the run was long.

A line travels with the report of its test, so that it arrives also from another process.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

import pytest

from tests.faults.tables import TABLES, KillLine, RaceLine, Table
from wallet.base.clock import read_clock

HEADING: Final = "\n## The last long run\n"
"""What follows it on a page is written by `make faults`."""

_lines: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}


def tell(item: pytest.Item, line: RaceLine | KillLine) -> None:
    """Put a line into its table."""
    table = next(table for table in TABLES if isinstance(line, table.line))
    item.user_properties.append((table.name, asdict(line)))


def note(report: pytest.TestReport) -> None:
    """Take the lines of a test that has run."""
    if report.when == "call":
        for name, line in report.user_properties:
            if name in _lines:
                _lines[name].append(dict(line))  # type: ignore[call-overload]


def summarise(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables that have lines, and keep those of a long run."""
    for table in TABLES:
        lines = _ordered(_lines[table.name])
        if lines:
            terminalreporter.section(table.title)
            terminalreporter.write(markdown(table, lines) + "\n")
        if table.is_long(lines):
            _keep(table, lines)


def markdown(table: Table, lines: list[dict[str, Any]]) -> str:
    """The lines as a Markdown table."""
    rows = [table.columns, ["---"] * len(table.columns), *(line.values() for line in lines)]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows)


def last_run(table: Table) -> str:
    """What the page says of the results that are kept."""
    result = json.loads(table.results.read_text("utf-8"))
    machine = result["machine"]
    return (
        f"\n{result['at'][:10]}, {machine['processors']} processors ({machine['kind']}), "
        f"Python {machine['python']}.\n\n{markdown(table, result['measured'])}\n"
    )


def _keep(table: Table, lines: list[dict[str, Any]]) -> None:
    """Write them in the place of the same lines before; a run may be of some of them only."""
    measured = {table.key(line): line for line in lines}
    if table.results.exists():
        for line in json.loads(table.results.read_text("utf-8"))["measured"]:
            measured.setdefault(table.key(line), line)
    result = {
        "at": read_clock().isoformat(timespec="seconds"),
        "machine": {
            "processors": os.cpu_count(),
            "kind": platform.machine(),
            "python": platform.python_version(),
        },
        "measured": _ordered(measured.values()),
    }
    table.results.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")
    text, heading, _ = table.page.read_text("utf-8").partition(HEADING)
    table.page.write_text(text + heading + last_run(table), "utf-8")


def _ordered(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: str(line["database"]), reverse=True)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")
