"""Register a basis document, change its days, name the one that takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotFound
from wallet.organisations.model import BasisDocument
from wallet.organisations.tree import units_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class NewDocument:
    """A document to register; `effective_to` is the first day on which it is no longer in force."""

    code: str
    number: str
    title: str
    effective_from: date
    effective_to: date | None


def add_document(deps: Deps, principal: Principal, new: NewDocument, now: datetime) -> None:
    """Register a document, which the own unit keeps from then on.

    Raises Invalid (`basis_days`), Conflict (`basis_exists`).
    """
    _check_days(new.effective_from, new.effective_to)
    values = {
        "code": new.code,
        "number": new.number,
        "title": new.title,
        "effective_from": new.effective_from,
        "effective_to": new.effective_to,
        "unit_id": principal.unit_id,
        "replaced_by": None,
    }
    with deps.db.begin() as tx:
        if not insert_if_new(tx, BasisDocument, **values):
            raise Conflict("已有依据文件用了这一代号，请换一个。", "basis_exists")
        _record(tx, "basis.added", principal, now, values)


def change_document(
    deps: Deps, principal: Principal, code: str, change: Mapping[str, Any], now: datetime
) -> None:
    """Change what is given of a document that a unit of the own subtree keeps: `number`, `title`,
    `effective_from`, `effective_to` (None: no end), `replaced_by` (the code of another, None: of none).

    What cites it goes on citing it. Raises NotFound, Invalid (`basis_days`, `basis_successor`).
    """
    with deps.db.begin() as tx:
        row = _kept(tx, principal, code)
        after = {
            name: change.get(name, getattr(row, name))
            for name in ("number", "title", "effective_from", "effective_to")
        }
        after["replaced_by"] = row.replaced_by
        if "replaced_by" in change:
            after["replaced_by"] = _successor(tx, row, change["replaced_by"])
        _check_days(after["effective_from"], after["effective_to"])
        changed = sorted(name for name, value in after.items() if value != getattr(row, name))
        if not changed:
            return
        tx.execute(update(BasisDocument).where(BasisDocument.id == row.id).values(**after))
        _record(tx, "basis.changed", principal, now, {**after, "code": code}, changed=changed)


def _kept(tx: Connection, principal: Principal, code: str) -> AnyRow:
    found = None
    if code.isprintable():  # a database may refuse to look for another
        found = tx.execute(
            select(BasisDocument)
            .where(BasisDocument.code == code, BasisDocument.unit_id.in_(units_in_sight(principal)))
            .with_for_update(key_share=True)
        ).one_or_none()
    if found is None:
        raise NotFound("没有登记这一依据文件，或它由别的管理单位维护。")
    return found


def _successor(tx: Connection, row: AnyRow, code: str | None) -> int | None:
    """The id of the document that takes its place, which must not be replaced by it in turn."""
    if code is None:
        return None
    chains = tx.execute(select(BasisDocument.id, BasisDocument.replaced_by))
    places: dict[int, int | None] = {one.id: one.replaced_by for one in chains}
    found: int | None = tx.execute(
        select(BasisDocument.id).where(BasisDocument.code == code)
    ).scalar_one_or_none()
    seen, after = {row.id}, found
    while after is not None and after not in seen:
        seen.add(after)
        after = places[after]
    if found is None or after is not None:
        sentence = "没有登记这一文件，或它已被本文件替代。"
        raise Invalid(f"replaced_by：{sentence}", "basis_successor", {"replaced_by": [sentence]})
    return found


def _check_days(effective_from: date, effective_to: date | None) -> None:
    if effective_to is not None and effective_to <= effective_from:
        sentence = "失效日期应晚于施行日期。"
        raise Invalid(f"effective_to：{sentence}", "basis_days", {"effective_to": [sentence]})


def _record(
    tx: Connection,
    event: str,
    principal: Principal,
    now: datetime,
    values: Mapping[str, Any],
    **more: Any,
) -> None:
    ends = values["effective_to"]
    audit.record(
        tx,
        event,
        now,
        document=values["code"],
        actor=principal.account,
        effective_from=values["effective_from"].isoformat(),
        effective_to=None if ends is None else ends.isoformat(),
        replaced_by=values["replaced_by"],
        **more,
    )
