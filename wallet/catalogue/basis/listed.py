"""The basis documents with the rules that cite them: nothing that cites a lapsed one is switched off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.basis.standing import Standing, standing
from wallet.catalogue.model import LicenceType, UseItem
from wallet.errors import NotFound
from wallet.organisations.model import BasisDocument, Unit
from wallet.organisations.tree import manages, units_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Citation:
    """A rule that rests on a document: `kind` is type or item."""

    kind: str
    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class BasisView:
    """A document and how it stands; `effective_to` is the first day on which it is no longer in force.

    `unit` is the code of the managing unit that keeps it, None where an operator does, `replaced_by` the code
    of the document that took its place. `changeable` says that whoever asks may change it.
    """

    code: str
    number: str
    title: str
    effective_from: date
    effective_to: date | None
    standing: Standing
    unit: str | None
    unit_name: str
    unit_name_en: str
    replaced_by: str | None
    cited_by: Sequence[Citation]
    changeable: bool

    @property
    def state(self) -> str:
        """As `Standing.state`."""
        return self.standing.state


def documents(deps: Deps, principal: Principal | None, today: date) -> list[BasisView]:
    """Every document, those that end first before the others; `principal` is who asks, None for anybody."""
    with deps.db.read() as tx:
        found = _views(tx, principal, today)
    return sorted(found, key=lambda one: (one.effective_to or date.max, one.code))


def document(deps: Deps, principal: Principal | None, code: str, today: date) -> BasisView:
    """One document. Raises NotFound."""
    for one in documents(deps, principal, today):
        if one.code == code:
            return one
    raise NotFound("没有登记这一依据文件。")


def cited(tx: Connection) -> dict[str, list[Citation]]:
    """By the code of a document, the licence types and use items that cite it."""
    found: dict[str, list[Citation]] = defaultdict(list)
    types = select(LicenceType).where(LicenceType.basis_document.is_not(None))
    for kind in tx.execute(types.order_by(LicenceType.short_number)):
        found[kind.basis_document].append(Citation("type", kind.code, kind.name, kind.name_en))
    items = select(UseItem).where(
        UseItem.basis_document.is_not(None), UseItem.withdrawn_at.is_(None)
    )
    for item in tx.execute(items.order_by(UseItem.id)):
        found[item.basis_document].append(Citation("item", item.code, item.name, item.name_en))
    return found


def _views(tx: Connection, principal: Principal | None, today: date) -> list[BasisView]:
    kept: set[int] = set()
    if principal is not None and manages(principal):
        kept = set(tx.execute(units_in_sight(principal)).scalars())
    citations = cited(tx)
    rows = tx.execute(
        select(BasisDocument, Unit.code.label("unit"), Unit.name, Unit.name_en).outerjoin(
            Unit, Unit.id == BasisDocument.unit_id
        )
    ).all()
    codes = {row.id: row.code for row in rows}
    return [_view(row, citations[row.code], codes, kept, today) for row in rows]


def _view(
    row: AnyRow,
    citations: Sequence[Citation],
    codes: dict[int, str],
    kept: set[int],
    today: date,
) -> BasisView:
    return BasisView(
        code=row.code,
        number=row.number,
        title=row.title,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        standing=standing(row.effective_from, row.effective_to, today),
        unit=row.unit,
        unit_name=row.name or "",
        unit_name_en=row.name_en or "",
        replaced_by=codes.get(row.replaced_by),
        cited_by=citations,
        changeable=row.unit_id in kept,
    )
