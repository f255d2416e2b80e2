"""A Redis Cluster that loses a master goes on counting, before, while and after it fails over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.redis import RedisCluster, running_cluster
from wallet import numbers
from wallet.base.fast import FastStore, open_fast_store

LONG = 10**9
KEYS = [f"desk {number}" for number in range(30)]
"""So many that each master holds some of them."""

PATIENT = 2000
"""Milliseconds: a machine with other work to do is not Redis being away."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[RedisCluster]:
    with running_cluster() as started:
        yield started


@pytest.fixture
def store(cluster: RedisCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastStore]:
    monkeypatch.setattr(numbers, "REDIS_REST", 0)
    monkeypatch.setattr(numbers, "REDIS_WAIT_MS", PATIENT)
    cluster.flush()
    opened = open_fast_store(cluster.url)
    assert [count_all(opened), count_all(opened)] == [{1}, {2}]
    yield opened
    opened.close()


def count_all(store: FastStore) -> set[int]:
    return {store.count(key, LONG) for key in KEYS}


def test_no_count_goes_back(cluster: RedisCluster, store: FastStore) -> None:
    lost = cluster.master_of(KEYS[0])
    lost.kill()
    assert count_all(store) == {3}
    cluster.wait_for_successor(lost)
    assert count_all(store) == {4}
    assert store.standing() == "ok"
    lost.start()
    cluster.wait_until_whole()
    assert count_all(store) == {5}
    assert store.standing() == "ok"


def test_a_master_that_hangs_is_replaced(
    cluster: RedisCluster, store: FastStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = cluster.master_of(KEYS[0])
    hung.hang()
    monkeypatch.setattr(numbers, "REDIS_WAIT_MS", 50)
    assert count_all(store) == {3}
    cluster.wait_for_successor(hung)
    monkeypatch.setattr(numbers, "REDIS_WAIT_MS", PATIENT)
    assert count_all(store) == {4}
    assert store.standing() == "ok"
    hung.wake()
    cluster.wait_until_whole()
    assert count_all(store) == {5}
    assert store.standing() == "ok"


def test_a_process_may_start_while_a_master_is_lost(
    cluster: RedisCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "REDIS_REST", 0)
    monkeypatch.setattr(numbers, "REDIS_WAIT_MS", PATIENT)
    cluster.flush()
    lost = cluster.fail_over(KEYS[0])
    late = open_fast_store(cluster.url)
    assert count_all(late) == {1}
    assert count_all(late) == {2}
    assert late.standing() == "ok"
    late.close()
    lost.start()
    cluster.wait_until_whole()
