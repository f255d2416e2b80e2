"""`liangzheng archive`: a unit's licences for the records office."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.base.logs import configure_logging
from wallet.config import load_config
from wallet.errors import ConfigurationError, Unavailable
from wallet.licences.archive.write import ArchiveScope, write_archive

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("archive")
@click.argument("unit")
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to write; it must not exist.",
)
@click.option("--type", "types", multiple=True, help="A licence type; all when not given.")
@click.option("--from", "begins_on", type=_DAY, help="Issued from this day on.")
@click.option("--to", "ends_on", type=_DAY, help="Issued until this day.")
@click.option(
    "--pdf/--no-pdf", default=True, help="Make the sealed documents, which takes longest."
)
def archive_command(
    unit: str,
    folder: Path,
    types: Sequence[str],
    begins_on: datetime | None,
    ends_on: datetime | None,
    *,
    pdf: bool,
) -> None:
    """Write the licences of UNIT (its credit code) into a FOLDER: files, index, digests, signature.

    It holds personal data in clear. Check it with: sha256sum -c SHA256SUMS
    """
    config = load_config(os.environ)
    configure_logging("warning")
    scope = ArchiveScope(
        unit,
        types,
        begins_on.date() if begins_on else None,
        ends_on.date() if ends_on else None,
        documents=pdf,
    )
    deps = build_deps(config)
    try:
        with click.progressbar(length=0, label="Archiving") as bar:

            def begin(total: int) -> None:
                bar.length = total

            made = write_archive(deps, scope, folder, read_clock(), begin, lambda: bar.update(1))
    except Unavailable as error:
        raise ConfigurationError(error.detail) from None
    except FileNotFoundError:
        raise ConfigurationError(f"there is no folder {folder.parent}") from None
    finally:
        deps.db.close()
    click.echo(f"{made.licences:,} licences, {made.documents:,} documents: {folder}")
