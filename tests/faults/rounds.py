"""Rounds of races, and what happens to Redis in the middle of some of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from tests.faults.sizes import BLOCK, STRIKES
from tests.support.race import race_in_pairs
from tests.support.servers import servers
from tests.support.shared import deps_of
from tests.support.two_desks import fresh_races, last_event, open_hall, settle
from wallet.app import create_app
from wallet.config import Config


class Redis:
    """What becomes of Redis: nothing. `heal` undoes a `strike`, and is called before the next."""

    def strike(self) -> None:
        """Called while races are being run; returns at once."""

    def heal(self) -> None:
        """Called between races."""


@dataclass(frozen=True)
class Outcome:
    """What came of all rounds: counts by name, what is not as it must be, seconds of racing."""

    counts: Counter[str]
    wrong: list[str]
    seconds: float


def run_rounds(config: Config, redis: Redis, rounds: int) -> Outcome:
    """Run so many races in blocks of fresh codes; strikes are spread evenly over the blocks."""
    blocks = [min(BLOCK, rounds - done) for done in range(0, rounds, BLOCK)]
    between = max(1, len(blocks) // STRIKES)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    seconds = 0.0
    with _app(config) as app, servers(config) as started:
        hall = open_hall(app)
        for number, size in enumerate(blocks):
            struck = number % between == 0
            if struck:
                redis.heal()
            races = fresh_races(hall, size)
            events = last_event(hall.deps)
            began = time.monotonic()
            at_half = redis.strike if struck else Redis().strike
            answers = race_in_pairs(started, hall.desks, races, at_half)
            seconds += time.monotonic() - began
            came, not_fair = settle(hall.deps, races, answers, events)
            counts.update(came)
            wrong += not_fair
    return Outcome(counts, wrong, seconds)


@contextmanager
def _app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    try:
        yield app
    finally:
        deps_of(app).db.close()
