"""A process that tells what it does until it ends or is killed (SIGKILL)."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from sqlalchemy import event, text

from tests.support.redis import wait_until
from tests.support.servers import fresh_processes
from wallet.base.database import Database
from wallet.config import Config

_CONNECTED: Final = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def until_killed(
    config: Config,
    work: Callable[[Connection], None],
    chance: random.Random,
    most: int,
    pause: float,
) -> list[Any]:
    """Let it tell up to `most` things, then kill it within so many seconds; gives what it told."""
    with _gone_at_the_end(config):
        process, told = _start(work)
        with told:
            sent = [told.recv() for _ in range(chance.randrange(most) + 1)]
            told.poll(chance.uniform(0, pause))
            process.kill()
            return sent + _rest(process, told)


def until_ended(config: Config, work: Callable[[Connection], None]) -> list[Any]:
    """Let it run to its end, or to where it kills itself; gives what it told."""
    with _gone_at_the_end(config):
        process, told = _start(work)
        with told:
            return _rest(process, told)


@contextmanager
def _gone_at_the_end(config: Config) -> Iterator[None]:
    """Wait until whoever has come to the database meanwhile has left it.

    A commit that was sent is carried out, whether or not the sender lives to hear of it.
    """
    db = Database(config.database_url)
    try:
        others = _connected(db)
        yield
        wait_until(lambda: _connected(db) <= others, "the process has left the database")
    finally:
        db.close()


def _connected(db: Database) -> frozenset[int]:
    """Who else is connected to a PostgreSQL database, by process id; SQLite knows no such."""
    if db.is_sqlite:
        return frozenset()
    with db.read() as tx:
        return frozenset(tx.execute(_CONNECTED).scalars())


def _start(work: Callable[[Connection], None]) -> tuple[BaseProcess, Connection]:
    """Start it; what it sends can be read from the connection."""
    context = fresh_processes()
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(tell,))
    process.start()
    tell.close()  # so that the other end alone is left, which ends with its process
    return process, told


def _rest(process: BaseProcess, told: Connection) -> list[Any]:
    """What is still to be read from a process that ends."""
    sent = []
    try:
        while True:
            sent.append(told.recv())
    except EOFError:
        process.join()
        return sent


def kill_at(db: Database, step: int) -> None:
    """Let this process end at that step of its work with the database.

    A step is the moment before a statement or a commit, or that after a transaction.
    """
    steps = count()

    def take(*_: object) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for engine in {db.engine, db.single}:
        event.listen(engine, "before_cursor_execute", take)
        event.listen(engine, "commit", take)
        event.listen(engine.pool, "checkin", take)
