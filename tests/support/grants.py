"""What a hall may use licences for: its items and its grants, and how a test changes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from tests.support.showing import RENEWAL
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType, UseItem, UseItemType
from wallet.relying.model import Grant


def change_grant(
    deps: Deps, of: str = RENEWAL, type_code: str | None = None, **values: Any
) -> None:
    """Change the grants for an item, the hall's renewal of food permits unless told otherwise, or the
    one of them for a type."""
    item = select(UseItem.id).where(UseItem.code == of).scalar_subquery()
    types = select(LicenceType.id)
    if type_code is not None:
        types = types.where(LicenceType.code == type_code)
    which = (Grant.item_id == item, Grant.type_id.in_(types))
    with deps.db.begin() as tx:
        changed = tx.execute(update(Grant).where(*which).values(**values))
        assert changed.rowcount >= 1


def change_item(deps: Deps, code: str, **values: Any) -> None:
    """Change the row of a published item, as a new version or its withdrawal would."""
    with deps.db.begin() as tx:
        changed = tx.execute(update(UseItem).where(UseItem.code == code).values(**values))
        assert changed.rowcount == 1


def change_necessary(deps: Deps, item: str, type_code: str, fields: list[str]) -> None:
    """Change what an item needs of a type, as far as desks are concerned."""
    with deps.db.begin() as tx:
        changed = tx.execute(
            update(UseItemType)
            .where(
                UseItemType.item_id
                == select(UseItem.id).where(UseItem.code == item).scalar_subquery(),
                UseItemType.type_id
                == select(LicenceType.id).where(LicenceType.code == type_code).scalar_subquery(),
            )
            .values(fields=fields)
        )
        assert changed.rowcount == 1
