"""A hall at work in several processes while the keys change."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from multiprocessing.queues import Queue, SimpleQueue
from multiprocessing.synchronize import Event
from typing import Any

from tests.support.people import sign_in
from tests.support.servers import fresh_processes
from tests.support.shared import deps_of
from tests.support.showing import show, verify
from wallet import numbers
from wallet.app import create_app
from wallet.base.clock import read_clock
from wallet.base.key_files import change
from wallet.base.key_pairs import configured_token
from wallet.base.key_states import rotated
from wallet.config import Config

_shared: list[Any] = []


def work_through_rotations(
    config: Config,
    processes: int,
    rotations: int,
    look: float,
    environment: Mapping[str, str] | None = None,
) -> Counter[str]:
    """Count the reasons of the verdicts that processes gave while keys were rotated.

    Each process is a server of its own: it shows a code, and judges one that any of them showed,
    again and again. It looks for other keys every `look` seconds, so that they hold different
    ones for that long. A rotation follows when all have seen the one before.
    `environment` is theirs beside what their common parent has.
    """
    context = fresh_processes()
    codes, seen, ended = context.Queue(), context.SimpleQueue(), context.Event()
    shared = (codes, seen, ended), environment or {}
    with ProcessPoolExecutor(processes, context, _keep, shared) as pool:
        hall = [pool.submit(_serve, config, look) for _ in range(processes)]
        now = read_clock()
        kids = {seen.get() for _ in hall}
        for _ in range(rotations):
            now += timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)
            rule = partial(rotated, now=now)
            change(config.keys_dir, config.secret_key, now, rule, token=configured_token(config))
            kids |= {seen.get() for _ in hall}
        assert len(kids) == rotations + 1
        ended.set()
        return sum((served.result() for served in hall), Counter())


def _keep(
    shared: tuple[Queue[str], SimpleQueue[str], Event], environment: Mapping[str, str]
) -> None:
    _shared[:] = shared
    os.environ.update(environment)


def _serve(config: Config, look: float) -> Counter[str]:
    codes, seen, ended = _shared
    # Only here: this process is the test's own.
    numbers.KEY_LOOK = look  # type: ignore[misc, assignment]
    app, reasons, kid = create_app(config), Counter[str](), ""
    deps = deps_of(app)
    holder, desk = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    with closing(deps.db):
        while not ended.is_set():
            codes.put(show(holder)["text"])
            reasons[verify(desk, codes.get())["reason"]] += 1
            if kid != (kid := deps.keys.current.kid):
                seen.put(kid)
    return reasons
