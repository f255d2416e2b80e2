"""Publish and withdraw a use item (O-12, M-11): by the managing unit, never by who wrote it.

What is published is the row of `use_items` with the types that follow from its materials, the version
and the audit event, all in one transaction. Grants are not touched: they give what they and the item
have, so that a version narrows them at once and never widens them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from wallet.base.clock import local_day
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.drafts import OPEN
from wallet.catalogue.model import LicenceType, UseItem, UseItemType, UseItemVersion
from wallet.catalogue.register import Draft, draft_within, move, note_step
from wallet.catalogue.review import locked_for_manager, mark_published
from wallet.catalogue.use_list.drafts import ITEMS
from wallet.catalogue.use_list.entry import checked_item, withdrawn
from wallet.catalogue.use_list.materials import fields_of
from wallet.errors import Invalid, NotFound
from wallet.numbers import PUBLISH_AHEAD_DAYS
from wallet.organisations.tree import subtree
from wallet.web.principal import Principal


def publish_item(
    deps: Deps, manager: Principal, draft_id: int, now: datetime, counts_from: date | None = None
) -> Draft:
    """Publish a reviewed draft, or one that is scheduled: it counts for every request from then on, or from
    the day `counts_from` on, where that is still to come.

    Raises NotFound, NotPermitted (`four_eyes`), Invalid (`app_only_item`, `invalid_content`,
    `publication_day`), Conflict (`draft_state`, `item_withdrawn`).
    """
    today = local_day(now)
    if counts_from is not None and not 0 <= (counts_from - today).days <= PUBLISH_AHEAD_DAYS:
        raise Invalid(f"from：应为今天起 {PUBLISH_AHEAD_DAYS} 天内的一天。", "publication_day")
    with deps.db.begin() as tx:
        row = locked_for_manager(tx, ITEMS, manager, draft_id, "reviewed", "scheduled")
        content = checked_item(tx, row.code, row.unit_id, row.content)
        if counts_from is not None and counts_from > today:
            move(tx, ITEMS, row, "scheduled", now, counts_from=counts_from)
            note_step(tx, ITEMS, row, manager.account, "scheduled", None, now)
        else:
            put_item(tx, row, content)
            mark_published(tx, ITEMS, row, manager.account, now)
        return draft_within(tx, ITEMS, row.id)


def withdraw_item(deps: Deps, manager: Principal, code: str, reason: str, now: datetime) -> None:
    """Take an item off the use list for good: it is no longer chosen, no grant for it stands, and
    drafts of it end. Codes that are shown stay good, since no code is bound to an item.

    Raises NotFound (outside the subtree), Invalid (`reason_required`), Conflict (`item_withdrawn`).
    """
    if not reason:
        raise Invalid("reason：撤下须写明理由。", "reason_required")
    with deps.db.begin() as tx:
        item = tx.execute(
            select(UseItem)
            .where(UseItem.code == code, UseItem.unit_id.in_(subtree(manager.unit_id)))
            .with_for_update()
        ).one_or_none()
        if item is None:
            raise NotFound("没有找到这个事项，请回到列表重新选择。")
        if item.withdrawn_at is not None:
            raise withdrawn()
        tx.execute(update(UseItem).where(UseItem.id == item.id).values(withdrawn_at=now))
        versions = tx.execute(
            select(UseItemVersion)
            .where(UseItemVersion.code == code, UseItemVersion.state.in_(("published", *OPEN)))
            .order_by(UseItemVersion.id)
            .with_for_update()
        ).all()
        for row in versions:
            ended = {"replaced_at": now} if row.state == "published" else {}
            move(tx, ITEMS, row, "withdrawn", now, **ended)
            note_step(tx, ITEMS, row, manager.account, "withdrawn", reason, now)


def put_item(tx: Connection, row: AnyRow, content: Mapping[str, Any]) -> None:
    """Let what a version says be what is published. Raises Conflict (`item_withdrawn`)."""
    values = {**content, "version": row.version}
    item = select(UseItem.id).where(UseItem.code == row.code, UseItem.withdrawn_at.is_(None))
    if not insert_if_new(
        tx, UseItem, code=row.code, unit_id=row.unit_id, withdrawn_at=None, **values
    ):
        # The lock comes first, so that no withdrawal is overtaken.
        if tx.execute(item.with_for_update()).first() is None:
            raise withdrawn()
        tx.execute(update(UseItem).where(UseItem.code == row.code).values(**values))
    item_id = tx.execute(item).scalar_one()
    fields = fields_of(content["materials"])
    types = tx.execute(
        select(LicenceType.id, LicenceType.code).where(LicenceType.code.in_(fields))
    ).all()
    tx.execute(delete(UseItemType).where(UseItemType.item_id == item_id))
    tx.execute(
        insert(UseItemType),
        [{"item_id": item_id, "type_id": one.id, "fields": fields[one.code]} for one in types],
    )
