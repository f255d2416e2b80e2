"""The stage: a seeded demo on a database, people signed in, and the server in front of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select

from bench.floor import FloorBase, FloorRow
from tests.support import postgresql
from tests.support.server import free_port
from wallet.base.clock import read_clock
from wallet.base.deps import Deps, build_deps
from wallet.config import Config
from wallet.demo.run import prepare
from wallet.demo.seed import seed
from wallet.holders.model import Account
from wallet.licences.held import held_licences
from wallet.migrations import migrate
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.organisations.model import Staff
from wallet.showing.show import open_showing
from wallet.web.principal import Principal, PrincipalKind
from wallet.web.sessions import csrf_token, start_session

DATABASES: Final = ("sqlite", "postgresql")
PUBLIC_URL: Final = "https://licences.ordos-nmg.example"
"""As long as an address may be for a code to stay within QR version 12."""
SHOWN: Final = {
    "holder-li": ("food-operation-permit", "food-permit-renewal"),
    "holder-elder": ("disability-certificate", "disability-care-subsidy"),
    "holder-company": ("business-licence", "open-a-shop"),
    "delegate-li": ("driving-licence", "driving-licence-renewal"),
}
"""Who shows which licence, for which item of the desks below; two of the four give a photo."""
DESKS: Final = ("desk-zhao", "desk-qian")
START_SECONDS: Final = 30


@dataclass(frozen=True)
class Showing:
    """A holder with the licence that it shows and the item that asks for it."""

    principal: Principal
    identifier: str
    item: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Stage:
    """Everything that a measurement needs; the desks' entries are their headers."""

    deps: Deps
    showings: list[Showing]
    desks: list[dict[str, str]]


@contextmanager
def database(kind: str) -> Iterator[Config]:
    """Settings of a seeded demo; PostgreSQL waits for the disk as it does in service."""
    with tempfile.TemporaryDirectory(prefix="lz-bench-") as name:
        data = Path(name)
        if kind == "sqlite":
            yield _config(data, f"sqlite:///{data / 'liangzheng.db'}")
            return
        with postgresql.running_postgresql(durable=True) as folder:
            postgresql.create_database(folder, "bench")
            yield _config(data, postgresql.database_url(folder, "bench"))


@contextmanager
def stage(config: Config) -> Iterator[Stage]:
    """Fill the database, once, and sign everybody in."""
    deps = build_deps(config)
    now = read_clock()
    migrate(deps.db)
    seed(deps, now)
    with deps.db.begin() as tx:
        FloorBase.metadata.create_all(tx)
        if tx.execute(select(FloorRow.id).where(FloorRow.id == 1)).first() is None:
            tx.execute(insert(FloorRow), {"value": "a row"})
    try:
        yield Stage(
            deps,
            [_showing(deps, login, *what, now) for login, what in SHOWN.items()],
            [_signed_in(deps, "staff", _staff_id(deps, login), now) for login in DESKS],
        )
    finally:
        deps.db.close()


@contextmanager
def server(config: Config, workers: int) -> Iterator[int]:
    """Serve the product and the floor; gives the port."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if "LIANGZHENG" not in name}
    environment |= {
        "LIANGZHENG_DATA": str(config.data),
        "LIANGZHENG_PORT": str(port),
        "LIANGZHENG_WORKERS": str(workers),
    }
    process = subprocess.Popen([sys.executable, "-m", "bench.floor"], env=environment)
    try:
        _wait_until_ready(process, port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)


def live_codes(stage: Stage, count: int) -> list[tuple[str, str]]:
    """So many fresh codes, in turns of the showings, each with its item."""
    now = read_clock()
    turns = (stage.showings[number % len(stage.showings)] for number in range(count))
    return [
        (open_showing(stage.deps, one.principal, [one.identifier], now).text, one.item)
        for one in turns
    ]


def _config(data: Path, url: str) -> Config:
    """Kept in the data folder as every demo's are, so that the server finds them there."""
    return prepare(
        {
            "LIANGZHENG_DATA": str(data),
            "LIANGZHENG_DATABASE_URL": url,
            "LIANGZHENG_PUBLIC_URL": PUBLIC_URL,
        }
    )


def _showing(deps: Deps, login: str, type_code: str, item: str, now: datetime) -> Showing:
    with deps.db.read() as tx:
        account = tx.execute(
            select(Account.id, Account.holder_id).where(Account.login == login)
        ).one()
    principal = Principal("holder", account.id, 0, "", holder_id=account.holder_id)
    held_now, _ = held_licences(deps, principal, now, PAGE_LIMIT_MAX)
    licence = next(
        held for held in held_now if held.type_code == type_code and held.status == "valid"
    )
    return Showing(principal, licence.identifier, item, _signed_in(deps, "holder", account.id, now))


def _staff_id(deps: Deps, login: str) -> int:
    with deps.db.read() as tx:
        return tx.execute(select(Staff.id).where(Staff.login == login)).scalar_one()


def _signed_in(deps: Deps, kind: PrincipalKind, subject_id: int, now: datetime) -> dict[str, str]:
    """The headers that a browser sends once it has signed in."""
    with deps.db.begin() as tx:
        token = start_session(tx, kind, subject_id, now)
    csrf = csrf_token(deps.config.secret_key, token)
    cookies = f"__Host-session={token}; csrf_token={csrf}"
    return {"Cookie": cookies, "X-CSRF-Token": csrf, "Accept": "application/json"}


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    limit = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
