"""What a unit issues: its types, and how many licences of each are in its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from wallet.base.deps import Deps
from wallet.catalogue.masking import mask_middle
from wallet.catalogue.model import LicenceType, TypeIssuer
from wallet.licences.model import Licence
from wallet.web.principal import Principal


@dataclass(frozen=True)
class UnitType:
    """A type that a unit issues, with the catalogue's status codes and face fields."""

    id: int
    code: str
    name: str
    name_en: str
    status_codes: Sequence[Mapping[str, Any]]
    fields: Sequence[Mapping[str, Any]]


def shown_number(number: str, fields: Sequence[Mapping[str, Any]]) -> str:
    """A licence's number as lists show it, masked where by its type's face fields it is a person's own."""
    personal = any(field["key"] == "number" and field.get("sensitive") for field in fields)
    return mask_middle(number) if personal else number


def types_of_unit(tx: Connection, unit_id: int | None) -> list[UnitType]:
    """The types that a unit issues, in the order of their names."""
    rows = tx.execute(
        select(
            LicenceType.id,
            LicenceType.code,
            LicenceType.name,
            LicenceType.name_en,
            LicenceType.status_codes,
            LicenceType.fields,
        )
        .join(TypeIssuer, TypeIssuer.type_id == LicenceType.id)
        .where(TypeIssuer.unit_id == unit_id)
        .order_by(LicenceType.name)
    )
    return [UnitType(*row) for row in rows]


def types_by_code(deps: Deps, staff: Principal) -> dict[str, UnitType]:
    """The types that the staff member's unit issues, in the order of their names."""
    with deps.db.read() as tx:
        return {kind.code: kind for kind in types_of_unit(tx, staff.unit_id)}


def issued_counts(deps: Deps, staff: Principal) -> list[tuple[UnitType, int]]:
    """The types of the staff member's unit, and how many licences of each it has issued.

    A licence counts once, whatever its versions.
    """
    with deps.db.read() as tx:
        rows = tx.execute(
            select(Licence.type_id, func.count().label("issued"))
            .where(
                Licence.unit_id == staff.unit_id,
                Licence.issued_at.is_not(None),
                Licence.superseded_at.is_(None),
            )
            .group_by(Licence.type_id)
        )
        counts = {row.type_id: row.issued for row in rows}
        return [(kind, counts.get(kind.id, 0)) for kind in types_of_unit(tx, staff.unit_id)]
