"""The use list of the demo as it is published, with a grant for each unit of its own items."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from wallet.base.clock import local_day
from wallet.base.database import insert_if_new
from wallet.catalogue.model import UseItem, UseItemType, UseItemVersion
from wallet.catalogue.use_list.entry import MEMBERS
from wallet.demo.rows import DemoData
from wallet.relying.model import Grant


def add_items(
    tx: Connection, demo: DemoData, units: dict[str, int], types: dict[str, int], now: datetime
) -> None:
    """Add what is not there yet; `units` and `types` are ids by code."""
    starts_on = local_day(now) - timedelta(days=365)
    for row in demo.use_items:
        unit_id, content = units[row.unit], {member: getattr(row, member) for member in MEMBERS}
        insert_if_new(
            tx, UseItem, code=row.code, unit_id=unit_id, version=1, withdrawn_at=None, **content
        )
        item_id = tx.execute(select(UseItem.id).where(UseItem.code == row.code)).scalar_one()
        insert_if_new(
            tx,
            UseItemVersion,
            code=row.code,
            version=1,
            unit_id=unit_id,
            state="published",
            content=content,
            authors=[],
            changed_at=now,
            published_at=now,
            replaced_at=None,
        )
        for code, fields in row.fields.items():
            scope = {"item_id": item_id, "type_id": types[code], "fields": fields}
            insert_if_new(tx, UseItemType, **scope)
            allowed = {"starts_on": starts_on, "look_ups_per_day": row.look_ups_per_day}
            insert_if_new(tx, Grant, unit_id=unit_id, ends_on=None, **allowed, **scope)
