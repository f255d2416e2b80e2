"""Uses of codes at the same moment, from several processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.support.servers import (
    MEET_SECONDS,
    PROCESSES,
    Answer,
    DeskSession,
    Servers,
    browser,
    here,
    send,
    servers,
)
from wallet.config import Config

THREADS: Final = 2
PAIRINGS: Final = (((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2)))
"""Who meets whom, in turns: in each step four processes run two races."""


@dataclass(frozen=True)
class Race:
    """One showing at two desks: the texts that they send, which may differ, and their item."""

    jti: str
    texts: tuple[str, str]
    item: str


def race(
    config: Config,
    desks: Sequence[DeskSession],
    codes: Sequence[tuple[str, str]],
    processes: int,
    uses: int,
) -> list[Answer]:
    """Send codes, each with its item, at once: every process begins together with `uses` of them.

    They take desks and codes in turn. A process answers `THREADS` at a time.
    """
    with servers(config, processes) as started:
        rounds = started.run([partial(_use, desks, codes, uses)] * processes)
        return [answer for answers in rounds for answer in answers]


def race_in_pairs(
    started: Servers,
    desks: Sequence[DeskSession],
    races: Sequence[Race],
    at_half: Callable[[], None],
) -> list[tuple[Answer, Answer]]:
    """Run each race at two desks, in two processes that begin at the same moment.

    All four processes wait for each other before every step, and each has a desk of its own.
    `at_half` is called once half of the steps are done, while the others go on. The number of
    races is even.
    """
    plans: list[list[tuple[int, str, str]]] = [[] for _ in range(PROCESSES)]
    for number, one in enumerate(races):
        pair = PAIRINGS[number // 2 % len(PAIRINGS)][number % 2]
        for process, text in zip(pair, one.texts, strict=True):
            plans[process].append((number, text, one.item))
    answers: list[list[Answer]] = [[] for _ in races]
    tasks = [partial(_meet, desk, plan) for desk, plan in zip(desks, plans, strict=True)]
    for met in started.run(tasks, at_half):
        for number, answer in met:
            answers[number].append(answer)
    return [(first, second) for first, second in answers]


def _use(desks: Sequence[DeskSession], codes: Sequence[tuple[str, str]], uses: int) -> list[Answer]:
    def use(number: int) -> Answer:
        desk = desks[number % len(desks)]
        text, item = codes[number // len(desks) % len(codes)]
        return send(browser(here().app, desk), desk, text, item)

    with ThreadPoolExecutor(THREADS) as pool:
        here().together.wait(MEET_SECONDS)
        return list(pool.map(use, range(uses)))


def _meet(desk: DeskSession, plan: Sequence[tuple[int, str, str]]) -> list[tuple[int, Answer]]:
    http, answers = browser(here().app, desk), []
    for step, (number, text, item) in enumerate(plan):
        if step == len(plan) // 2:
            here().halfway.set()
        here().together.wait(MEET_SECONDS)
        answers.append((number, send(http, desk, text, item)))
    return answers
