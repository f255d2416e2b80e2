"""The fast store: counters for a short while, shared by all processes where there is a Redis.

It only makes things faster, or refuses early what comes too often. Nothing in it is true: it may
be lost, emptied, hang or never have been there, and each process then counts for itself. What was
used, who is signed in and what a grant allows is in the database alone.

Keys are `lz:` with the window's length and number, and names without personal data; all of them
end by themselves.
"""

from __future__ import annotations

import time
from collections import Counter
from itertools import cycle
from typing import Any, Final, Literal, Protocol, cast

import structlog
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import RedisClusterException, RedisError
from redis.retry import Retry

from wallet import numbers
from wallet.errors import ConfigurationError

Standing = Literal["off", "ok", "away"]
"""Of the Redis: none is configured, it answers, it does not."""

_SCHEMES: Final = {
    "redis": ("redis", False),
    "rediss": ("rediss", False),
    "redis+cluster": ("redis", True),
    "rediss+cluster": ("rediss", True),
}
"""Scheme of the setting → scheme of one node, and whether it is a cluster."""
_log = structlog.get_logger()
_FAILURES: Final = (RedisError, RedisClusterException, OSError)
# One command, so that no crash between two leaves a counter without an end.
_COUNT: Final = """
local hits = redis.call('INCRBY', KEYS[1], ARGV[1])
if hits == tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return hits
"""


class FastStore(Protocol):
    """What a process asks of its fast store."""

    def count(self, key: str, seconds: int) -> int:
        """Count a hit of `key`: how many it has had in this window of so many seconds.

        Windows begin at multiples of `seconds` since 1970. Raises nothing.
        """

    def standing(self) -> Standing:
        """How the shared part of the store stands now."""

    def close(self) -> None:
        """Let its connections go; the next count opens new ones."""


class LocalStore:
    """The memory of one process."""

    def __init__(self) -> None:
        self._windows: dict[int, tuple[int, Counter[str]]] = {}

    def count(self, key: str, seconds: int) -> int:
        """As FastStore."""
        now = window_of(seconds)
        window, hits = self._windows.get(seconds, (None, Counter[str]()))
        if window != now:  # whatever was counted belongs to a window gone by
            hits = Counter()
            self._windows[seconds] = now, hits
        hits[key] += 1
        return hits[key]

    def standing(self) -> Standing:
        """Nothing is shared."""
        return "off"

    def close(self) -> None:
        """Nothing to let go."""


class SharedStore:
    """A Redis or a Redis Cluster, and the memory of the process beside it.

    The process counts on by itself whatever Redis says, and the larger count is taken: a Redis
    that was emptied gives nobody a new allowance. Redis is told of a key when the process sees it
    for the second time in a window: what comes once, as nearly everything does, costs nothing, and
    the shared count is too small by at most one for each other process.

    After a failure Redis is left alone for `numbers.REDIS_REST` seconds, so that one request in
    that time waits for it, for `numbers.REDIS_WAIT_MS`.
    """

    def __init__(self, url: str) -> None:
        """Open nothing yet; raises ConfigurationError for what is no address of a Redis."""
        nodes, self._is_cluster = _nodes_of(url)
        self._nodes = cycle(nodes)
        self._local = LocalStore()
        self._client: Redis | RedisCluster | None = None
        self._rest_until = 0.0
        self._away = False

    def count(self, key: str, seconds: int) -> int:
        """As FastStore, short of the first hit in each other process."""
        own = self._local.count(key, seconds)
        return own if own == 1 else max(own, self._tell(key, seconds, 2 if own == 2 else 1))

    def standing(self) -> Standing:
        """As FastStore; asks Redis, unless it is being left alone."""
        self._tell("standing", 1, 1)
        return "away" if self._away else "ok"

    def close(self) -> None:
        """As FastStore."""
        client, self._client = self._client, None
        for node in _connected(client):
            # Another thread may be using one of the connections; it will let that go itself.
            node.connection_pool.disconnect(inuse_connections=False)

    def _tell(self, key: str, seconds: int, hits: int) -> int:
        """Tell Redis of so many hits; the shared count, 0 when there is none."""
        if time.monotonic() < self._rest_until:
            return 0
        key = f"lz:{seconds}:{window_of(seconds)}:{key}"
        try:
            client = self._client
            if client is None:
                self._rest()  # at first, so that other threads go on meanwhile without it
                client = self._client = self._connect()
            shared = cast(int, _node(client, key).eval(_COUNT, 1, key, hits, seconds))
        except _FAILURES as error:
            self._rest()
            self.close()
            if not self._away:
                self._away = True
                _log.warning("redis away", error=type(error).__name__)
            return 0
        self._rest_until = 0.0
        if self._away:
            self._away = False
            _log.warning("redis back")
        return shared

    def _rest(self) -> None:
        self._rest_until = time.monotonic() + numbers.REDIS_REST

    def _connect(self) -> Redis | RedisCluster:
        # Each time another node of a cluster is asked for all: the last one may be what is away.
        # And that one alone, since to ask all of a cluster that hangs would take too long.
        node = next(self._nodes)
        wait = numbers.REDIS_WAIT_MS / 1000
        options: dict[str, Any] = {
            "socket_timeout": wait,
            "socket_connect_timeout": wait,
            "retry": Retry(NoBackoff(), 0),
        }
        if self._is_cluster:
            return RedisCluster.from_url(node, dynamic_startup_nodes=False, **options)
        return Redis.from_url(node, **options)


def open_fast_store(url: str) -> FastStore:
    """The store of a process, from LIANGZHENG_REDIS_URL; without one its own memory.

    Connects at the first use. Raises ConfigurationError for what is no address of a Redis.
    """
    return SharedStore(url) if url else LocalStore()


def window_of(seconds: int) -> int:
    """The number of the window that it is now."""
    return int(time.time()) // seconds


def _node(client: Redis | RedisCluster, key: str) -> Redis:
    """The node that holds a key.

    A cluster is only asked where that is: what its client would do by itself while a cluster
    fails over (sleep, look for all nodes, try again) takes longer than a request may wait.
    """
    if isinstance(client, Redis):
        return client
    node = client.get_node_from_key(key)  # type: ignore[no-untyped-call]
    return client.get_redis_connection(node)


def _connected(client: Redis | RedisCluster | None) -> list[Redis]:
    """The nodes to which there are connections."""
    if isinstance(client, RedisCluster):
        return [
            node.redis_connection
            for node in client.nodes_manager.nodes_cache.values()
            if node.redis_connection
        ]
    return [client] if client is not None else []


def _nodes_of(url: str) -> tuple[list[str], bool]:
    """The addresses of the nodes, each with the same credentials and options, and if a cluster."""
    scheme, _, rest = url.partition("://")
    credentials, at, places = rest.rpartition("@")
    places, mark, options = places.partition("?")
    try:
        scheme, is_cluster = _SCHEMES[scheme]
        hosts = places.split(",") if is_cluster else [places]
        if not all(hosts):
            raise ValueError("no host")
        nodes = [f"{scheme}://{credentials}{at}{host}{mark}{options}" for host in hosts]
        for node in nodes:  # wrong ports and unknown options are found here, not in a request
            ConnectionPool.from_url(node).make_connection()
    except (KeyError, ValueError, TypeError):
        # The address may hold a password: it is not repeated.
        raise ConfigurationError(
            "LIANGZHENG_REDIS_URL is no address of a Redis; it looks like redis://host:6379/0 or "
            "redis+cluster://host1:6379,host2:6379"
        ) from None
    return nodes, is_cluster
