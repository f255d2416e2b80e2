"""The migrations make exactly the tables that the models declare, on both databases."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from wallet.base.database import Database
from wallet.config import Config
from wallet.migrations import alembic_config, is_at_head, migrate
from wallet.migrations.metadata import METADATA


def test_models_and_migrations_do_not_differ(empty_config: Config) -> None:
    db = Database(empty_config.database_url)
    migrate(db)
    with db.read() as tx:
        context = MigrationContext.configure(
            tx, opts={"compare_type": True, "target_metadata": METADATA}
        )
        assert compare_metadata(context, METADATA) == []
    db.close()


def test_an_empty_database_is_not_at_head_and_a_migrated_one_is(empty_config: Config) -> None:
    db = Database(empty_config.database_url)
    assert not is_at_head(db)
    migrate(db)
    assert is_at_head(db)
    migrate(db)
    assert is_at_head(db)
    db.close()


def test_a_migration_can_be_taken_back(empty_config: Config) -> None:
    db = Database(empty_config.database_url)
    migrate(db)
    with db.begin() as tx:
        command.downgrade(alembic_config(tx), "base")
    with db.read() as tx:
        assert inspect(tx).get_table_names() == ["alembic_version"]
    db.close()


def test_a_migration_that_fails_leaves_nothing_behind(empty_config: Config) -> None:
    db = Database(empty_config.database_url)
    with db.begin() as tx:
        METADATA.tables["sessions"].create(tx)
    with pytest.raises(DBAPIError, match="sessions"):
        migrate(db)
    with db.read() as tx:
        assert inspect(tx).get_table_names() == ["sessions"]
    db.close()
