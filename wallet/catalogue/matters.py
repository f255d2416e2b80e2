"""Matters (用证事项) as a holder looks for them: those for which the own licences can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, or_, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import PLATFORM, LicenceType, UseItem, UseItemType
from wallet.organisations.model import Unit

_SHOWN: Final = (UseItem.withdrawn_at.is_(None), UseItem.scene != PLATFORM)
"""For what a platform looks up by itself nothing is shown."""


@dataclass(frozen=True)
class TypeName:
    """A licence type, by its code and what it is called."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Material:
    """What a matter asks for: with `all_of` every one of `types` together, else any one of them.

    One that is not `needed` is asked of some people only.
    """

    name: str
    name_en: str
    needed: bool
    all_of: bool
    types: Sequence[TypeName]


@dataclass(frozen=True)
class Matter:
    """A use item with its materials and the basis on which it asks for them, and how it is done without a phone."""

    code: str
    name: str
    name_en: str
    unit: str
    traditional_channel: str
    traditional_channel_en: str
    basis: str
    materials: Sequence[Material] = field(default_factory=list)

    @property
    def type_codes(self) -> frozenset[str]:
        """The licence types that its materials name."""
        return frozenset(one.code for material in self.materials for one in material.types)


def find_matters(
    deps: Deps, type_codes: Iterable[str], asked: str, limit: int, *, every: bool = False
) -> tuple[list[Matter], bool]:
    """Matters for which one of these types can be used, with `every` all of them, and whose name or unit has every word of
    `asked`, without their materials; and whether there are more than `limit`."""
    codes = set(type_codes)
    satisfied = (
        select(UseItemType.item_id)
        .join(LicenceType, LicenceType.id == UseItemType.type_id)
        .where(LicenceType.code.in_(codes))
        .group_by(UseItemType.item_id)
        .having(func.count() >= (len(codes) if every else 1))
    )
    statement = (
        select(UseItem, Unit.name.label("unit"))
        .join(Unit, Unit.id == UseItem.unit_id)
        .where(UseItem.id.in_(satisfied), *_SHOWN)
        .order_by(UseItem.name, UseItem.id)
        .limit(limit + 1)
    )
    for word in asked.lower().split():
        statement = statement.where(
            or_(
                *(
                    func.lower(column).contains(word, autoescape=True)
                    for column in (UseItem.name, UseItem.name_en, Unit.name)
                )
            )
        )
    rows = deps.db.rows(statement)
    return [_matter(row) for row in rows[:limit]], len(rows) > limit


def matter_of(deps: Deps, code: str) -> Matter | None:
    """One matter with its materials; None where there is none, or it was withdrawn."""
    rows = deps.db.rows(
        select(
            UseItem,
            Unit.name.label("unit"),
            LicenceType.code.label("type_code"),
            LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"),
        )
        .join(Unit, Unit.id == UseItem.unit_id)
        .join(UseItemType, UseItemType.item_id == UseItem.id)
        .join(LicenceType, LicenceType.id == UseItemType.type_id)
        .where(UseItem.code == code, *_SHOWN)
    )
    return _matter(rows[0], rows) if rows else None


def _matter(row: AnyRow, rows: Sequence[AnyRow] = ()) -> Matter:
    types = {
        one.type_code: TypeName(one.type_code, one.type_name, one.type_name_en) for one in rows
    }
    return Matter(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        unit=row.unit,
        traditional_channel=row.traditional_channel,
        traditional_channel_en=row.traditional_channel_en,
        basis=row.basis,
        materials=[
            Material(
                name=one["name"],
                name_en=one["name_en"],
                needed=one["needed"],
                all_of=one["satisfied_by"] == "all_of",
                types=[types[some["type"]] for some in one["types"]],
            )
            for one in (row.materials if rows else ())
        ],
    )
