"""Drafts of use items (O-12, M-11): written by the responsible person 专人 of the unit whose matter it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.drafts import begin_draft
from wallet.catalogue.model import UseItem, UseItemStep, UseItemVersion
from wallet.catalogue.register import Draft, Register
from wallet.catalogue.use_list.entry import checked_item, item_row
from wallet.errors import NotPermitted
from wallet.organisations.model import Unit
from wallet.organisations.tree import subtree
from wallet.web.principal import Principal

ITEMS: Final = Register(
    versions=UseItemVersion,
    steps=UseItemStep,
    writers=frozenset({"responsible"}),
    check=checked_item,
    event="use_item",
    names="item",
)
"""The use list 用证事项清单."""


def write_item(
    deps: Deps, principal: Principal, code: str, given: Mapping[str, Any], now: datetime
) -> Draft:
    """Begin the next version of an item of the unit, or a new item.

    Raises Invalid (`app_only_item`, `invalid_content`), NotPermitted (another unit's item), Conflict
    (`draft_exists`, `item_withdrawn`).
    """
    assert principal.unit_id is not None
    with deps.db.begin() as tx:
        published = item_row(tx, code)
        if published is not None and published.unit_id != principal.unit_id:
            raise NotPermitted("这是另一单位的事项，只有该单位才能起草新版本。")
        version = 1 if published is None else published.version + 1
        return begin_draft(
            tx, ITEMS, principal.account, principal.unit_id, code, version, given, now
        )


def own_items(deps: Deps, principal: Principal) -> Sequence[AnyRow]:
    """The published items of the account's unit: code, name, name_en, version."""
    return deps.db.rows(
        select(UseItem.code, UseItem.name, UseItem.name_en, UseItem.version)
        .where(UseItem.unit_id == principal.unit_id, UseItem.withdrawn_at.is_(None))
        .order_by(UseItem.id)
    )


def items_in_sight(deps: Deps, manager: Principal, limit: int) -> Sequence[AnyRow]:
    """At most so many published items of the manager's subtree: code, name, name_en, version, unit."""
    return deps.db.rows(
        select(
            UseItem.code, UseItem.name, UseItem.name_en, UseItem.version, Unit.name.label("unit")
        )
        .join(Unit, Unit.id == UseItem.unit_id)
        .where(UseItem.unit_id.in_(subtree(manager.unit_id)), UseItem.withdrawn_at.is_(None))
        .order_by(UseItem.id)
        .limit(limit)
    )
