"""The licences of an archive, page by page, with all that their files and index say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.licences.model import (
    CREDENTIAL,
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceField,
    LicenceHolder,
)
from wallet.licences.status.standing import status_on

_PAGE: Final = 200


@dataclass(frozen=True)
class ArchivedLicence:
    """One issued version of a licence. `face` is all that it says, photos as data URIs; `status` how
    it stands, `superseded` where a newer version has taken its place."""

    id: int
    credential: str
    face: dict[str, Any]
    status: str
    status_code: str
    current: bool


def count_licences(tx: Connection, which: ColumnElement[bool]) -> int:
    """How many licences are to be archived."""
    return tx.execute(select(func.count()).select_from(Licence).where(which)).scalar_one()


def licences_of(
    unit_id: int, types: Sequence[int], begins_on: date | None, ends_on: date | None
) -> ColumnElement[bool]:
    """Condition on `Licence`: issued by a unit, of these types (none: all), on these days."""
    conditions = [Licence.unit_id == unit_id, Licence.issued_at.is_not(None)]
    if types:
        conditions.append(Licence.type_id.in_(types))
    if begins_on is not None:
        conditions.append(Licence.issued_on >= begins_on)
    if ends_on is not None:
        conditions.append(Licence.issued_on <= ends_on)
    return and_(*conditions)


def archived_licences(
    deps: Deps, which: ColumnElement[bool], today: date
) -> Iterator[ArchivedLicence]:
    """The licences, in the order in which they came in; memory holds a page of them."""
    after = 0
    while True:
        # A snapshot for each page: one for all would hold back the database's own tidying.
        with deps.db.read() as tx:
            rows = tx.execute(
                select(
                    Licence,
                    LicenceType.code.label("type_code"),
                    LicenceType.name.label("type_name"),
                )
                .join(LicenceType, LicenceType.id == Licence.type_id)
                .where(which, Licence.id > after)
                .order_by(Licence.id)
                .limit(_PAGE)
            ).all()
            ids = [row.id for row in rows]
            fields, holders = _fields(tx, deps, ids), _holders(tx, deps, ids)
        for row in rows:
            yield _licence(deps, row, fields[row.id], holders[row.id], today)
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _fields(tx: Connection, deps: Deps, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    fields: dict[int, dict[str, str]] = defaultdict(dict)
    for row in tx.execute(
        select(LicenceField).where(LicenceField.licence_id.in_(ids)).order_by(LicenceField.key)
    ):
        fields[row.licence_id][row.key] = deps.vault.open(row.value_sealed, FIELD_VALUE)
    return fields


def _holders(tx: Connection, deps: Deps, ids: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    holders: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in tx.execute(
        select(
            LicenceHolder.licence_id,
            LicenceHolder.name_sealed,
            Holder.kind,
            Holder.code_type,
            Holder.code_sealed,
        )
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .where(LicenceHolder.licence_id.in_(ids))
        .order_by(LicenceHolder.licence_id, LicenceHolder.position)
    ):
        holders[row.licence_id].append(
            {
                "kind": row.kind,
                "code_type": row.code_type,
                "code": deps.vault.open(row.code_sealed, HOLDER_CODE),
                "name": deps.vault.open(row.name_sealed, HOLDER_NAME),
            }
        )
    return holders


def _licence(
    deps: Deps, row: AnyRow, fields: dict[str, str], holders: list[dict[str, str]], today: date
) -> ArchivedLicence:
    current = row.superseded_at is None
    status = status_on(row.status, row.valid_from, row.valid_until, today)
    assert row.credential_sealed is not None  # it is issued
    return ArchivedLicence(
        id=row.id,
        credential=deps.vault.open(row.credential_sealed, CREDENTIAL),
        face={
            "identifier": deps.vault.open(row.identifier_sealed, IDENTIFIER),
            "number": deps.vault.open(row.number_sealed, NUMBER),
            "version": row.version,
            "type": {"code": row.type_code, "name": row.type_name},
            "holders": holders,
            "issued_on": row.issued_on.isoformat(),
            "valid_from": row.valid_from.isoformat(),
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
            "area_code": row.area_code,
            "fields": fields,
        },
        status=status if current else "superseded",
        status_code=row.status_code,
        current=current,
    )
