"""Processes that judge codes until they are killed (SIGKILL)."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from sqlalchemy import event
from sqlalchemy import text as sql

from tests.support.redis import wait_until
from tests.support.servers import Answer, DeskSession, browser, fresh_processes, send
from tests.support.shared import deps_of
from wallet.app import create_app
from wallet.base.database import Database
from wallet.config import Config

_PAUSE_MAX = 0.01
_CONNECTED = sql(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def judge_until_killed(
    config: Config, desk: DeskSession, texts: Sequence[str], item: str, seed: int
) -> list[Answer]:
    """Have a process judge the codes in turn, and kill it at some moment.

    Gives the answers that got out before.
    """
    chance = random.Random(seed)
    db = Database(config.database_url)
    others = _connected(db)
    process, told = _start(partial(_judge, config, desk, texts, item, None))
    with told:
        answers = [told.recv() for _ in range(chance.randrange(1, len(texts) // 2))]
        told.poll(chance.uniform(0, _PAUSE_MAX))
        process.kill()
        answers += _rest(process, told)
    # A commit that was sent is carried out, whether or not the sender lives to hear of it.
    wait_until(lambda: _connected(db) <= others, "the killed process has left the database")
    db.close()
    return answers


def judge_until_step(
    config: Config, desk: DeskSession, text: str, item: str, step: int
) -> Answer | None:
    """Have a process judge a code that is killed at that step of its work with the database.

    A step is the moment before a statement or a commit, or that after a transaction. Gives the
    answer when there are fewer steps.
    """
    process, told = _start(partial(_judge, config, desk, [text], item, step))
    with told:
        return next(iter(_rest(process, told)), None)


def _connected(db: Database) -> frozenset[int]:
    """Who else is connected to a PostgreSQL database, by process id; SQLite knows no such."""
    if db.engine.dialect.name != "postgresql":
        return frozenset()
    with db.read() as tx:
        return frozenset(tx.execute(_CONNECTED).scalars())


def _start(work: Callable[[Connection], None]) -> tuple[BaseProcess, Connection]:
    context = fresh_processes()
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(tell,))
    process.start()
    tell.close()  # so that the other end alone is left, which ends with its process
    return process, told


def _rest(process: BaseProcess, told: Connection) -> list[Answer]:
    """What is still to be read from a process that ends."""
    answers = []
    try:
        while True:
            answers.append(told.recv())
    except EOFError:
        process.join()
        return answers


def _judge(
    config: Config,
    desk: DeskSession,
    texts: Sequence[str],
    item: str,
    step: int | None,
    tell: Connection,
) -> None:
    app = create_app(config)
    http = browser(app, desk)
    if step is not None:
        _kill_at(deps_of(app).db, step)
    for text in texts:
        tell.send(send(http, desk, text, item))


def _kill_at(db: Database, step: int) -> None:
    steps = count()

    def take(*_: object) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for engine in {db.engine, db.single}:
        event.listen(engine, "before_cursor_execute", take)
        event.listen(engine, "commit", take)
        event.listen(engine.pool, "checkin", take)
