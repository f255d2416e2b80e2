"""`liangzheng queue …`: what waits for whom, and what to do about dead letters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy import ColumnElement, Connection, select, true

from wallet.base.clock import read_clock, rfc3339
from wallet.base.deps import Deps, build_deps
from wallet.base.dispatches import Dispatch, backlogs, dead_letters, drop, replay
from wallet.base.outbox import OutboxMessage
from wallet.config import load_config

_ids = click.argument("ids", type=int, nargs=-1, metavar="[ID]...")
_all = click.option("--all", "every", is_flag=True, help="All dead letters.")
_to = click.option("--to", "destination", help="Of this destination alone.")


@click.group()
def queue() -> None:
    """Messages to delivery channels and the regional platform."""


@queue.command("list")
@_to
def list_queue(destination: str | None) -> None:
    """Show how many messages wait for each destination, since when, and every dead letter."""
    with _opened() as deps, deps.db.read() as tx:
        standing = backlogs(tx)
        dead = tx.execute(
            select(Dispatch, OutboxMessage.topic)
            .join(OutboxMessage, OutboxMessage.id == Dispatch.message_id)
            .where(dead_letters(destination))
            .order_by(Dispatch.id)
        ).all()
    for one in standing:
        if destination in (None, one.destination):
            since = f" since {rfc3339(one.oldest)}" if one.oldest else ""
            click.echo(f"{one.destination}  {one.waiting} waiting{since}, {one.dead} dead")
    for row in dead:
        click.echo(
            f"{row.id}  {row.destination}  {row.topic}  dead since {rfc3339(row.ended_at)} "
            f"after {row.attempts} attempts: {row.last_error}"
        )
    if not standing:
        click.echo("Nothing waits.")


@queue.command("replay")
@_ids
@_all
@_to
def replay_command(ids: Sequence[int], destination: str | None, *, every: bool) -> None:
    """Send dead letters again: those with these IDs, or all."""
    _end_deaths(replay, "replayed", ids, destination, every=every)


@queue.command("drop")
@_ids
@_all
@_to
def drop_command(ids: Sequence[int], destination: str | None, *, every: bool) -> None:
    """Give dead letters up for good: those with these IDs, or all."""
    _end_deaths(drop, "dropped", ids, destination, every=every)


def _end_deaths(
    how: Callable[[Connection, ColumnElement[bool], datetime], int],
    done: str,
    ids: Sequence[int],
    destination: str | None,
    *,
    every: bool,
) -> None:
    if bool(ids) is every:
        raise click.UsageError("give either the IDs of dead letters or --all")
    which = dead_letters(destination) & (true() if every else Dispatch.id.in_(ids))
    with _opened() as deps, deps.db.begin() as tx:
        count = how(tx, which, read_clock())
    click.echo(f"{count} {done}.")


@contextmanager
def _opened() -> Iterator[Deps]:
    deps = build_deps(load_config(os.environ))
    try:
        yield deps
    finally:
        deps.db.close()
