"""Receive a licence from its issuing unit (O-8, M-7).

Two steps, so that a crash at any moment leaves nothing half-issued: transaction 1 records the
licence as pending, then it is signed and checked, and transaction 2 marks it issued. Whoever
comes next, a repeat of the request or the worker's sweep, finishes what a crash left pending.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.errors import Conflict
from wallet.holders.find import find_or_add_holder
from wallet.licences.check import CheckedLicence, NewLicence, check_new, issuable_type
from wallet.licences.identifier import make_identifier, parse_identifier
from wallet.licences.issue import IssuedLicence, issue
from wallet.licences.model import (
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    IdempotencyKey,
    Licence,
    LicenceField,
    LicenceHolder,
)
from wallet.licences.status_places import assign_status_index
from wallet.licences.versions import lock_number, of_number
from wallet.web.principal import Principal


def receive(
    deps: Deps, client: Principal, key: str, body_hash: bytes, new: NewLicence, now: datetime
) -> IssuedLicence:
    """Take a licence in and issue it. The same key and body give the same answer.

    Raises Invalid, NotPermitted (a type of another unit), Conflict (`idempotency_key_reused`,
    `stale_version`, `licence_revoked`, `identifier_taken`).
    """
    with deps.db.read() as tx:
        licence_id = _licence_of_key(tx, client.id, key, body_hash)
        type_row = None if licence_id else issuable_type(tx, client, new.type)
    if type_row is not None:
        checked = check_new(type_row, new, local_day(now))
        licence_id = _record(deps, client, key, body_hash, checked, now)
    assert licence_id is not None
    return issue(deps, licence_id, now)


def _licence_of_key(tx: Connection, client_id: int, key: str, body_hash: bytes) -> int | None:
    row = tx.execute(
        select(IdempotencyKey.body_hash, IdempotencyKey.licence_id).where(
            IdempotencyKey.client_id == client_id, IdempotencyKey.key == key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.body_hash != body_hash:
        raise Conflict(
            "此 Idempotency-Key 已用于另一份内容，请为新的请求换一个。", "idempotency_key_reused"
        )
    licence_id: int | None = row.licence_id
    return licence_id


def _record(
    deps: Deps,
    client: Principal,
    key: str,
    body_hash: bytes,
    checked: CheckedLicence,
    now: datetime,
) -> int:
    with deps.db.begin() as tx:
        claimed = insert_if_new(
            tx,
            IdempotencyKey,
            client_id=client.id,
            key=key,
            body_hash=body_hash,
            licence_id=None,
            created_at=now,
        )
        if not claimed:  # a twin of this request was first and has committed
            licence_id = _licence_of_key(tx, client.id, key, body_hash)
            assert licence_id is not None
            return licence_id
        licence_id = _insert_licence(tx, deps, client, checked, now)
        tx.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.client_id == client.id, IdempotencyKey.key == key)
            .values(licence_id=licence_id)
        )
        audit.record(
            tx,
            "licence.received",
            now,
            licence=licence_id,
            client=client.id,
            unit=checked.type.unit_id,
            type=checked.type.code,
            version=checked.version,
        )
    return licence_id


def _insert_licence(
    tx: Connection, deps: Deps, client: Principal, checked: CheckedLicence, now: datetime
) -> int:
    new, vault = checked.new, deps.vault
    number_index = vault.index(new.number, NUMBER)
    number = checked.type.id, checked.type.unit_id, number_index
    lock_number(tx, *number)
    newest = tx.execute(
        select(Licence.version, Licence.status, Licence.status_code, Licence.identifier_sealed)
        .where(of_number(*number))
        .order_by(Licence.version.desc())
        .limit(1)
    ).one_or_none()
    status, status_code, serial = "valid", _valid_code(checked.type.status_codes), ""
    if newest is not None:
        if checked.version <= newest.version:
            raise _stale()
        if newest.status == "revoked":
            raise Conflict("此证照已被吊销或注销，不能再报送新版本。", "licence_revoked")
        if newest.status != "valid":  # a new version is no way out of a suspension
            status, status_code = newest.status, newest.status_code
        serial = parse_identifier(vault.open(newest.identifier_sealed, IDENTIFIER)).serial
    identifier = checked.identifier or make_identifier(
        checked.type.type_code, checked.type.unit_code, checked.version, serial
    )
    identifier_index = vault.index(identifier, IDENTIFIER)
    inserted = insert_if_new(
        tx,
        Licence,
        type_id=checked.type.id,
        unit_id=checked.type.unit_id,
        client_id=client.id,
        identifier_index=identifier_index,
        identifier_sealed=vault.seal(identifier, IDENTIFIER),
        number_index=number_index,
        number_sealed=vault.seal(new.number, NUMBER),
        version=checked.version,
        status=status,
        status_code=status_code,
        issued_on=new.issued_on,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        area_code=new.area_code,
        received_at=now,
    )
    row = tx.execute(
        select(Licence.id).where(Licence.identifier_index == identifier_index)
    ).one_or_none()
    if not inserted:
        if row is None:  # another request stored the same number and version meanwhile
            raise _stale()
        raise Conflict("此证照标识已用于另一份证照，请换一个。", "identifier_taken")
    assert row is not None
    licence_id: int = row.id
    _insert_parts(tx, vault, licence_id, checked)
    assign_status_index(tx, deps, licence_id, now)
    return licence_id


def _insert_parts(tx: Connection, vault: Vault, licence_id: int, checked: CheckedLicence) -> None:
    if checked.faces:
        tx.execute(
            insert(LicenceField),
            [
                {
                    "licence_id": licence_id,
                    "key": key,
                    "value_sealed": vault.seal(value, FIELD_VALUE),
                }
                for key, value in checked.faces.items()
            ],
        )
    for position, holder in enumerate(checked.holders):
        holder_id = find_or_add_holder(
            tx,
            vault,
            kind=holder.kind,
            code_type=holder.code_type,
            code=holder.code,
            name=holder.name,
        )
        tx.execute(
            insert(LicenceHolder),
            {
                "licence_id": licence_id,
                "holder_id": holder_id,
                "position": position,
                "name_sealed": vault.seal(holder.name, HOLDER_NAME),
            },
        )


def _valid_code(status_codes: list[dict[str, Any]]) -> str:
    return next(str(code["code"]) for code in status_codes if code["means"] == "valid")


def _stale() -> Conflict:
    return Conflict("库中已有同一版本或更新的版本，请核对 version。", "stale_version")


def pending_before(now: datetime, seconds: int) -> Any:
    """Statement: the ids of licences that a crash left pending for that long."""
    return (
        select(Licence.id)
        .where(Licence.issued_at.is_(None), Licence.received_at <= now - timedelta(seconds=seconds))
        .order_by(Licence.id)
    )
