"""Many uses of one code at once, from several processes; each is a server of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing.synchronize import Barrier
from typing import Any

from wallet.app import create_app
from wallet.config import Config
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE

START_SECONDS = 60
THREADS = 2
_start: list[Barrier] = []


@dataclass(frozen=True)
class DeskSession:
    """The cookies of a desk that has signed in."""

    session: str
    csrf: str


@dataclass(frozen=True)
class Answer:
    """Status and JSON of an answer, and which desk got it."""

    desk: int
    status: int
    members: dict[str, Any]


def race(
    config: Config,
    desks: Sequence[DeskSession],
    bodies: Sequence[dict[str, Any]],
    processes: int,
    uses: int,
) -> list[Answer]:
    """Send the bodies to verification at once: every process begins together with `uses` of them.

    They take desks and bodies in turn. A process answers `THREADS` at a time, as a worker of the server does.
    """
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, _keep, (barrier,)) as pool:
        rounds = pool.map(
            _serve, repeat(config, processes), repeat(desks), repeat(bodies), repeat(uses)
        )
        return [answer for answers in rounds for answer in answers]


def _keep(barrier: Barrier) -> None:
    _start.append(barrier)


def _serve(
    config: Config, desks: Sequence[DeskSession], bodies: Sequence[dict[str, Any]], uses: int
) -> list[Answer]:
    app = create_app(config)

    def use(number: int) -> Answer:
        desk = number % len(desks)
        http = app.test_client()
        http.set_cookie(SESSION_COOKIE, desks[desk].session)
        http.set_cookie(CSRF_COOKIE, desks[desk].csrf)
        body = bodies[number // len(desks) % len(bodies)]
        answer = http.post(
            "/api/v1/verifications", json=body, headers={CSRF_HEADER: desks[desk].csrf}
        )
        return Answer(desk, answer.status_code, answer.get_json())

    with ThreadPoolExecutor(THREADS) as pool:
        _start[0].wait(START_SECONDS)
        return list(pool.map(use, range(uses)))
