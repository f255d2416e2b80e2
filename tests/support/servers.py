"""Several processes that each hold an app: servers of their own, on the same settings.

A request goes the whole way from the guard to the commit; only the socket is left out.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier, Event
from typing import Any, Final, TypeVar

from flask import Flask
from flask.testing import FlaskClient

from tests.support.people import Visitor
from wallet.app import create_app
from wallet.config import Config
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE

T = TypeVar("T")
PROCESSES: Final = 4
MEET_SECONDS: Final = 60
"""A process that waits longer than this for the others has lost one."""


@dataclass(frozen=True)
class DeskSession:
    """The cookies of a desk that has signed in, and the number by which a test knows it."""

    session: str
    csrf: str
    number: int = 0


@dataclass(frozen=True)
class Answer:
    """Status and JSON of an answer, which desk got it, and from when to when it waited for it.

    The times are those of `time.monotonic`, the same in every process.
    """

    desk: int
    status: int
    members: dict[str, Any]
    began: float
    ended: float

    @property
    def outcome(self) -> tuple[str, str]:
        """Verdict and reason; of what is no verdict status and slug."""
        if self.status != 200:
            return str(self.status), str(self.members["slug"])
        return str(self.members["verdict"]), str(self.members["reason"])


@dataclass(frozen=True)
class Here:
    """What each of the processes holds: its app, and what it shares with the others."""

    app: Flask
    together: Barrier
    halfway: Event


@dataclass(frozen=True)
class Servers:
    """The processes, as seen by the test that started them."""

    pool: ProcessPoolExecutor
    halfway: Event

    def run(
        self,
        tasks: Sequence[Callable[[], T]],
        at_half: Callable[[], None] | None = None,
    ) -> list[T]:
        """Call each of these in a process of its own; gives the results.

        `at_half` is called while they go on, as soon as one has set `halfway`. Every task must
        wait for the others before it ends, or two could come to one process.
        """
        self.halfway.clear()
        running = [self.pool.submit(task) for task in tasks]
        if at_half is not None:
            _wait(self.halfway, running)
            at_half()
        return [one.result() for one in running]


def fresh_processes() -> ForkServerContext:
    """The way to start processes: each knows the modules of the app, and nothing of the test."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


@contextmanager
def servers(config: Config, count: int = PROCESSES) -> Iterator[Servers]:
    """So many processes with an app each."""
    context = fresh_processes()
    together, halfway = context.Barrier(count), context.Event()
    with ProcessPoolExecutor(count, context, _begin, (config, together, halfway)) as pool:
        yield Servers(pool, halfway)


def here() -> Here:
    """What this process holds; for what runs in one."""
    return _here[0]


def session_of(desk: Visitor, number: int = 0) -> DeskSession:
    """The session of a desk that has signed in, for another process to use."""
    cookies = [desk.http.get_cookie(name) for name in (SESSION_COOKIE, CSRF_COOKIE)]
    session, csrf = (cookie.value for cookie in cookies if cookie)
    return DeskSession(session, csrf, number)


def browser(app: Flask, desk: DeskSession) -> FlaskClient:
    """That desk's browser, which talks to this app."""
    http = app.test_client()
    http.set_cookie(SESSION_COOKIE, desk.session)
    http.set_cookie(CSRF_COOKIE, desk.csrf)
    return http


def send(http: FlaskClient, desk: DeskSession, text: str, item: str) -> Answer:
    """Send a code to verification."""
    began = time.monotonic()
    answer = http.post(
        "/api/v1/verifications",
        json={"code": text, "item": item},
        headers={CSRF_HEADER: desk.csrf},
    )
    return Answer(desk.number, answer.status_code, answer.get_json(), began, time.monotonic())


_here: list[Here] = []


def _begin(config: Config, together: Barrier, halfway: Event) -> None:
    _here.append(Here(create_app(config), together, halfway))


def _wait(halfway: Event, running: Sequence[Future[Any]]) -> None:
    """Until it is set; raises what ended one of the processes before."""
    while not halfway.wait(1):
        for one in running:
            if one.done():
                one.result()
