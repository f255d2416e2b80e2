"""Whatever happens to Redis, counting goes on: never an error, never a count that goes back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from tests.support.redis import RedisCluster, RedisServer, running_cluster, running_redis
from tests.support.server import free_port
from wallet import numbers
from wallet.base.fast import FastStore, open_fast_store
from wallet.errors import ConfigurationError

LONG = 10**9
"""A window that no test outlives."""

Redis = RedisServer | RedisCluster


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure the next count asks Redis again; a busy machine is no failure."""
    monkeypatch.setattr(numbers, "REDIS_REST", 0)
    monkeypatch.setattr(numbers, "REDIS_WAIT_MS", 1000)


@pytest.fixture(scope="module", params=["redis", "cluster"])
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    """A Redis of this module; whoever takes it down brings it back."""
    with running_redis() if request.param == "redis" else running_cluster() as server:
        yield server


@pytest.fixture
def store(redis: Redis) -> Iterator[FastStore]:
    """A store with two hits of `desk`, of which Redis knows."""
    redis.flush()
    opened = open_fast_store(redis.url)
    assert hits(opened, 2) == [1, 2]
    assert opened.standing() == "ok"
    yield opened
    opened.close()


def hits(store: FastStore, times: int, key: str = "desk") -> list[int]:
    return [store.count(key, LONG) for _ in range(times)]


def another_process(redis: Redis) -> int:
    """How many hits of `desk` there are with two of a process that has just started."""
    other = open_fast_store(redis.url)
    counted = hits(other, 2)
    other.close()
    return counted[1]


def test_one_that_is_killed_and_comes_back_empty(redis: Redis, store: FastStore) -> None:
    redis.kill()
    assert hits(store, 2) == [3, 4]
    assert store.standing() == "away"
    redis.start()
    assert hits(store, 2) == [5, 6]
    assert store.standing() == "ok"


def test_one_that_hangs_and_goes_on(redis: Redis, store: FastStore) -> None:
    redis.hang()
    assert hits(store, 2) == [3, 4]
    assert store.standing() == "away"
    redis.wake()
    assert store.standing() == "ok"
    # The hits meanwhile are this process's own, unless the hanging one had them in its queue.
    assert hits(store, 1) == [5]
    assert another_process(redis) >= 5


def test_one_that_is_emptied(redis: Redis, store: FastStore) -> None:
    redis.flush()
    assert hits(store, 2) == [3, 4]
    assert another_process(redis) == 4
    assert store.standing() == "ok"


def test_a_process_that_starts_while_it_is_away(redis: Redis, store: FastStore) -> None:
    redis.kill()
    late = open_fast_store(redis.url)
    assert hits(late, 3) == [1, 2, 3]
    assert late.standing() == "away"
    redis.start()
    assert store.standing() == "ok"
    assert hits(store, 1) == [3]
    assert hits(late, 1) == [4]
    assert late.standing() == "ok"
    late.close()


def test_threads_that_share_a_store_do_not_trip_over_each_other(
    redis: Redis, store: FastStore
) -> None:
    def count(number: int) -> int:
        return hits(store, 300, f"thread {number % 4}")[-1]

    with ThreadPoolExecutor(8) as pool:
        counted = [pool.submit(count, number) for number in range(8)]
        redis.kill()
        redis.start()
        assert all(future.result() >= 300 for future in counted)
    assert store.standing() == "ok"


@pytest.mark.parametrize("scheme", ["redis", "redis+cluster"])
def test_one_that_was_never_there(scheme: str) -> None:
    store = open_fast_store(f"{scheme}://127.0.0.1:{free_port()}")
    assert hits(store, 3) == [1, 2, 3]
    assert store.standing() == "away"


def test_an_address_of_something_else(redis: Redis) -> None:
    port = redis.port if isinstance(redis, RedisServer) else redis.nodes[0].port
    scheme = "redis+cluster" if isinstance(redis, RedisServer) else "redis"
    store = open_fast_store(f"{scheme}://127.0.0.1:{port}")
    if scheme == "redis":  # a node of a cluster taken for one alone refuses the keys of the others
        for number in range(20):
            assert hits(store, 2, f"desk {number}") == [1, 2]
    else:
        assert hits(store, 2) == [1, 2]
        assert store.standing() == "away"
    store.close()


def test_a_failing_one_is_left_alone_for_a_while(
    redis: Redis, store: FastStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "REDIS_REST", LONG)
    redis.kill()
    with capture_logs() as logs:
        hits(store, 20)
    assert [line["event"] for line in logs] == ["redis away"]
    redis.start()
    hits(store, 5)
    assert store.standing() == "away"
    assert another_process(redis) == 2


def test_going_and_coming_back_are_one_line_each(redis: Redis, store: FastStore) -> None:
    with capture_logs() as logs:
        redis.kill()
        hits(store, 20)
        redis.start()
        hits(store, 20)
    assert [line["event"] for line in logs] == ["redis away", "redis back"]


@pytest.mark.parametrize(
    "url",
    [
        "redis",
        "127.0.0.1:6379",
        "http://127.0.0.1:6379",
        "redis://127.0.0.1:port",
        "redis://:hidden@127.0.0.1:6379/0?no_such_option=1",
        "redis+cluster://:hidden@127.0.0.1:6379,127.0.0.1:x",
    ],
)
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="LIANGZHENG_REDIS_URL") as refusal:
        open_fast_store(url)
    assert "hidden" not in str(refusal.value)
