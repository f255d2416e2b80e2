"""Four desks that work on, each in a process of its own, while something changes around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tests.support.servers import (
    MEET_SECONDS,
    PROCESSES,
    Answer,
    DeskSession,
    Servers,
    browser,
    here,
    send,
)


def judge_all(
    started: Servers,
    desks: Sequence[DeskSession],
    texts: Sequence[str],
    item: str,
    place: int,
    strike: Callable[[], None],
) -> list[Answer]:
    """Each desk judges its share of the codes, one after the other.

    `strike` is called when the first of them comes to the code at that place of its share, while
    all go on.
    """
    shares = [texts[number::PROCESSES] for number in range(PROCESSES)]
    tasks = [partial(_judge, *both, item, place) for both in zip(desks, shares, strict=True)]
    return [answer for answers in started.run(tasks, strike) for answer in answers]


def judge_until_unknown_key(
    started: Servers,
    desks: Sequence[DeskSession],
    text: str,
    item: str,
    at_half: Callable[[], None],
) -> list[float]:
    """Every desk judges one code again and again until its process knows the key no longer.

    `at_half` is called when all have known it. Gives for each desk when it began the last
    judgement for which the key was known.
    """
    return started.run([partial(_repeat, desk, text, item) for desk in desks], at_half)


def _judge(desk: DeskSession, texts: Sequence[str], item: str, place: int) -> list[Answer]:
    http, answers = browser(here().app, desk), []
    here().together.wait(MEET_SECONDS)
    for number, text in enumerate(texts):
        if number == place:
            here().halfway.set()
        answers.append(send(http, desk, text, item))
    return answers


def _repeat(desk: DeskSession, text: str, item: str) -> float:
    http = browser(here().app, desk)
    answer = send(http, desk, text, item)
    here().together.wait(MEET_SECONDS)
    here().halfway.set()
    last = 0.0
    while answer.outcome != ("refused", "unknown_key"):
        last = answer.began
        answer = send(http, desk, text, item)
    return last
