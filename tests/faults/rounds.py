"""Rounds of races, and what happens to Redis in the middle of some of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from flask import Flask

from tests.faults.redis_states import RedisState
from tests.faults.sizes import BLOCK, STRIKES
from tests.support.race import race_in_pairs
from tests.support.servers import Servers, servers
from tests.support.shared import deps_of
from tests.support.two_desks import Hall, fresh_races, last_event, open_hall, settle
from wallet.app import create_app
from wallet.config import Config


@dataclass
class Outcome:
    """What came of all rounds: counts by name, and what is not as it must be.

    `asked` is how often Redis was asked before something happened to it, `seconds` the time of the
    racing alone, `slowest` the longest that a desk waited.
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


def run_rounds(config: Config, redis: RedisState, rounds: int) -> Outcome:
    """Run so many races in blocks of fresh codes; strikes are spread evenly over the blocks."""
    config = replace(config, redis_url=redis.url)
    blocks = [min(BLOCK, rounds - done) for done in range(0, rounds, BLOCK)]
    between = max(1, len(blocks) // STRIKES)
    outcome = Outcome()
    with _app(config) as app, servers(config) as started:
        hall = open_hall(app)
        for number, size in enumerate(blocks):
            _run_block(hall, started, redis if number % between == 0 else None, size, outcome)
    # In one block it may go unasked: after a failure processes leave it alone for two seconds.
    if redis.url and not outcome.asked:
        outcome.wrong.append("nobody asked Redis")
    return outcome


def _run_block(
    hall: Hall, started: Servers, redis: RedisState | None, size: int, outcome: Outcome
) -> None:
    """Run some races; with a `redis`, strike it in their middle."""
    if redis and redis.heal:
        redis.heal()
    races, events = fresh_races(hall, size), last_event(hall.deps)
    asked = redis.asked() if redis else 0

    def at_half() -> None:
        if redis:
            outcome.asked += redis.asked() - asked
        if redis and redis.strike:
            redis.strike()
            outcome.counts["strikes"] += 1

    began = time.monotonic()
    answers = race_in_pairs(started, hall.desks, races, at_half)
    outcome.seconds += time.monotonic() - began
    waits = (answer.ended - answer.began for pair in answers for answer in pair)
    outcome.slowest = max(outcome.slowest, *waits)
    counts, wrong = settle(hall.deps, races, answers, events)
    outcome.counts.update(counts)
    outcome.wrong += wrong


@contextmanager
def _app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    try:
        yield app
    finally:
        deps_of(app).db.close()
