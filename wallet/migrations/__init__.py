"""Alembic migrations, run in-process: there is no alembic.ini.

`python -m wallet.migrations "what changes"` writes a new revision from the models.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from wallet.base.database import Database

FOLDER: Final = Path(__file__).parent
_LOCK: Final = 0x6C697A68
"""Number of the advisory lock that lets one process at a time migrate on PostgreSQL."""


def migrate(db: Database) -> None:
    """Bring the database to the newest revision, in one transaction: all of it or nothing."""
    with db.begin() as tx:  # on SQLite this alone keeps a second process waiting
        if not db.is_sqlite:
            tx.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        command.upgrade(alembic_config(tx), "head")


def is_at_head(db: Database) -> bool:
    """Whether the database has exactly the tables that this version of the program knows."""
    with db.read() as tx:
        current = MigrationContext.configure(tx).get_current_heads()
    return set(current) == set(ScriptDirectory.from_config(alembic_config()).get_heads())


def alembic_config(tx: Connection | None = None) -> AlembicConfig:
    """Alembic's settings; `tx` is the transaction in which env.py runs the revisions."""
    config = AlembicConfig(attributes={"connection": tx})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
