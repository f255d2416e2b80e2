"""Uses of codes at the same moment, from several processes; each is a server of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier, Event
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient

from tests.support.people import Visitor
from wallet.app import create_app
from wallet.config import Config
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE

START_SECONDS: Final = 60
THREADS: Final = 2
PROCESSES: Final = 4
PAIRINGS: Final = (((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2)))
"""Who meets whom, in turns: in each step four processes run two races."""


@dataclass(frozen=True)
class DeskSession:
    """The cookies of a desk that has signed in."""

    session: str
    csrf: str


@dataclass(frozen=True)
class Answer:
    """Status and JSON of an answer, which desk got it, and from when to when it was waited for."""

    desk: int
    status: int
    members: dict[str, Any]
    began: float
    ended: float


@dataclass(frozen=True)
class Race:
    """One showing at two desks: the texts that they send, which may differ, and their item."""

    jti: str
    texts: tuple[str, str]
    item: str


@dataclass(frozen=True)
class Servers:
    """Processes that hold an app each; `pool` runs one task in every one of them."""

    pool: ProcessPoolExecutor
    count: int
    halfway: Event


@dataclass
class _Process:
    """What a process of the pool keeps between its tasks."""

    app: Flask
    together: Barrier
    halfway: Event


_here: list[_Process] = []


@contextmanager
def servers(config: Config, count: int = PROCESSES) -> Iterator[Servers]:
    """So many processes, each a server of its own on the same settings."""
    context = multiprocessing.get_context("spawn")
    halfway = context.Event()
    with ProcessPoolExecutor(
        count, context, _begin, (config, context.Barrier(count), halfway)
    ) as pool:
        yield Servers(pool, count, halfway)


def session_of(desk: Visitor) -> DeskSession:
    """The session of a desk that has signed in, for another process to use."""
    cookies = [desk.http.get_cookie(name) for name in (SESSION_COOKIE, CSRF_COOKIE)]
    session, csrf = (cookie.value for cookie in cookies if cookie)
    return DeskSession(session, csrf)


def race(
    config: Config,
    desks: Sequence[DeskSession],
    bodies: Sequence[dict[str, Any]],
    processes: int,
    uses: int,
) -> list[Answer]:
    """Send the bodies to verification at once: every process begins together with `uses` of them.

    They take desks and bodies in turn. A process answers `THREADS` at a time, as a worker of the
    server does.
    """
    with servers(config, processes) as started:
        rounds = [started.pool.submit(_use, desks, bodies, uses) for _ in range(processes)]
        return [answer for answers in rounds for answer in answers.result()]


def race_in_pairs(
    started: Servers,
    desks: Sequence[DeskSession],
    races: Sequence[Race],
    at_half: Callable[[], None],
) -> list[tuple[Answer, Answer]]:
    """Run each race at two desks, in two processes that begin at the same moment.

    All four processes wait for each other before every step, and each has a desk of its own.
    `at_half` is called once half of the steps are done, while the others go on.
    """
    plans: list[list[tuple[int, str, str]]] = [[] for _ in range(PROCESSES)]
    for number, one in enumerate(races):
        pair = PAIRINGS[number // 2 % len(PAIRINGS)][number % 2]
        for process, text in zip(pair, one.texts, strict=True):
            plans[process].append((number, text, one.item))
    started.halfway.clear()
    running = [
        started.pool.submit(_meet, desk, desks[desk], plan) for desk, plan in enumerate(plans)
    ]
    _wait(started.halfway, running)
    at_half()
    answers: list[list[Answer]] = [[] for _ in races]
    for met in running:
        for number, answer in met.result():
            answers[number].append(answer)
    return [(first, second) for first, second in answers]


def _begin(config: Config, together: Barrier, halfway: Event) -> None:
    _here.append(_Process(create_app(config), together, halfway))


def _use(desks: Sequence[DeskSession], bodies: Sequence[dict[str, Any]], uses: int) -> list[Answer]:
    def use(number: int) -> Answer:
        desk = number % len(desks)
        http = _browser(desks[desk])
        return _post(http, desk, desks[desk], bodies[number // len(desks) % len(bodies)])

    with ThreadPoolExecutor(THREADS) as pool:
        _here[0].together.wait(START_SECONDS)
        return list(pool.map(use, range(uses)))


def _meet(
    desk: int, session: DeskSession, plan: Sequence[tuple[int, str, str]]
) -> list[tuple[int, Answer]]:
    process, http = _here[0], _browser(session)
    answers = []
    for step, (number, text, item) in enumerate(plan):
        if step == len(plan) // 2:
            process.halfway.set()
        process.together.wait(START_SECONDS)
        answers.append((number, _post(http, desk, session, {"code": text, "item": item})))
    return answers


def _browser(session: DeskSession) -> FlaskClient:
    http = _here[0].app.test_client()
    http.set_cookie(SESSION_COOKIE, session.session)
    http.set_cookie(CSRF_COOKIE, session.csrf)
    return http


def _post(http: FlaskClient, desk: int, session: DeskSession, body: dict[str, Any]) -> Answer:
    began = time.monotonic()
    answer = http.post("/api/v1/verifications", json=body, headers={CSRF_HEADER: session.csrf})
    return Answer(desk, answer.status_code, answer.get_json(), began, time.monotonic())


def _wait(halfway: Event, running: Sequence[Future[Any]]) -> None:
    """Until the processes have set it; raises what ended one of them before."""
    while not halfway.wait(1):
        for process in running:
            if process.done():
                process.result()
