"""What may become of Redis while desks work: each a real server on loopback, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.support.redis import RedisServer, running_cluster, running_redis


@dataclass(frozen=True)
class RedisState:
    """`strike` is called while races are run, `heal` between races, before the next strike.

    `url` is the setting; without one there is no Redis. `asked` tells how many commands it has
    been sent, so that a test can see that the desks ask it at all.
    """

    url: str = ""
    strike: Callable[[], None] | None = None
    heal: Callable[[], None] | None = None
    asked: Callable[[], int] = lambda: 0


@contextmanager
def _absent() -> Iterator[RedisState]:
    yield RedisState()


@contextmanager
def _present() -> Iterator[RedisState]:
    with running_redis() as redis:
        yield RedisState(redis.url, asked=partial(_commands, redis))


@contextmanager
def _flushed() -> Iterator[RedisState]:
    with running_redis() as redis:
        yield RedisState(redis.url, redis.flush, asked=partial(_commands, redis))


@contextmanager
def _killed() -> Iterator[RedisState]:
    with running_redis() as redis:

        def heal() -> None:
            redis.kill()
            redis.start()

        yield RedisState(redis.url, redis.kill, heal, partial(_commands, redis))


@contextmanager
def _hung() -> Iterator[RedisState]:
    with running_redis() as redis:
        yield RedisState(redis.url, redis.hang, redis.wake, partial(_commands, redis))


@contextmanager
def _failed_over() -> Iterator[RedisState]:
    with running_cluster() as cluster:
        lost: list[RedisServer] = []

        def strike() -> None:
            # Another master each time, so that over the rounds every one of them is lost.
            lost.append(cluster.fail_over(str(len(lost))))

        def heal() -> None:
            if lost:
                lost[-1].start()
                cluster.wait_until_whole()

        def asked() -> int:
            return sum(map(_commands, cluster.nodes))

        yield RedisState(cluster.url, strike, heal, asked)


def _commands(redis: RedisServer) -> int:
    """How many scripts it has run: what a count of the fast store is."""
    told: dict[str, dict[str, int]] = redis.command("INFO", "commandstats")
    return int(told.get("cmdstat_eval", {}).get("calls", 0))


STATES: Final[Mapping[str, Callable[[], AbstractContextManager[RedisState]]]] = {
    "absent": _absent,
    "present": _present,
    "flushed": _flushed,
    "killed": _killed,
    "hung": _hung,
    "failed over": _failed_over,
}
