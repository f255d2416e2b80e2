"""`liangzheng representatives …`: guardians of children, and the first administrators of organisations."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.base.tables import Imported
from wallet.config import load_config
from wallet.holders.representatives.table import end_representatives, import_representatives

_TABLE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_TRIAL = click.option(
    "--dry-run", "trial", is_flag=True, help="Say what would be done, keep nothing."
)


@click.group()
def representatives() -> None:
    """Who acts for a child or an organisation, as a document proves it."""


@representatives.command("import")
@_TABLE
@click.option(
    "--replace", is_flag=True, help="Those who act for the same holder now do so no more."
)
@_TRIAL
def enter(file: Path, *, replace: bool, trial: bool) -> None:
    """Enter those in FILE (.csv, .xlsx); a table with a fault enters nobody, and each fault is told by its line."""
    deps = build_deps(load_config(os.environ))
    try:
        done = import_representatives(deps, file, read_clock(), replace=replace, trial=trial)
    finally:
        deps.db.close()
    _tell(done, "entered", trial=trial)


@representatives.command()
@_TABLE
@_TRIAL
def end(file: Path, *, trial: bool) -> None:
    """End those in FILE (.csv, .xlsx) at once; it has the columns of a table that enters."""
    deps = build_deps(load_config(os.environ))
    try:
        done = end_representatives(deps, file, read_clock(), trial=trial)
    finally:
        deps.db.close()
    _tell(done, "ended", trial=trial)


def _tell(done: Imported, what: str, *, trial: bool) -> None:
    for fault in done.faults:
        click.echo(fault, err=True)
    tried = " (dry run, nothing is kept)" if trial else ""
    click.echo(f"{done.added} {what}, {done.known} known already{tried}")
    if done.faults:
        sys.exit(1)
