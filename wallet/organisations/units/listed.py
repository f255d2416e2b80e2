"""The tree of units as whoever manages sees it: the own subtree, from above downwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.errors import Invalid
from wallet.organisations.model import ResponsiblePerson, Staff, Unit
from wallet.organisations.sign_in import STAFF_NAME
from wallet.organisations.tree import manages, units_in_sight
from wallet.organisations.units.sight import unit_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class UnitView:
    """A unit. `depth` counts from the own unit, `parent` is the code of the unit above, None for the root.

    `responsible` is the login of its responsible person, None where nobody is filed, `people` how many
    may sign in. `changeable` says that whoever asks may change it.
    """

    code: str
    name: str
    name_en: str
    level: str
    kinds: Sequence[str]
    area_code: str
    parent: str | None
    depth: int
    closed_at: datetime | None
    responsible: str | None
    responsible_name: str
    people: int
    changeable: bool


@dataclass(frozen=True)
class UnitsWanted:
    """Which units are looked for: `text` is a part of name or code, `missing` those without a responsible
    person, `closed` says whether closed ones are listed too."""

    text: str = ""
    missing: bool = False
    closed: bool = False


@dataclass(frozen=True)
class UnitPage:
    """A page of units, how many there are in all, and how many of the open ones lack a responsible person."""

    items: Sequence[UnitView]
    next_cursor: str | None
    count: int
    missing: int


@dataclass
class _Tree:
    rows: Sequence[AnyRow]
    responsible: Mapping[int, AnyRow]
    people: Mapping[int, int]
    codes: Mapping[int, str] = field(init=False)
    below: Mapping[int | None, list[AnyRow]] = field(init=False)

    def __post_init__(self) -> None:
        self.codes = {row.id: row.code for row in self.rows}
        self.below = defaultdict(list)
        for row in self.rows:
            self.below[row.parent_id if row.parent_id in self.codes else None].append(row)

    def walk(self, above: int | None = None, depth: int = 0) -> Iterator[tuple[AnyRow, int]]:
        """Each unit before those below it."""
        for row in self.below.get(above, ()):
            yield row, depth
            yield from self.walk(row.id, depth + 1)


def units_page(
    deps: Deps, principal: Principal, wanted: UnitsWanted, limit: int, cursor: str | None
) -> UnitPage:
    """A page of the units in sight, each before those below it; the cursor is the code of the last one.

    Raises Invalid (`invalid_cursor`).
    """
    with deps.db.read() as tx:
        tree = _tree(tx, principal)
        found = [(row, depth) for row, depth in tree.walk() if _matches(row, tree, wanted)]
        start = 0
        if cursor is not None:
            codes = [row.code for row, _depth in found]
            if cursor not in codes:
                raise Invalid("cursor：请用上一页答复中的 next_cursor。", "invalid_cursor")
            start = codes.index(cursor) + 1
        page = found[start : start + limit]
        names = _names(deps, tree, [row.id for row, _depth in page])
        items = [_view(principal, tree, row, depth, names) for row, depth in page]
    more = len(found) > start + limit
    missing = sum(row.closed_at is None and row.id not in tree.responsible for row in tree.rows)
    return UnitPage(items, items[-1].code if more else None, len(found), missing)


def unit_view(deps: Deps, principal: Principal, code: str) -> UnitView:
    """One unit in sight. Raises NotFound."""
    with deps.db.read() as tx:
        unit = unit_in_sight(tx, principal, code)
        tree = _tree(tx, principal)
        row, depth = next(found for found in tree.walk() if found[0].id == unit.id)
        return _view(principal, tree, row, depth, _names(deps, tree, [row.id]))


def names_of(deps: Deps, codes: Collection[str]) -> dict[str, tuple[str, str]]:
    """The names of these units, Chinese and English, by code."""
    query = select(Unit.code, Unit.name, Unit.name_en).where(Unit.code.in_(codes))
    return {row.code: (row.name, row.name_en) for row in deps.db.rows(query)}


def parents(deps: Deps, principal: Principal) -> list[UnitView]:
    """The open managing units in sight, under which a unit may stand."""
    with deps.db.read() as tx:
        tree = _tree(tx, principal)
        return [
            _view(principal, tree, row, depth, {})
            for row, depth in tree.walk()
            if row.closed_at is None and "managing" in row.kinds
        ]


def _tree(tx: Connection, principal: Principal) -> _Tree:
    seen = units_in_sight(principal)
    above = Unit.__table__.alias("above")
    rows = tx.execute(
        select(Unit, above.c.code.label("parent_code"))
        .outerjoin(above, above.c.id == Unit.parent_id)
        .where(Unit.id.in_(seen))
        .order_by(Unit.area_code, Unit.id)
    ).all()
    responsible = tx.execute(
        select(ResponsiblePerson.unit_id, Staff.login, Staff.name_sealed)
        .join(Staff, Staff.id == ResponsiblePerson.staff_id)
        .where(ResponsiblePerson.unit_id.in_(seen), ResponsiblePerson.until.is_(None))
    ).all()
    people = tx.execute(
        select(Staff.unit_id, func.count())
        .where(Staff.unit_id.in_(seen), Staff.disabled_at.is_(None))
        .group_by(Staff.unit_id)
    ).all()
    return _Tree(
        rows, {row.unit_id: row for row in responsible}, {row[0]: row[1] for row in people}
    )


def _matches(row: AnyRow, tree: _Tree, wanted: UnitsWanted) -> bool:
    if row.closed_at is not None and not wanted.closed:
        return False
    if wanted.missing and (row.closed_at is not None or row.id in tree.responsible):
        return False
    text = wanted.text.casefold()
    return any(text in value.casefold() for value in (row.name, row.name_en, row.code))


def _names(deps: Deps, tree: _Tree, ids: Collection[int]) -> dict[int, str]:
    """What the responsible persons of these units are called."""
    return {
        one: deps.vault.open(tree.responsible[one].name_sealed, STAFF_NAME)
        for one in ids
        if one in tree.responsible
    }


def _view(
    principal: Principal, tree: _Tree, row: AnyRow, depth: int, names: Mapping[int, str]
) -> UnitView:
    filed = tree.responsible.get(row.id)
    return UnitView(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        level=row.level,
        kinds=row.kinds,
        area_code=row.area_code,
        parent=row.parent_code,
        depth=depth,
        closed_at=row.closed_at,
        responsible=None if filed is None else filed.login,
        responsible_name=names.get(row.id, ""),
        people=0 if row.closed_at else tree.people.get(row.id, 0),
        changeable=manages(principal) and row.id != principal.unit_id and row.closed_at is None,
    )
