"""A real PostgreSQL for one test run, from the system's binaries, in a folder of its own.

It listens on no port, only on a socket in that folder; nothing it holds outlives the run, so it
need not wait for the disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

APT = "apt-get install -y postgresql"
USER = "postgres"
MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free in memory: a whole run fills half a gigabyte for each process."""


@contextmanager
def running_postgresql(*, durable: bool = False) -> Iterator[Path]:
    """Start the server; gives the folder of its socket. `durable` waits for the disk."""
    initdb, postgres_ctl = _binary("initdb"), _binary("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="lz-pg-", dir=_where(durable)))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
    settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
    if not durable:
        settings += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        _run(initdb, "-D", data, "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8")
        _run(postgres_ctl, "-D", data, "-l", folder / "log", "-o", settings, "-w", "start")
        try:
            yield folder
        finally:
            _run(postgres_ctl, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stop_postgresql(folder: Path) -> None:
    """Stop the server at once, as a crash would; it has to be started again before the run of it ends."""
    _run(_binary("pg_ctl"), "-D", folder / "data", "-m", "immediate", "-w", "stop")


def start_postgresql(folder: Path) -> None:
    """Start a server again that was stopped, with the settings that it had."""
    _run(_binary("pg_ctl"), "-D", folder / "data", "-l", folder / "log", "-w", "restart")


def database_url(folder: Path, name: str) -> str:
    """URL of a database of the server whose socket lies in `folder`."""
    return f"postgresql://{USER}@/{name}?host={folder}"


def create_database(folder: Path, name: str, template: str = "template0") -> None:
    """A new database, a copy of `template` to which nobody is connected."""
    _administer(
        folder,
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        ),
    )


def drop_database(folder: Path, name: str) -> None:
    """Take a database away, with whoever is connected to it."""
    _administer(folder, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _where(durable: bool) -> Path:
    """In memory, where a database is copied in a third of the time, if there is room."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy and not durable else Path("/tmp")


def _administer(folder: Path, statement: sql.Composed) -> None:
    with psycopg.connect(database_url(folder, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


def _binary(name: str) -> str:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        raise RuntimeError(f"the tests need PostgreSQL; install it with: {APT}")
    return found


def _run(*command: str | Path) -> None:
    # PostgreSQL refuses to run as root.
    drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    subprocess.run(
        [*(drop if os.geteuid() == 0 else []), *command],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
