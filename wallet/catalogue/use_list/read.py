"""Read the published use list (O-12, M-11)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.basis.published import BASIS_COLUMNS, published_document
from wallet.catalogue.model import UseItem
from wallet.catalogue.use_list.materials import fields_of
from wallet.errors import NotFound
from wallet.organisations.model import BasisDocument, Unit
from wallet.organisations.tree import subtree
from wallet.web.principal import Principal


def use_items(deps: Deps, limit: int, cursor: str | None = None) -> dict[str, Any]:
    """A page of the use list: `{items, next_cursor}`; `fields` is {type: [keys]}."""
    statement = (
        _items().where(UseItem.id > number_of_cursor(cursor)).order_by(UseItem.id).limit(limit + 1)
    )
    with deps.db.read() as tx:
        rows = tx.execute(statement).all()
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return {"items": [_item(row) for row in rows[:limit]], "next_cursor": next_cursor}


def use_item(deps: Deps, code: str) -> dict[str, Any]:
    """One item; raises NotFound, also for one that was withdrawn."""
    with deps.db.read() as tx:
        row = tx.execute(_items().where(UseItem.code == code)).one_or_none()
    if row is None:
        raise NotFound("用证事项清单中没有这个事项，或已撤下。")
    return _item(row)


def item_in_sight(deps: Deps, manager: Principal, code: str) -> dict[str, Any]:
    """One item of the manager's subtree; raises NotFound."""
    statement = _items().where(UseItem.code == code, UseItem.unit_id.in_(subtree(manager.unit_id)))
    with deps.db.read() as tx:
        row = tx.execute(statement).one_or_none()
    if row is None:
        raise NotFound("没有找到这个事项，请回到列表重新选择。")
    return _item(row)


def _items() -> AnySelect:
    return (
        select(
            UseItem,
            Unit.name.label("unit"),
            Unit.name_en.label("unit_en"),
            *BASIS_COLUMNS,
        )
        .join(Unit, Unit.id == UseItem.unit_id)
        .outerjoin(BasisDocument, BasisDocument.code == UseItem.basis_document)
        .where(UseItem.withdrawn_at.is_(None))
    )


def _item(row: AnyRow) -> dict[str, Any]:
    fields = fields_of(row.materials)
    return {
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "unit": row.unit,
        "unit_en": row.unit_en,
        "scene": row.scene,
        "licence_types": list(fields),
        "fields": fields,
        "materials": row.materials,
        "consent": row.consent,
        "purpose": row.purpose,
        "purpose_en": row.purpose_en,
        "retention": row.retention,
        "retention_en": row.retention_en,
        "traditional_channel": row.traditional_channel,
        "traditional_channel_en": row.traditional_channel_en,
        "basis": row.basis,
        "basis_document": published_document(row),
        "version": row.version,
    }
