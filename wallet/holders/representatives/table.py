"""Guardians and first administrators from a table: what a registry or a court says."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from wallet.base.deps import Deps
from wallet.base.tables import Imported, TableLine, import_table
from wallet.errors import Invalid
from wallet.holders.codes import CODE_TYPE_NAMES
from wallet.holders.representatives.enter import (
    Named,
    NewRepresentative,
    end_representative,
    enter_representative,
)
from wallet.holders.representatives.replace import Kept, end_others

COLUMNS: Final = (
    "person_code_type", "person_code", "person_name",
    "holder_code_type", "holder_code", "holder_name", "basis", "reference", "until",
)  # fmt: skip
"""Of both tables. Code types are codes or names (`holders.codes`), `until` is YYYY-MM-DD or empty."""


def import_representatives(
    deps: Deps, file: Path, now: datetime, *, replace: bool, trial: bool
) -> Imported:
    """Enter the lines of a CSV or XLSX file, all or none; raises ConfigurationError for no such table.

    With `replace` whoever acts for a holder of the table and is not in it does so no more.
    """
    kept: Kept | None = {} if replace else None

    def add(tx: Connection, line: TableLine) -> bool:
        return enter_representative(tx, deps, _new(line), now, kept=kept)

    def finish(tx: Connection) -> None:
        end_others(tx, deps, kept or {}, now)

    return import_table(deps.db, file, COLUMNS, add, finish=finish, trial=trial)


def end_representatives(deps: Deps, file: Path, now: datetime, *, trial: bool) -> Imported:
    """End those of a CSV or XLSX file, all or none."""

    def end(tx: Connection, line: TableLine) -> bool:
        end_representative(tx, deps, _named(line, "person"), _named(line, "holder"), now)
        return True

    return import_table(deps.db, file, COLUMNS, end, trial=trial)


def _new(line: TableLine) -> NewRepresentative:
    return NewRepresentative(
        person=_named(line, "person"),
        holder=_named(line, "holder"),
        basis=line["basis"],
        reference=line["reference"],
        until=_day(line["until"]),
    )


def _named(line: TableLine, who: str) -> Named:
    kind = line[f"{who}_code_type"]
    return Named(CODE_TYPE_NAMES.get(kind, kind), line[f"{who}_code"], line[f"{who}_name"])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("until：日期应为 YYYY-MM-DD。", "representative") from None
