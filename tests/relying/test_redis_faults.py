"""Whatever Redis does, desks judge, people show and stay signed in, and a code is used once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.support.people import Visitor
from tests.support.redis import RedisCluster, RedisServer, running_cluster, running_redis
from tests.support.shared import deps_of
from tests.support.showing import next_code, show, state, verify
from wallet import numbers
from wallet.app import create_app
from wallet.config import Config

Redis = RedisServer | RedisCluster


@pytest.fixture(scope="module", params=["redis", "cluster"])
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    """A Redis of this module; whoever takes it down brings it back."""
    with running_redis() if request.param == "redis" else running_cluster() as server:
        yield server


@pytest.fixture
def app(config: Config, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app that asks Redis again at once after a failure."""
    monkeypatch.setattr(numbers, "REDIS_REST", 0)
    made = create_app(replace(config, redis_url=redis.url))
    yield made
    deps_of(made).db.close()
    deps_of(made).fast.close()


def kill(redis: Redis) -> None:
    redis.kill()


def hang(redis: Redis) -> None:
    redis.hang()


def flush(redis: Redis) -> None:
    redis.flush()


def lose_a_master(redis: Redis) -> None:
    if isinstance(redis, RedisCluster):
        redis.masters()[0].kill()
    else:
        redis.kill()


def bring_back(redis: Redis) -> None:
    for server in redis.nodes if isinstance(redis, RedisCluster) else [redis]:
        if server.is_started:
            server.wake()
        else:
            server.start()
    if isinstance(redis, RedisCluster):
        redis.wait_until_whole()


@pytest.mark.parametrize(
    "fault", [kill, hang, flush, lose_a_master], ids=lambda fault: fault.__name__
)
def test_a_day_at_the_desk_goes_on(
    redis: Redis, fault: Callable[[Redis], None], li: Visitor, zhao: Visitor, qian: Visitor
) -> None:
    def use_once() -> None:
        code = show(li)
        assert next_code(li, code).status_code == 201
        assert verify(zhao, code["text"])["verdict"] == "accepted"
        assert verify(zhao, code["text"])["repeated"]
        assert verify(qian, code["text"])["reason"] == "already_used"
        assert state(li, code)["state"] == "used"

    use_once()
    try:
        fault(redis)
        use_once()
    finally:
        bring_back(redis)
    use_once()
