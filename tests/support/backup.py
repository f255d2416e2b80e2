"""The database put back to an earlier time behind the library's back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support import postgresql
from wallet.base.database import Database


@dataclass(frozen=True)
class Backup:
    """A copy of a database as it was; `put_back` may be called several times."""

    db: Database
    copy: str

    def put_back(self) -> None:
        """Let the database be as it was."""
        self.db.close()
        if self.db.is_sqlite:
            file = _file(self.db)
            for suffix in ("-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(self.copy, file)
        else:
            folder, name = _place(self.db)
            postgresql.drop_database(folder, name)
            postgresql.create_database(folder, name, self.copy)


def take_backup(db: Database) -> Backup:
    """Copy a database as it is now."""
    db.close()
    if db.is_sqlite:
        copy = f"{_file(db)}.backup"
        with (
            closing(sqlite3.connect(_file(db))) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    else:
        folder, name = _place(db)
        copy = f"{name}_backup"
        postgresql.create_database(folder, copy, name)
    return Backup(db, copy)


def _file(db: Database) -> Path:
    path = db.engine.url.database
    assert path
    return Path(path)


def _place(db: Database) -> tuple[Path, str]:
    url = make_url(db.engine.url)
    host, name = url.query["host"], url.database
    assert isinstance(host, str)
    assert name
    return Path(host), name
