"""A real server for tests that need one: the demo as `make run` starts it, or without the demo."""

from __future__ import annotations

import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 180
STOP_SECONDS = 60
PORTS = range(12_000, 32_000)
"""Below those that the system gives to connections: a port that is free stays free until it is
used, and while what listened on it is away."""


def free_port() -> int:
    """A port that nobody listens on just now, drawn, so that tests beside this one take others."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no port is free")


def demo_environment(data: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a demo: that of the tests without their own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIANGZHENG_")}
    return kept | {"DATA": str(data), "HOST": "127.0.0.1", "PORT": str(port)} | more


@contextmanager
def running_demo(data: Path, port: int | None = None, **more: str) -> Iterator[str]:
    """`python -m wallet demo` on that port, else on a free one; gives its address."""
    with _running("demo", data, port or free_port(), more) as address:
        yield address


@contextmanager
def running_server(data: Path, port: int, **more: str) -> Iterator[str]:
    """`python -m wallet serve` on that port, on a database that is there; gives its address."""
    with _running("serve", data, port, more) as address:
        yield address


@contextmanager
def _running(command: str, data: Path, port: int, more: Mapping[str, str]) -> Iterator[str]:
    log = data.with_name(f"{data.name}.log")
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "wallet", command],
            env=demo_environment(data, port, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        ca = data / "tls" / "ca.pem" if more.get("TLS") == "1" else None
        address = f"{'https' if ca else 'http'}://127.0.0.1:{port}"
        _wait_until_ready(server, address, ca, log)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(STOP_SECONDS)


def wait_until_said(log: Path, words: str) -> str:
    """What a demo has printed, once these words are in it: it is ready before it has said so."""
    limit = time.monotonic() + START_SECONDS
    while words not in (said := log.read_text("utf-8")):
        assert time.monotonic() < limit, said
        time.sleep(0.1)
    return said


def _wait_until_ready(
    server: subprocess.Popen[bytes], address: str, ca: Path | None, log: Path
) -> None:
    limit = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < limit:
        try:
            trusted = ssl.create_default_context(cafile=ca) if ca else None
            with urllib.request.urlopen(f"{address}/readyz", timeout=2, context=trusted) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text('utf-8')}")
