"""A process that judges codes until it is killed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from multiprocessing.connection import Connection

from tests.support.servers import Answer, DeskSession, browser, fresh_processes, send
from wallet.app import create_app
from wallet.config import Config

_PAUSE_MAX = 0.01


def judge_until_killed(
    config: Config, desk: DeskSession, texts: Sequence[str], item: str, seed: int
) -> list[Answer]:
    """Have a process of its own judge the codes in turn, and SIGKILL it at some moment.

    Gives the answers that got out before.
    """
    chance = random.Random(seed)
    context = fresh_processes()
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_judge, args=(config, desk, texts, item, tell))
    process.start()
    tell.close()
    with told:
        answers = [told.recv() for _ in range(chance.randrange(1, len(texts) - 1))]
        told.poll(chance.uniform(0, _PAUSE_MAX))
        process.kill()
        process.join()
        while True:
            try:
                answers.append(told.recv())
            except EOFError:
                return answers


def _judge(
    config: Config, desk: DeskSession, texts: Sequence[str], item: str, tell: Connection
) -> None:
    app = create_app(config)
    http = browser(app, desk)
    for text in texts:
        tell.send(send(http, desk, text, item))
