"""Tables that an operator hands to a command: all of their lines are taken, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from wallet.base.database import Database
from wallet.base.table_files import BadCell, Line, open_lines
from wallet.errors import ConfigurationError, Conflict, Invalid, NotFound

KINDS: Final = {".csv": "csv", ".xlsx": "xlsx"}
"""Ending of a file's name → what it is read as."""
TableLine = Mapping[str, str]
"""A line by the names of its columns, without spaces around."""


@dataclass(frozen=True)
class Imported:
    """How many lines were new, how many were there already, and what is wrong with which line."""

    added: int
    known: int
    faults: Sequence[str]


class _Rolled(Exception):
    """Nothing is kept of a table with faults."""


def import_table(
    db: Database,
    file: Path,
    columns: Collection[str],
    add: Callable[[Connection, TableLine], bool],
    *,
    finish: Callable[[Connection], None] | None = None,
    trial: bool = False,
) -> Imported:
    """Add the lines of a CSV or XLSX file with just these columns, all of them or, with faults, none.

    `add` says whether a line was new, and raises Conflict, Invalid or NotFound for one that cannot be
    taken. `finish` does what is left in the same transaction, once all are in. A `trial` keeps nothing. Raises ConfigurationError for no such table.
    """
    added, known, faults = 0, 0, list[str]()
    try:
        with db.begin() as tx:
            for number, line in _lines(file, columns):
                try:
                    if isinstance(line, Invalid):
                        raise line
                    new = add(tx, line)
                except (Conflict, Invalid, NotFound) as refused:
                    faults.append(f"line {number}: {refused.detail}")
                else:
                    added, known = added + new, known + (not new)
            if faults or trial:
                raise _Rolled
            if finish is not None:
                finish(tx)
    except _Rolled:
        added = 0 if faults else added
    return Imported(added, known, faults)


def _lines(file: Path, columns: Collection[str]) -> Iterator[tuple[int, TableLine | Invalid]]:
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise ConfigurationError("the table must end in .csv or .xlsx")
    with file.open("rb") as opened:
        try:
            _count, lines = open_lines(opened, kind)
            header = _header(next(lines, (1, []))[1])
            if set(header) != set(columns):
                wanted = ", ".join(sorted(columns))
                raise ConfigurationError(f"{file} must have the columns {wanted}")
            for number, line in lines:
                yield number, _line(header, line)
        except Invalid as unreadable:
            raise ConfigurationError(unreadable.detail) from None


def _header(line: Line) -> list[str]:
    names = [str(cell or "").strip() for cell in line] if isinstance(line, list) else []
    while names and not names[-1]:
        names.pop()
    return names


def _line(header: Sequence[str], line: Line) -> TableLine | Invalid:
    if not isinstance(line, list):
        return Invalid(getattr(line, "detail", "读不懂这一行。"))
    if len(line) > len(header) and any(cell not in (None, "") for cell in line[len(header) :]):
        return Invalid("格数比表头多，可能有未加引号的逗号。")
    cells = dict(zip(header, [*line, *[None] * (len(header) - len(line))], strict=False))
    for column, cell in cells.items():
        if isinstance(cell, BadCell):
            return Invalid(f"{column}：{cell.detail}")
        if isinstance(cell, int | float):
            return Invalid(f"{column}：请把这一列设为文本格式，重新填写。")
    return {
        column: cell.isoformat() if isinstance(cell, date) else str(cell or "").strip()
        for column, cell in cells.items()
    }
