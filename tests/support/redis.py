"""A real Redis, alone or as a cluster of six, from the system's binary, in a folder of its own.

It listens on loopback only and keeps nothing on disk. Whoever tests a fault has it done here:
`kill`, `hang`, `flush`, and `fail_over` for a cluster.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from redis.crc import key_slot

from tests.support.server import free_port

APT = "apt-get install -y redis-server"
SLOTS = 16384
MASTERS = 3
NODE_TIMEOUT_MS = 1000
"""A master silent for so long is replaced by its replica."""
WAIT_SECONDS = 60


class RedisServer:
    """One Redis on a port of its own; `options` are further ones of `redis-server`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder / str(self.port)
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again after a `kill`, and wait until it answers."""
        self._folder.mkdir(exist_ok=True)
        binary = shutil.which("redis-server")
        if binary is None:
            raise RuntimeError(f"the tests need Redis; install it with: {APT}")
        self._process = subprocess.Popen(
            [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder),
             "--save", "", "--appendonly", "no", "--logfile", "log", *self._options],
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(self._answers, f"Redis on {self.port} answers; its log: {self._folder}/log")

    def kill(self) -> None:
        """SIGKILL: it is gone at once, and all that it held."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def is_started(self) -> bool:
        """Whether there is a process, which may hang."""
        return self._process is not None

    def hang(self) -> None:
        """SIGSTOP: connections stay open, nothing answers, until `wake`."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """End a `hang`."""
        self._signal(signal.SIGCONT)

    def flush(self, replicas: int = 0) -> None:
        """Empty it, and wait a second at most until so many replicas are empty as well."""
        with self._client() as client:
            client.execute_command("FLUSHALL", "SYNC")
            if replicas:
                client.execute_command("WAIT", replicas, 1000)

    def keys(self) -> dict[str, int]:
        """Every key, with the seconds that it has left to live; -1 without an end."""
        found = self.command("KEYS", "*")
        return {key: int(self.command("TTL", key)) for key in found}

    def command(self, *words: str | int) -> Any:
        """What it answers to a command."""
        with self._client() as client:
            return client.execute_command(*words)

    def _client(self) -> redis.Redis:
        return redis.Redis(port=self.port, decode_responses=True, socket_timeout=5)

    def _answers(self) -> bool:
        return bool(self.command("PING"))

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class RedisCluster:
    """Three masters with a replica each; `url` names all six."""

    def __init__(self, nodes: Sequence[RedisServer]) -> None:
        self.nodes = nodes
        self.url = "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)

    def start(self) -> None:
        """Start all again after `kill`; they find each other by what each kept of the cluster."""
        for node in self.nodes:
            node.start()
        self.wait_until_whole()

    def kill(self) -> None:
        """SIGKILL to all."""
        for node in self.nodes:
            node.kill()

    def hang(self) -> None:
        """SIGSTOP to all, until `wake`."""
        for node in self.nodes:
            node.hang()

    def wake(self) -> None:
        """End a `hang`, and wait until the cluster serves again."""
        for node in self.nodes:
            node.wake()
        wait_until(lambda: all(map(_serves, self.nodes)), "the cluster serves again")

    def flush(self) -> None:
        """Empty all masters, and with them their replicas."""
        for node in self.masters():
            node.flush(replicas=1)

    def keys(self) -> dict[str, int]:
        """Every key, with the seconds that it has left to live; -1 without an end."""
        return {key: left for node in self.masters() for key, left in node.keys().items()}

    def masters(self) -> list[RedisServer]:
        """The nodes that are masters now, without those that were killed."""
        return [node for node in self._alive() if node.command("ROLE")[0] == "master"]

    def master_of(self, key: str) -> RedisServer:
        """The master that holds a key."""
        slot = key_slot(key.encode())
        slots: list[Any] = self._alive()[-1].command("CLUSTER", "SLOTS")
        for first, last, (_host, port, *_rest), *_replicas in slots:
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == port)
        raise LookupError(key)

    def fail_over(self, key: str = "") -> RedisServer:
        """Kill the master of a key and wait until its replica has taken over; gives the killed.

        `start` it again to have it back as the replica.
        """
        lost = self.master_of(key)
        lost.kill()
        self.wait_for_successor(lost)
        return lost

    def wait_for_successor(self, lost: RedisServer) -> None:
        """Wait until a replica has taken over from a master that is dead or hangs."""
        others = [node for node in self.nodes if node is not lost]
        wait_until(
            lambda: all(_serves(node) and not _holds_slots(node, lost.port) for node in others),
            "a replica has taken over",
        )

    def _alive(self) -> list[RedisServer]:
        return [node for node in self.nodes if node.is_started]

    def wait_until_whole(self) -> None:
        """Wait until every slot is served and every replica has what its master has."""
        wait_until(lambda: all(map(_serves, self.nodes)), "the cluster serves")
        wait_until(lambda: all(map(_is_in_step, self.nodes)), "its replicas are in step")


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """A Redis that has started."""
    with _folder() as folder:
        server = RedisServer(folder)
        try:
            server.start()
            yield server
        finally:
            server.kill()


@contextmanager
def running_cluster() -> Iterator[RedisCluster]:
    """A cluster that serves all slots and whose replicas are in step."""
    with _folder() as folder:
        nodes = [_node(folder) for _ in range(2 * MASTERS)]
        cluster = RedisCluster(nodes)
        try:
            for node in nodes:
                node.start()
            _join(nodes)
            cluster.wait_until_whole()
            yield cluster
        finally:
            cluster.kill()


def wait_until(happens: Callable[[], bool], what: str) -> None:
    """Ask again and again; an error of Redis is a no. Raises TimeoutError, which says `what`."""
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        try:
            if happens():
                return
        except redis.RedisError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"waited in vain until {what}")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lz-redis-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _node(folder: Path) -> RedisServer:
    return RedisServer(
        folder,
        *("--cluster-enabled", "yes", "--cluster-port", str(free_port())),
        *("--cluster-node-timeout", str(NODE_TIMEOUT_MS), "--repl-diskless-sync-delay", "0"),
    )


def _join(nodes: Sequence[RedisServer]) -> None:
    masters = nodes[:MASTERS]
    share = SLOTS // MASTERS + 1
    for number, node in enumerate(nodes):
        node.command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for number, node in enumerate(masters):
        last = min((number + 1) * share, SLOTS) - 1
        node.command("CLUSTER", "ADDSLOTSRANGE", number * share, last)
    for node in nodes[1:]:
        bus = node.command("CONFIG", "GET", "cluster-port")
        bus = bus["cluster-port"] if isinstance(bus, dict) else bus[1]
        nodes[0].command("CLUSTER", "MEET", "127.0.0.1", node.port, int(bus))
    wait_until(lambda: all(map(_knows_all, nodes)), "the nodes know each other")
    for master, replica in zip(masters, nodes[MASTERS:], strict=True):
        replica.command("CLUSTER", "REPLICATE", master.command("CLUSTER", "MYID"))


def _cluster_info(node: RedisServer) -> dict[str, str]:
    info = node.command("CLUSTER", "INFO")
    return info if isinstance(info, dict) else dict(line.split(":") for line in info.split())


def _knows_all(node: RedisServer) -> bool:
    return int(_cluster_info(node)["cluster_known_nodes"]) == 2 * MASTERS


def _serves(node: RedisServer) -> bool:
    return _cluster_info(node)["cluster_state"] == "ok"


def _holds_slots(node: RedisServer, port: int) -> bool:
    """Whether `node` believes that the one on `port` is a master with slots."""
    return port in [row[2][1] for row in node.command("CLUSTER", "SLOTS")]


def _is_in_step(node: RedisServer) -> bool:
    role = node.command("ROLE")
    return bool(role[0] == "master" or role[3] == "connected")
