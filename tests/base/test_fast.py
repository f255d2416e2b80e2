"""The fast store counts, whatever it is made of: memory, a Redis, a Redis Cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from tests.support.demo import demo_config
from tests.support.redis import RedisCluster, RedisServer
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.fast import FastStore, open_fast_store
from wallet.doctor import examine

Kind = Literal["memory", "redis", "cluster"]
MINUTE = 60
KINDS: tuple[Kind, ...] = ("memory", "redis", "cluster")
SHARED = KINDS[1:]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with other work to do is not Redis being away."""
    monkeypatch.setattr(numbers, "REDIS_WAIT_MS", 10_000)


@pytest.fixture
def url_of(request: pytest.FixtureRequest) -> Callable[[Kind], str]:
    """The setting for a kind of store; what it names has been started."""

    def url(kind: Kind) -> str:
        if kind == "memory":
            return ""
        server: RedisServer | RedisCluster = request.getfixturevalue(f"own_{kind}")
        server.flush()
        return server.url

    return url


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time of the windows, which stands still at the start of a minute."""

    def set_time(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_800_000_000 + seconds)

    set_time(0)
    return set_time


@pytest.fixture(params=KINDS)
def store(
    request: pytest.FixtureRequest,
    url_of: Callable[[Kind], str],
    moment: Callable[[float], None],
) -> Iterator[FastStore]:
    """A store of each kind."""
    opened = open_fast_store(url_of(request.param))
    yield opened
    opened.close()


@pytest.fixture(params=SHARED)
def two_processes(
    request: pytest.FixtureRequest,
    url_of: Callable[[Kind], str],
    moment: Callable[[float], None],
) -> Iterator[tuple[FastStore, FastStore]]:
    """The stores of two processes that share a Redis."""
    url = url_of(request.param)
    both = open_fast_store(url), open_fast_store(url)
    yield both
    for one in both:
        one.close()


def test_each_hit_counts_one_more(store: FastStore) -> None:
    assert [store.count("desk", MINUTE) for _ in range(4)] == [1, 2, 3, 4]


def test_keys_do_not_meet(store: FastStore) -> None:
    store.count("desk 1", MINUTE)
    assert store.count("desk 2", MINUTE) == 1


def test_windows_of_other_lengths_do_not_meet(store: FastStore) -> None:
    store.count("desk", 1)
    assert store.count("desk", MINUTE) == 1


def test_a_window_lasts_to_its_last_second(
    store: FastStore, moment: Callable[[float], None]
) -> None:
    store.count("desk", MINUTE)
    moment(59.9)
    assert store.count("desk", MINUTE) == 2
    moment(60)
    assert store.count("desk", MINUTE) == 1


def test_any_text_is_a_key(store: FastStore) -> None:
    for key in ("", "窗口 3", "a b\r\nFLUSHALL\r\n", "{x}", "\x00" * 4):
        assert [store.count(key, MINUTE) for _ in range(2)] == [1, 2]


def test_it_says_whether_others_share_it(store: FastStore, request: pytest.FixtureRequest) -> None:
    expected = "off" if "memory" in request.node.callspec.id else "ok"
    assert store.standing() == expected


def test_what_is_closed_opens_again(store: FastStore) -> None:
    store.count("desk", MINUTE)
    store.close()
    assert store.count("desk", MINUTE) == 2


def test_processes_count_together(two_processes: tuple[FastStore, FastStore]) -> None:
    one, other = two_processes
    assert [one.count("desk", MINUTE) for _ in range(2)] == [1, 2]
    other.count("desk", MINUTE)
    assert other.count("desk", MINUTE) == 4
    assert one.count("desk", MINUTE) == 5


def test_what_a_process_sees_once_is_its_own_affair(
    two_processes: tuple[FastStore, FastStore],
) -> None:
    one, other = two_processes
    assert [one.count("code", MINUTE), other.count("code", MINUTE)] == [1, 1]
    assert [one.count("code", MINUTE), other.count("code", MINUTE)] == [2, 4]


@pytest.mark.parametrize("kind", SHARED)
def test_every_key_is_ours_and_ends_with_its_window(
    kind: Kind, url_of: Callable[[Kind], str], request: pytest.FixtureRequest
) -> None:
    store = open_fast_store(url_of(kind))
    for name in range(20):
        for _ in range(2):
            store.count(f"desk {name}", MINUTE)
    store.close()
    keys = request.getfixturevalue(f"own_{kind}").keys()
    assert len(keys) == 20
    assert all(key.startswith("lz:") and 0 < left <= MINUTE for key, left in keys.items())


@pytest.mark.parametrize("kind", SHARED)
def test_the_doctor_finds_it_well(
    kind: Kind, url_of: Callable[[Kind], str], tmp_path: Path
) -> None:
    config = demo_config(tmp_path, f"sqlite:///{tmp_path}/none.db")
    findings = examine(replace(config, redis_url=url_of(kind)), read_clock())
    assert [finding.well for finding in findings if finding.subject == "redis"] == [True]
