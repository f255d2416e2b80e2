"""What the regional platform is told of a licence: the metadata set of GB/T 36902 and 36903, as
implementations of them have it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from wallet.base.clock import local_day, rfc3339
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.catalogue.model import LicenceType
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.licences.model import (
    CREDENTIAL,
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Exemption,
    Licence,
    LicenceField,
    LicenceHolder,
)
from wallet.licences.status.history import last_change
from wallet.licences.status.standing import status_entry, status_on
from wallet.licences.versions import of_number
from wallet.organisations.model import Unit

_AUTHORITY: Final = 18
"""A type code begins with the credit code of the authority that defines the type (GB/T 36904)."""


def licence_metadata(tx: Connection, deps: Deps, licence_id: int, now: datetime) -> dict[str, Any]:
    """One licence as it stands now. `file` is its signed credential; photos are in it by digest."""
    row = tx.execute(
        select(
            Licence,
            LicenceType.type_code,
            LicenceType.name.label("type_name"),
            LicenceType.status_codes,
            Unit.code.label("unit_code"),
            Unit.name.label("unit_name"),
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Unit, Unit.id == Licence.unit_id)
        .where(Licence.id == licence_id)
    ).one()
    until = row.valid_until.isoformat() if row.valid_until else None
    return {
        "type_name": row.type_name,
        "type_code": row.type_code,
        "number": deps.vault.open(row.number_sealed, NUMBER),
        "identifier": deps.vault.open(row.identifier_sealed, IDENTIFIER),
        "version": row.version,
        "superseded": row.superseded_at is not None,
        "defining_unit": {"code": row.type_code[:_AUTHORITY]},
        "issuing_unit": {"code": row.unit_code, "name": row.unit_name},
        "issued_on": row.issued_on.isoformat(),
        "valid_from": row.valid_from.isoformat(),
        "valid_until": until,
        "valid_range": f"{row.valid_from.isoformat()}至{until or '长期'}",
        "area_code": row.area_code,
        "holders": _holders(tx, deps, licence_id),
        "linked_matter": None,
        "sealed": _sealed(tx, row),
        "changed": _changed(tx, deps, row),
        "extension": _face(tx, deps, licence_id),
        "file": deps.vault.open(row.credential_sealed, CREDENTIAL),
        "status": _status(row, now),
    }


def _holders(tx: Connection, deps: Deps, licence_id: int) -> list[dict[str, str]]:
    rows = tx.execute(
        select(Holder.kind, Holder.code_type, Holder.code_sealed, LicenceHolder.name_sealed)
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .where(LicenceHolder.licence_id == licence_id)
        .order_by(LicenceHolder.position)
    )
    return [
        {
            "kind": row.kind,
            "code_type": row.code_type,
            "code": deps.vault.open(row.code_sealed, HOLDER_CODE),
            "name": deps.vault.open(row.name_sealed, HOLDER_NAME),
        }
        for row in rows
    ]


def _face(tx: Connection, deps: Deps, licence_id: int) -> dict[str, str]:
    rows = tx.execute(
        select(LicenceField.key, LicenceField.value_sealed)
        .where(LicenceField.licence_id == licence_id)
        .order_by(LicenceField.key)
    )
    values = {row.key: deps.vault.open(row.value_sealed, FIELD_VALUE) for row in rows}
    return {key: value for key, value in values.items() if not value.startswith("data:image/")}


def _sealed(tx: Connection, row: AnyRow) -> dict[str, str] | None:
    """By whom and when its credential was sealed; None where the unit is exempt (O-11, M-10)."""
    exempt = tx.execute(
        select(Exemption.id).where(
            Exemption.kind == "seal",
            Exemption.unit_id == row.unit_id,
            Exemption.type_id == row.type_id,
            is_current(Exemption.starts_on, Exemption.ends_on, local_day(row.issued_at)),
        )
    ).first()
    if exempt is not None:
        return None
    return {"by": row.unit_code, "name": row.unit_name, "at": rfc3339(row.issued_at)}


def _changed(tx: Connection, deps: Deps, row: AnyRow) -> dict[str, str] | None:
    change = last_change(tx, deps.vault, of_number(row.type_id, row.unit_id, row.number_index))
    if change is None:
        return None
    why = {"reason": change.reason, "basis": change.basis}
    return {"act": change.act, "at": rfc3339(change.at), **why}


def _status(row: AnyRow, now: datetime) -> dict[str, str]:
    standing = status_on(row.status, row.valid_from, row.valid_until, local_day(now))
    entry = status_entry(row.status_codes, row.status_code, standing)
    return {
        "means": standing,
        "code": entry.get("code", row.status_code),
        "label": entry["label"],
    }
