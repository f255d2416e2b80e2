"""Publish a catalogue entry (O-7, M-6): by the managing unit, never by who wrote it.

What is published is the row of `licence_types` and its issuers, the version, the audit event and
the message to the regional platform, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from wallet.base import outbox
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.entry import checked_content
from wallet.catalogue.model import LicenceType, TypeIssuer
from wallet.catalogue.register import Draft, draft_within
from wallet.catalogue.review import locked_for_manager, mark_published
from wallet.catalogue.type_drafts import TYPES
from wallet.errors import Conflict, NotPermitted
from wallet.organisations.model import Unit
from wallet.organisations.tree import all_within
from wallet.web.principal import Principal


def publish_draft(deps: Deps, manager: Principal, draft_id: int, now: datetime) -> Draft:
    """Publish a reviewed draft: it counts for every licence that comes in from then on.

    Raises NotFound, NotPermitted (`four_eyes`; issuing units beyond the subtree), Invalid
    (`invalid_content`), Conflict (`draft_state`).
    """
    with deps.db.begin() as tx:
        row = locked_for_manager(tx, TYPES, manager, draft_id, "reviewed")
        content = checked_content(tx, row.code, row.content)
        _put(tx, manager, row, content)
        mark_published(tx, TYPES, row, manager.account, now)
        outbox.put(tx, "catalogue.published", now, type=row.code, version=row.version)
        return draft_within(tx, TYPES, row.id)


def _put(tx: Connection, manager: Principal, row: AnyRow, content: Mapping[str, Any]) -> None:
    # One publication at a time, so that no two new types are given the same short number.
    tx.execute(select(LicenceType.id).order_by(LicenceType.id).limit(1).with_for_update())
    values = _columns(content) | {"version": row.version}
    type_id = tx.execute(
        select(LicenceType.id).where(LicenceType.code == row.code)
    ).scalar_one_or_none()
    if type_id is None:
        last = tx.execute(select(func.max(LicenceType.short_number))).scalar_one() or 0
        added = insert_if_new(
            tx,
            LicenceType,
            code=row.code,
            short_number=last + 1,
            unit_id=row.unit_id,
            **values,
        )
        if not added:
            raise Conflict("另一类型正在发布，请稍后再试一次。")
        type_id = tx.execute(
            select(LicenceType.id).where(LicenceType.code == row.code)
        ).scalar_one()
    else:
        tx.execute(update(LicenceType).where(LicenceType.id == type_id).values(**values))
    _put_issuers(tx, manager, type_id, content["issuing_units"])


def _put_issuers(tx: Connection, manager: Principal, type_id: int, codes: list[str]) -> None:
    """Who issues from now on; only units of the manager's subtree may be added or taken away."""
    before = set(
        tx.execute(select(TypeIssuer.unit_id).where(TypeIssuer.type_id == type_id)).scalars()
    )
    after = set(tx.execute(select(Unit.id).where(Unit.code.in_(codes))).scalars())
    if not all_within(tx, manager.unit_id, before ^ after):
        raise NotPermitted("增减的发证单位不在本管理单位之下，请由上级管理单位发布。")
    if gone := before - after:
        tx.execute(
            delete(TypeIssuer).where(TypeIssuer.type_id == type_id, TypeIssuer.unit_id.in_(gone))
        )
    if new := after - before:
        tx.execute(
            insert(TypeIssuer), [{"type_id": type_id, "unit_id": unit} for unit in sorted(new)]
        )


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as columns of `licence_types`."""
    taken = (
        "name", "name_en", "name_mn", "type_code", "holder_kinds", "public_attribute",
        "standard_level", "basis", "basis_document", "review", "status_codes", "fields",
    )  # fmt: skip
    return {
        **{name: content[name] for name in taken},
        **content["template"],
        "collected_since": date.fromisoformat(content["collected_since"]),
    }
