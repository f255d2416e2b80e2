"""`liangzheng units …`: the tree of units and their staff, from tables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.config import load_config
from wallet.organisations.units.table import import_staff, import_units

_TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def units() -> None:
    """Units and the people who work there."""


@units.command("import")
@click.argument("file", required=False, type=_TABLE)
@click.option("--staff", "people", type=_TABLE, help="A table of staff; after the units.")
def import_tables(file: Path | None, people: Path | None) -> None:
    """Add the units of FILE (.csv, .xlsx), those above before those below, and staff; what is known stays.

    A table with a fault adds nothing, and each fault is told by its line.
    """
    if file is None and people is None:
        raise click.UsageError("give a FILE of units, or --staff")
    deps, now, bad = build_deps(load_config(os.environ)), read_clock(), False
    try:
        for what, table, add in (("units", file, import_units), ("staff", people, import_staff)):
            if table is None or bad:
                continue
            done = add(deps, table, now)
            for fault in done.faults:
                click.echo(fault, err=True)
            bad = bool(done.faults)
            click.echo(f"{what}: {done.added} added, {done.known} known already")
    finally:
        deps.db.close()
    if bad:
        sys.exit(1)
