"""Read the published catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.basis.published import BASIS_COLUMNS, published_document
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.organisations.model import BasisDocument, Unit


def published_types(deps: Deps, limit: int, cursor: str | None = None) -> dict[str, Any]:
    """A page of the catalogue (O-7) by short number: `{items, next_cursor}`."""
    statement = _types().order_by(LicenceType.short_number).limit(limit + 1)
    statement = statement.where(LicenceType.short_number > number_of_cursor(cursor))
    with deps.db.read() as tx:
        rows = tx.execute(statement).all()
    next_cursor = str(rows[limit - 1].short_number) if len(rows) > limit else None
    return {"items": [_type(row) for row in rows[:limit]], "next_cursor": next_cursor}


def published_type(deps: Deps, code: str) -> dict[str, Any]:
    """One entry; raises NotFound."""
    with deps.db.read() as tx:
        row = tx.execute(_types().where(LicenceType.code == code)).one_or_none()
    if row is None:
        raise NotFound("发证目录中没有这一类型。")
    return _type(row)


def published_versions(
    deps: Deps, table: Any, code: str, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    """The versions of an entry that are or were published, the first one first, and since when.

    `table` is that of the versions, of types or of items. `replaced_at` is None for the one that
    counts. Raises NotFound for an entry that has none.
    """
    known = select(table.id).where(table.code == code, table.published_at.is_not(None)).limit(1)
    statement = (
        select(table)
        .where(
            table.code == code,
            table.published_at.is_not(None),
            table.version > number_of_cursor(cursor),
        )
        .order_by(table.version)
        .limit(limit + 1)
    )
    with deps.db.read() as tx:
        if tx.execute(known).first() is None:
            raise NotFound("没有发布过这样的条目。")
        rows = tx.execute(statement).all()
    next_cursor = str(rows[limit - 1].version) if len(rows) > limit else None
    items = [
        {
            "version": row.version,
            "name": row.content["name"],
            "published_at": row.published_at,
            "replaced_at": row.replaced_at,
        }
        for row in rows[:limit]
    ]
    return {"items": items, "next_cursor": next_cursor}


def _types() -> AnySelect:
    return (
        select(
            LicenceType,
            Unit.name.label("unit"),
            *BASIS_COLUMNS,
        )
        .join(Unit, Unit.id == LicenceType.unit_id)
        .outerjoin(BasisDocument, BasisDocument.code == LicenceType.basis_document)
    )


def _type(row: AnyRow) -> dict[str, Any]:
    collected_since: date = row.collected_since
    return {
        "code": row.code,
        "number": row.short_number,
        "type_code": row.type_code,
        "name": row.name,
        "name_en": row.name_en,
        "name_mn": row.name_mn,
        "issuing_unit": row.unit,
        "holder_kinds": row.holder_kinds,
        "collected_since": collected_since.isoformat(),
        "public_attribute": row.public_attribute,
        "standard_level": row.standard_level,
        "basis": row.basis,
        "version": row.version,
        "basis_document": published_document(row),
        "template": {"theme": row.theme, "layout": row.layout, "bilingual": row.bilingual},
        "theme": row.theme,
        "review": row.review,
        "status_codes": row.status_codes,
        "fields": row.fields,
    }
