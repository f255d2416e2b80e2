"""Fixtures for the base: an app, a Redis and a Redis Cluster that a module shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.demo import DemoCopies
from tests.support.redis import RedisCluster, RedisServer, running_cluster, running_redis
from tests.support.shared import BOTH_KINDS, shared_demo


@pytest.fixture(scope="module", params=BOTH_KINDS)
def shared_app(
    request: pytest.FixtureRequest,
    demo_copies: DemoCopies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """An app for tests that leave nothing behind which another would see."""
    with shared_demo(demo_copies, request.param, tmp_path_factory.mktemp("shared")) as app:
        yield app


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
