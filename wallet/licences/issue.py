"""Issue a recorded licence: sign its credential, check what was signed, mark it issued."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from verify.credential import read_credential, sign_credential
from wallet.base import audit, outbox
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.catalogue.model import LicenceType
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.licences.model import (
    CREDENTIAL,
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Delegation,
    DelegationLicence,
    Licence,
    LicenceField,
    LicenceHolder,
)
from wallet.licences.status_places import note_change
from wallet.licences.versions import lock_number, of_number
from wallet.organisations.model import Unit


@dataclass(frozen=True)
class IssuedLicence:
    """The answer to the issuer. `status` is valid once issued, pending before."""

    identifier: str
    status: str
    version: int
    type: str
    number: str
    valid_from: date
    valid_until: date | None


def issue(deps: Deps, licence_id: int, now: datetime) -> IssuedLicence:
    """Sign and mark issued, once, however often and from wherever it is called.

    Record before signing, check after: what `verify` does not accept is never stored.
    """
    with deps.db.read() as tx:
        row = _load(tx, licence_id)
        issued = _answer(deps.vault, row)
        if row.issued_at is not None:
            return issued
        claims = _claims(tx, deps, row, issued, now)
    key = deps.keys.current
    credential = sign_credential(claims, key)
    if read_credential(credential, deps.keys.public) != claims:
        raise RuntimeError("the credential just signed does not read back")
    with deps.db.begin() as tx:
        _mark_issued(tx, deps.vault, row, credential, key.kid, now)
    return issued


def _load(tx: Connection, licence_id: int) -> AnyRow:
    return tx.execute(
        select(
            Licence,
            LicenceType.code.label("type_code"),
            LicenceType.name.label("type_name"),
            LicenceType.version.label("type_version"),
            Unit.code.label("unit_code"),
            Unit.name.label("unit_name"),
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Unit, Unit.id == Licence.unit_id)
        .where(Licence.id == licence_id)
    ).one()


def _answer(vault: Vault, row: AnyRow) -> IssuedLicence:
    return IssuedLicence(
        identifier=vault.open(row.identifier_sealed, IDENTIFIER),
        # What the answer says is the state that the licence is in once this call has returned.
        status="valid",
        version=row.version,
        type=row.type_code,
        number=vault.open(row.number_sealed, NUMBER),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _claims(
    tx: Connection, deps: Deps, row: AnyRow, issued: IssuedLicence, now: datetime
) -> dict[str, Any]:
    fields = tx.execute(
        select(LicenceField.key, LicenceField.value_sealed)
        .where(LicenceField.licence_id == row.id)
        .order_by(LicenceField.key)
    )
    holders = tx.execute(
        select(Holder.kind, Holder.code_type, Holder.code_sealed, LicenceHolder.name_sealed)
        .join(LicenceHolder, LicenceHolder.holder_id == Holder.id)
        .where(LicenceHolder.licence_id == row.id)
        .order_by(LicenceHolder.position)
    )
    open_value = deps.vault.open
    return {
        "iss": deps.keys.issuer,
        "iat": int(now.timestamp()),
        "identifier": issued.identifier,
        "version": row.version,
        "type": {"code": row.type_code, "name": row.type_name, "version": row.type_version},
        "number": issued.number,
        "issuing_unit": {"code": row.unit_code, "name": row.unit_name},
        "issued_on": row.issued_on.isoformat(),
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "area_code": row.area_code,
        "holders": [
            {
                "kind": holder.kind,
                "code_type": holder.code_type,
                "code": open_value(holder.code_sealed, HOLDER_CODE),
                "name": open_value(holder.name_sealed, HOLDER_NAME),
            }
            for holder in holders
        ],
        "fields": {
            field.key: _in_credential(open_value(field.value_sealed, FIELD_VALUE))
            for field in fields
        },
    }


def _in_credential(value: str) -> str | dict[str, str]:
    # A photo enters by its digest: it would make every credential half a megabyte.
    if value.startswith("data:image/"):
        return {"sha256": hashlib.sha256(value.encode("ascii")).hexdigest()}
    return value


def _mark_issued(
    tx: Connection, vault: Vault, row: AnyRow, credential: str, kid: str, now: datetime
) -> None:
    lock_number(tx, row.type_id, row.unit_id, row.number_index)
    marked = tx.execute(
        update(Licence)
        .where(Licence.id == row.id, Licence.issued_at.is_(None))
        .values(issued_at=now, credential_sealed=vault.seal(credential, CREDENTIAL))
    )
    if marked.rowcount == 0:
        return  # a twin of this call was first
    _supersede(tx, row, now)
    outbox.put(tx, "licence.issued", now, licence=row.id)
    audit.record(
        tx,
        "licence.issued",
        now,
        licence=row.id,
        unit=row.unit_id,
        type=row.type_code,
        version=row.version,
        kid=kid,
    )


def _supersede(tx: Connection, row: AnyRow, now: datetime) -> None:
    """End the older versions and take the delegations over to this one."""
    same = of_number(row.type_id, row.unit_id, row.number_index)
    older = select(Licence.id).where(same, Licence.version < row.version)
    tx.execute(
        update(Licence)
        .where(Licence.id.in_(older), Licence.superseded_at.is_(None))
        .values(superseded_at=now)
    )
    note_change(tx, older, now)
    # Two versions may be issued in the other order than they came in.
    newer = tx.execute(
        select(Licence.id).where(
            same, Licence.version > row.version, Licence.issued_at.is_not(None)
        )
    ).first()
    if newer is not None:
        tx.execute(update(Licence).where(Licence.id == row.id).values(superseded_at=now))
        note_change(tx, [row.id], now)
        return
    delegations = tx.execute(
        select(DelegationLicence.delegation_id)
        .join(Delegation, Delegation.id == DelegationLicence.delegation_id)
        .where(DelegationLicence.licence_id.in_(older), Delegation.ended_at.is_(None))
        .distinct()
    ).scalars()
    for delegation_id in delegations:
        tx.execute(
            insert(DelegationLicence), {"delegation_id": delegation_id, "licence_id": row.id}
        )
