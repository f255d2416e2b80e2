"""Matters (用证事项) as a holder looks for them: those for which the own licences can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType, UseItem, UseItemType
from wallet.organisations.model import Unit


@dataclass(frozen=True)
class TypeName:
    """A licence type that satisfies a matter; `needed` where its material names it.

    A matter that names none of its types is satisfied by any one of them.
    """

    code: str
    name: str
    name_en: str
    needed: bool


@dataclass(frozen=True)
class Matter:
    """A use item with the types that satisfy it, and how it is done without a phone."""

    code: str
    name: str
    name_en: str
    unit: str
    traditional_channel: str
    traditional_channel_en: str
    types: list[TypeName] = field(default_factory=list)

    @property
    def any_of(self) -> bool:
        """Whether one of its types is enough."""
        return not any(one.needed for one in self.types)


def find_matters(
    deps: Deps, type_codes: Iterable[str], asked: str, limit: int
) -> tuple[list[Matter], bool]:
    """Matters that one of these types satisfies and whose name or unit has every word of `asked`,
    without their types; and whether there are more than `limit`."""
    satisfied = (
        select(UseItemType.item_id)
        .join(LicenceType, LicenceType.id == UseItemType.type_id)
        .where(LicenceType.code.in_(set(type_codes)))
    )
    statement = (
        select(UseItem, Unit.name.label("unit"))
        .join(Unit, Unit.id == UseItem.unit_id)
        .where(UseItem.id.in_(satisfied))
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
    """One matter with its types, in the order of the catalogue; None where there is none."""
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
        .where(UseItem.code == code)
        .order_by(LicenceType.short_number)
    )
    return _matter(rows[0], rows) if rows else None


def _matter(row: AnyRow, rows: Sequence[AnyRow] = ()) -> Matter:
    return Matter(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        unit=row.unit,
        traditional_channel=row.traditional_channel,
        traditional_channel_en=row.traditional_channel_en,
        types=[
            TypeName(one.type_code, one.type_name, one.type_name_en, one.type_name in row.materials)
            for one in rows
        ],
    )
