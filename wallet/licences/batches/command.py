"""`liangzheng import FILE`: the stock of an issuing unit, sealed on all cores."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import select

from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps, build_deps
from wallet.base.logs import configure_logging
from wallet.base.table_files import FORMATS
from wallet.config import Config, load_config
from wallet.errors import ConfigurationError, DomainError
from wallet.licences.batches.accept import accept_batch
from wallet.licences.batches.claim import Overtaken, claim
from wallet.licences.batches.faults_file import faults_file
from wallet.licences.batches.work import Taken, work_off
from wallet.licences.issue import issue_all
from wallet.licences.model import AWAITS_SEALING, Licence, LicenceBatch
from wallet.organisations.model import Client
from wallet.web.principal import Principal

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_BLOCK: Final = 1 << 20
_AHEAD: Final = 2
"""Chunks that wait for each process that seals."""


@click.command("import")
@click.argument("file", type=_FILE)
@click.option("--client", "client_id", required=True, help="The issuing client: its client_id.")
@click.option("--type", "type_code", help="The licence type; JSON lines may name their own.")
@click.option("--cores", type=click.IntRange(min=1), help="How many to use; all when not given.")
@click.option(
    "--errors",
    "errors_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the refused lines are written to; FILE.errors.csv when not given.",
)
def import_licences(
    file: Path, client_id: str, type_code: str | None, cores: int | None, errors_file: Path | None
) -> None:
    """Take in the licences of FILE (.csv, .xlsx, .ndjson), as the API takes in a batch.

    Run it again with the same FILE when it was interrupted: it goes on where it stopped. Exit 0: all
    lines are stored; 1: some were refused, or the file could not be read to its end.
    """
    kind = FORMATS.get(file.suffix.lower())
    if kind is None:
        raise click.UsageError("FILE must end in .csv, .xlsx or .ndjson")
    config = load_config(os.environ)
    configure_logging("warning")
    deps = build_deps(config)
    try:
        client = _client(deps, client_id)
        batch = _accepted(deps, client, kind, type_code, file)
        _import(deps, batch, cores or len(os.sched_getaffinity(0)))
        _finish_left(deps, client)
        sys.exit(_summary(deps, batch, errors_file or file.with_name(f"{file.name}.errors.csv")))
    finally:
        deps.db.close()


def _client(deps: Deps, client_id: str) -> Principal:
    row = deps.db.row(select(Client).where(Client.client_id == client_id))
    if row is None or "issuing" not in row.roles or row.disabled_at is not None:
        raise ConfigurationError(f"{client_id} is no issuing client")
    return Principal("client", row.id, 0, row.name, unit_id=row.unit_id)


def _accepted(deps: Deps, client: Principal, kind: str, type_code: str | None, file: Path) -> int:
    """The id of the file's batch, which may have been begun before."""
    try:
        with file.open("rb") as opened:
            parts = iter(lambda: opened.read(_BLOCK), b"")
            accepted = accept_batch(deps, client, kind, type_code, parts, read_clock(), stock=True)
    except DomainError as error:
        raise ConfigurationError(error.detail) from None
    row = deps.db.row(select(LicenceBatch.id).where(LicenceBatch.public_id == accepted.id))
    assert row is not None
    batch_id: int = row.id
    return batch_id


def _import(deps: Deps, batch_id: int, cores: int) -> None:
    claimed = claim(deps, batch_id, read_clock())
    if claimed is None:
        return  # it came to its end before
    before = _row(deps, batch_id)
    with _sealer(deps, cores) as seal, click.progressbar(length=0, label="Importing") as bar:
        bar.update(before.stored + before.failed)

        def note(taken: Taken) -> None:
            bar.length = max(taken.total or 0, bar.pos + taken.lines)
            bar.update(taken.lines)
            seal(taken)

        try:
            work_off(deps, claimed, read_clock, seal=note)
        except Overtaken:
            raise ConfigurationError("another process has taken this file over") from None


@contextmanager
def _sealer(deps: Deps, cores: int) -> Iterator[Callable[[Taken], None]]:
    """What issues the licences of a chunk: other processes, while this one reads and stores."""
    if cores == 1:
        yield lambda taken: _seal_here(deps, taken.licences, taken.at)
        return
    waiting: deque[Future[None]] = deque()
    with ProcessPoolExecutor(cores - 1, multiprocessing.get_context("spawn")) as processes:

        def seal(taken: Taken) -> None:
            if taken.licences:
                waiting.append(processes.submit(_seal, deps.config, taken.licences, taken.at))
            while len(waiting) > _AHEAD * (cores - 1):
                waiting.popleft().result()

        yield seal
        while waiting:
            waiting.popleft().result()


def _seal(config: Config, licences: Sequence[int], now: datetime) -> None:
    _seal_here(_deps_of_process(config), licences, now)


def _seal_here(deps: Deps, licences: Sequence[int], now: datetime) -> None:
    if licences:
        issue_all(deps, licences, now)


@cache
def _deps_of_process(config: Config) -> Deps:
    return build_deps(config)


def _finish_left(deps: Deps, client: Principal) -> None:
    """Issue what an import that was killed had recorded."""
    while pending := deps.db.rows(
        select(Licence.id)
        .where(AWAITS_SEALING, Licence.client_id == client.id)
        .order_by(Licence.id)
        .limit(numbers.BATCH_CHUNK)
    ):
        issue_all(deps, [row.id for row in pending], read_clock())


def _summary(deps: Deps, batch_id: int, errors_file: Path) -> int:
    """Say what became of the file, write the refused lines; the exit status."""
    row = _row(deps, batch_id)
    click.echo(f"Stored {row.stored:,}, refused {row.failed:,}.")
    if row.failed:
        with errors_file.open("wb") as opened:
            opened.writelines(faults_file(deps, batch_id))
        click.echo(f"The refused lines and why: {errors_file}")
    if row.state == "failed":
        click.echo(f"The file could not be read on: {row.error_detail}", err=True)
    return 0 if row.state == "done" and not row.failed else 1


def _row(deps: Deps, batch_id: int) -> Any:
    return deps.db.row(select(LicenceBatch).where(LicenceBatch.id == batch_id))
