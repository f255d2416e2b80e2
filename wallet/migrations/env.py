"""Alembic's entry point: runs the revisions in the transaction that `migrate` opened."""

from typing import Any, Literal

from alembic import context

from wallet.base.database import UtcDateTime
from wallet.migrations.metadata import METADATA


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """A revision must outlive today's code, so it names the database's type, not ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=render_item,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
