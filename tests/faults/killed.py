"""Processes that judge codes until they are killed (SIGKILL)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection
from typing import Final

from tests.faults.processes import kill_at, until_ended, until_killed
from tests.support.servers import Answer, DeskSession, browser, send
from tests.support.shared import deps_of
from wallet.app import create_app
from wallet.config import Config

_PAUSE_MAX: Final = 0.01


def judge_until_killed(
    config: Config, desk: DeskSession, texts: Sequence[str], item: str, seed: int
) -> list[Answer]:
    """Have a process judge the codes in turn, and kill it at some moment.

    Gives the answers that got out before.
    """
    work = partial(_judge, config, desk, texts, item, None)
    return until_killed(config, work, random.Random(seed), len(texts) // 2 - 1, _PAUSE_MAX)


def judge_until_step(
    config: Config, desk: DeskSession, text: str, item: str, step: int
) -> Answer | None:
    """Have a process judge a code that is killed at that step of its work with the database.

    Gives the answer when there are fewer steps.
    """
    work = partial(_judge, config, desk, [text], item, step)
    return next(iter(until_ended(config, work)), None)


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
        kill_at(deps_of(app).db, step)
    for text in texts:
        tell.send(send(http, desk, text, item))
