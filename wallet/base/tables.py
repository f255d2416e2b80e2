"""CSV tables that an operator hands to a command: all of their lines are taken, or none."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from wallet.base.database import Database
from wallet.errors import ConfigurationError, Conflict, Invalid, NotFound

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
    trial: bool = False,
) -> Imported:
    """Add the lines of a UTF-8 file with just these columns, all of them or, with faults, none.

    `add` says whether a line was new, and raises Conflict, Invalid or NotFound for one that cannot be
    taken. A `trial` keeps nothing. Raises ConfigurationError for no such table.
    """
    added, known, faults = 0, 0, list[str]()
    try:
        with db.begin() as tx:
            for number, line in _lines(file, columns):
                try:
                    new = add(tx, line)
                except (Conflict, Invalid, NotFound) as refused:
                    faults.append(f"line {number}: {refused.detail}")
                else:
                    added, known = added + new, known + (not new)
            if faults or trial:
                raise _Rolled
    except _Rolled:
        added = 0 if faults else added
    return Imported(added, known, faults)


def _lines(file: Path, columns: Collection[str]) -> Iterator[tuple[int, TableLine]]:
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is not UTF-8") from None
    reader = csv.DictReader(text.splitlines(), strict=True)
    if set(reader.fieldnames or ()) != set(columns):
        raise ConfigurationError(f"{file} must have the columns {', '.join(sorted(columns))}")
    try:
        for row in reader:
            if None in row or None in row.values():
                raise ConfigurationError(
                    f"line {reader.line_num} has not as many cells as the head"
                )
            yield reader.line_num, {name: cell.strip() for name, cell in row.items()}
    except csv.Error:
        raise ConfigurationError(f"line {reader.line_num} is no CSV") from None
