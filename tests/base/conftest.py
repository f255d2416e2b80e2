"""Fixtures for the base: a Redis and a Redis Cluster that a module shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.redis import RedisCluster, RedisServer, running_cluster, running_redis


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A Redis of this module."""
    with running_redis() as server:
        yield server


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[RedisCluster]:
    """A Redis Cluster of this module."""
    with running_cluster() as cluster:
        yield cluster
