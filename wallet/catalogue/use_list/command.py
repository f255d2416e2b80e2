"""`liangzheng items …`: the use list from a table."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.catalogue.use_list.table import KINDS, import_items
from wallet.config import load_config
from wallet.errors import Invalid


@click.group()
def items() -> None:
    """Use items 用证事项."""


@items.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "dry", is_flag=True, help="Check the table and keep nothing.")
def import_table(file: Path, *, dry: bool) -> None:
    """Draft and submit the items of the CSV or XLSX FILE; managers review and publish them.

    A table with a fault adds nothing, and each fault is told by its line.
    """
    if file.suffix.lower() not in KINDS:
        raise click.UsageError("FILE must end in .csv or .xlsx")
    deps, now = build_deps(load_config(os.environ)), read_clock()
    try:
        done = import_items(deps, file, now, dry=dry)
    except Invalid as refused:
        raise click.ClickException(refused.detail) from None
    finally:
        deps.db.close()
    for fault in done.faults:
        click.echo(fault, err=True)
    what = "would be submitted" if dry else "submitted for review"
    click.echo(f"items: {done.added} {what}, {done.known} known already")
    if done.faults:
        sys.exit(1)
