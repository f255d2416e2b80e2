"""A seeded demo for each test: made once per kind of database, then copied."""

from __future__ import annotations

import itertools
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tests.support import postgresql
from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.config import Config
from wallet.demo.seed import seed
from wallet.migrations import migrate

DatabaseKind = Literal["sqlite", "postgresql"]
TEMPLATE = "template_demo"
PUBLIC_URL = "http://127.0.0.1:8000"


class DemoCopies:
    """Hands out copies of the seeded demo; `close` ends the PostgreSQL that was started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[DatabaseKind, Config] = {}
        self._numbers = itertools.count()
        self._server = _Server()

    @contextmanager
    def copy(self, kind: DatabaseKind, data: Path) -> Iterator[Config]:
        """A seeded demo whose data folder is `data`."""
        template = self._template(kind)
        shutil.copytree(template.data, data)
        if kind == "sqlite":
            yield replace(template, data=data, database_url=_sqlite_url(data))
            return
        name = f"copy_{next(self._numbers)}"
        postgresql.create_database(self._server.folder, name, TEMPLATE)
        try:
            url = postgresql.database_url(self._server.folder, name)
            yield replace(template, data=data, database_url=url)
        finally:
            postgresql.drop_database(self._server.folder, name)

    @contextmanager
    def empty(self, kind: DatabaseKind, data: Path) -> Iterator[Config]:
        """Settings of a database in which there is nothing yet, not even tables."""
        data.mkdir(mode=0o700)
        if kind == "sqlite":
            yield demo_config(data, _sqlite_url(data))
            return
        name = f"empty_{next(self._numbers)}"
        postgresql.create_database(self._server.folder, name)
        try:
            yield demo_config(data, postgresql.database_url(self._server.folder, name))
        finally:
            postgresql.drop_database(self._server.folder, name)

    def close(self) -> None:
        """End what was started."""
        self._server.close()

    def _template(self, kind: DatabaseKind) -> Config:
        if kind not in self._templates:
            data = self._folder / f"template-{kind}"
            if kind == "sqlite":
                config = demo_config(data, _sqlite_url(data))
            else:
                postgresql.create_database(self._server.folder, TEMPLATE)
                config = demo_config(data, postgresql.database_url(self._server.folder, TEMPLATE))
            data.mkdir(mode=0o700)
            deps = build_deps(config)
            migrate(deps.db)
            seed(deps, read_clock())
            deps.db.close()
            self._templates[kind] = config
        return self._templates[kind]


def demo_config(data: Path, database_url: str) -> Config:
    """Settings of a demo in that folder."""
    return Config(
        data=data,
        database_url=database_url,
        public_url=PUBLIC_URL,
        secret_key=secrets.token_urlsafe(48),
        demo=True,
    )


def _sqlite_url(data: Path) -> str:
    return f"sqlite:///{data / 'liangzheng.db'}"


class _Server:
    """PostgreSQL, started at its first use."""

    def __init__(self) -> None:
        self._context = postgresql.running_postgresql()
        self._folder: Path | None = None

    @property
    def folder(self) -> Path:
        if self._folder is None:
            self._folder = self._context.__enter__()
        return self._folder

    def close(self) -> None:
        if self._folder is not None:
            self._context.__exit__(None, None, None)
