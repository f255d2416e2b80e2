"""What a hall may use licences for, and how a test changes it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from tests.support.showing import RENEWAL
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.relying.model import Grant


def change_grant(deps: Deps, of: str = RENEWAL, **values: Any) -> None:
    """Change the grants for an item, the hall's renewal of food permits unless told otherwise."""
    item = select(UseItem.id).where(UseItem.code == of).scalar_subquery()
    with deps.db.begin() as tx:
        changed = tx.execute(update(Grant).where(Grant.item_id == item).values(**values))
        assert changed.rowcount >= 1
