"""`liangzheng demo`: one command from nothing to a page that works."""

from __future__ import annotations

import http.client
import secrets
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Final

import click

from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.config import DEMO_FILE, SETTINGS, Config, load_config
from wallet.demo import tls
from wallet.demo.files import read_json, write_private
from wallet.demo.seed import seed
from wallet.demo.table import who_can_sign_in
from wallet.demo.tls import serve_tls
from wallet.migrations import migrate
from wallet.serve import STOP_SECONDS, check_address_free

READY_SECONDS: Final = 60
"""The server must be ready within this time."""


def run_demo(environment: Mapping[str, str]) -> int:
    """Make, seed and serve the demo until a signal or until a part of it ends.

    Returns the exit status: 0 after a signal, 1 when a part ended by itself.
    """
    config = prepare(environment)
    check_address_free(config.host, config.port)
    deps = build_deps(config)
    migrate(deps.db)
    seed(deps, read_clock())
    deps.db.close()

    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    environment = {**environment, "LIANGZHENG_DATA": str(config.data)}
    parts = [
        subprocess.Popen([sys.executable, "-m", "wallet", command], env=environment)
        for command in ("serve", "worker")
    ]
    try:
        if _wait_until_ready(config, parts, stop):
            click.echo(who_can_sign_in(config))
        while not stop.wait(0.2) and all(part.poll() is None for part in parts):
            pass
    finally:
        _end(parts)
    return 0 if stop.is_set() else 1


def prepare(environment: Mapping[str, str]) -> Config:
    """Make the data folder and `demo.json`, where every other command finds these settings.

    The secret is made once. What the environment sets is kept for this run; PUBLIC_URL is
    among it only when it was set, since it follows the served address otherwise. With `TLS=1` the
    demo is served over https, to a phone as well.
    """
    data = Path(environment.get("LIANGZHENG_DATA") or environment.get("DATA") or "var").absolute()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = read_json(data / DEMO_FILE)
    settings = {name: environment[name] for name in SETTINGS if environment.get(name)}
    settings.pop("LIANGZHENG_DATA", None)
    for name in ("HOST", "PORT"):
        if environment.get(name):
            settings.setdefault(f"LIANGZHENG_{name}", environment[name])
    if environment.get("TLS") == "1":
        settings |= serve_tls(data, settings, read_clock())
    secret = kept.get("LIANGZHENG_SECRET_KEY") or secrets.token_urlsafe(48)
    settings = {"LIANGZHENG_SECRET_KEY": secret} | settings | {"LIANGZHENG_DEMO": "1"}
    write_private(data / DEMO_FILE, settings)
    return load_config(environment)


def _wait_until_ready(
    config: Config, parts: list[subprocess.Popen[bytes]], stop: threading.Event
) -> bool:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit and all(part.poll() is None for part in parts):
        if _is_ready(config):
            return True
        if stop.wait(0.1):
            return False
    return False


def _is_ready(config: Config) -> bool:
    # A server on every address is asked on this machine's own.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    connection = http.client.HTTPConnection(host, config.port, timeout=2)
    if config.tls_certificate:
        trusted = ssl.create_default_context(cafile=config.data / tls.FOLDER / tls.CA_FILE)
        connection = http.client.HTTPSConnection(host, config.port, timeout=2, context=trusted)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _end(parts: list[subprocess.Popen[bytes]]) -> None:
    for part in parts:
        part.terminate()
    limit = time.monotonic() + STOP_SECONDS + 2
    for part in parts:
        try:
            part.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()
