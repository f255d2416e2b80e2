"""Receive a licence from its issuing unit (O-8, M-7).

Two steps, so that a crash at any moment leaves nothing half-issued: transaction 1 records the
licence as pending, then it is signed and checked, and transaction 2 marks it issued. Whoever
comes next, a repeat of the request or the worker's sweep, finishes what a crash left pending.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.catalogue.model import LicenceType, TypeIssuer
from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.holders.codes import normalise_holder_code
from wallet.holders.find import find_or_add_holder
from wallet.licences.faces import check_faces
from wallet.licences.identifier import make_identifier, parse_identifier
from wallet.licences.issue import IssuedLicence, issue
from wallet.licences.model import (
    FIELD_VALUE,
    IDENTIFIER,
    NUMBER,
    STATUS_LIST_SIZE,
    IdempotencyKey,
    Licence,
    LicenceField,
    LicenceHolder,
    StatusEntry,
)
from wallet.organisations.model import Unit
from wallet.web.principal import Principal

_STATUS_DRAWS: Final = 64


@dataclass(frozen=True)
class NewHolder:
    """A holder as the issuer names it; `kind` is person or organisation."""

    kind: str
    code_type: str
    code: str
    name: str


@dataclass(frozen=True)
class NewLicence:
    """A licence as the issuer's system sends it; `valid_until` None has no end."""

    type: str
    number: str
    version: int | None
    identifier: str | None
    holders: Sequence[NewHolder]
    issued_on: date
    valid_from: date
    valid_until: date | None
    area_code: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class _Checked:
    """A licence that keeps every rule, ready to be written."""

    new: NewLicence
    type: AnyRow
    unit_id: int
    holders: list[NewHolder]
    faces: dict[str, str]
    version: int
    identifier: str


def receive(
    deps: Deps, client: Principal, key: str, body_hash: bytes, new: NewLicence, now: datetime
) -> IssuedLicence:
    """Take a licence in and issue it. The same key and body give the same answer.

    Raises Invalid, NotPermitted (a type of another unit), Conflict (`idempotency_key_reused`,
    `stale_version`, `identifier_taken`).
    """
    with deps.db.read() as tx:
        licence_id = _licence_of_key(tx, client.id, key, body_hash)
        type_row = None if licence_id else _issuable_type(tx, client, new.type)
    if type_row is not None:
        checked = _check(client, type_row, new)
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


def _issuable_type(tx: Connection, client: Principal, code: str) -> AnyRow:
    row = tx.execute(
        select(
            LicenceType.id,
            LicenceType.code,
            LicenceType.type_code,
            LicenceType.name,
            LicenceType.holder_kinds,
            LicenceType.status_codes,
            LicenceType.fields,
            TypeIssuer.unit_id.label("issuer_id"),
            select(Unit.code).where(Unit.id == client.unit_id).scalar_subquery().label("unit_code"),
        )
        .outerjoin(
            TypeIssuer,
            (TypeIssuer.type_id == LicenceType.id) & (TypeIssuer.unit_id == client.unit_id),
        )
        .where(LicenceType.code == code)
    ).one_or_none()
    if row is None:
        raise Invalid("type：发证目录中没有这一类型。", "unknown_type")
    if row.issuer_id is None:
        raise NotPermitted("本单位不签发这一类型的证照。")
    return row


def _check(client: Principal, type_row: AnyRow, new: NewLicence) -> _Checked:
    holders = [_check_holder(type_row, holder) for holder in new.holders]
    if len({(holder.code_type, holder.code) for holder in holders}) != len(holders):
        raise Invalid("holders：同一持证主体重复。", "duplicate_holder")
    if new.valid_until is not None and new.valid_until < new.valid_from:
        raise Invalid("valid_until：有效期止早于有效期起。", "validity_reversed")
    assert client.unit_id is not None
    version = new.version or 1
    if new.identifier is None:
        identifier = make_identifier(type_row.type_code, type_row.unit_code, version)
    else:
        given = parse_identifier(new.identifier)
        if given.type_code != type_row.type_code:
            raise Invalid("identifier：类型代码与证照类型不符。", "identifier_type")
        if given.issuer_code != type_row.unit_code:
            raise Invalid("identifier：单位代码不是本发证单位。", "identifier_issuer")
        if given.version == 0 or new.version not in (None, given.version):
            raise Invalid("identifier：版本与 version 不符。", "identifier_version")
        version, identifier = given.version, new.identifier
    return _Checked(
        new=new,
        type=type_row,
        unit_id=client.unit_id,
        holders=holders,
        faces=check_faces(type_row.fields, new.fields),
        version=version,
        identifier=identifier,
    )


def _check_holder(type_row: AnyRow, holder: NewHolder) -> NewHolder:
    if holder.kind not in type_row.holder_kinds:
        raise Invalid("holders：这一类型不发给此类持证主体。", "holder_kind")
    code = normalise_holder_code(holder.kind, holder.code_type, holder.code)
    return NewHolder(holder.kind, holder.code_type, code, holder.name)


def _record(
    deps: Deps,
    client: Principal,
    key: str,
    body_hash: bytes,
    checked: _Checked,
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
        licence_id = _insert_licence(tx, deps.vault, client, checked, now)
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
            unit=checked.unit_id,
            type=checked.type.code,
            version=checked.version,
        )
    return licence_id


def _insert_licence(
    tx: Connection, vault: Vault, client: Principal, checked: _Checked, now: datetime
) -> int:
    new = checked.new
    number_index = vault.index(new.number, NUMBER)
    newest = tx.execute(
        select(func.max(Licence.version)).where(
            Licence.type_id == checked.type.id,
            Licence.unit_id == checked.unit_id,
            Licence.number_index == number_index,
        )
    ).scalar_one()
    if newest is not None and checked.version <= newest:
        raise _stale()
    identifier_index = vault.index(checked.identifier, IDENTIFIER)
    inserted = insert_if_new(
        tx,
        Licence,
        type_id=checked.type.id,
        unit_id=checked.unit_id,
        client_id=client.id,
        identifier_index=identifier_index,
        identifier_sealed=vault.seal(checked.identifier, IDENTIFIER),
        number_index=number_index,
        number_sealed=vault.seal(new.number, NUMBER),
        version=checked.version,
        status="valid",
        status_code=_valid_code(checked.type.status_codes),
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
    return licence_id


def _insert_parts(tx: Connection, vault: Vault, licence_id: int, checked: _Checked) -> None:
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
            {"licence_id": licence_id, "holder_id": holder_id, "position": position},
        )
    assign_status_index(tx, licence_id)


def assign_status_index(tx: Connection, licence_id: int) -> None:
    """Give a licence a random place in the status lists, each of which is at most half full."""
    status_list = licence_id // (STATUS_LIST_SIZE // 2)
    for _ in range(_STATUS_DRAWS):
        index = status_list * STATUS_LIST_SIZE + secrets.randbelow(STATUS_LIST_SIZE)
        if insert_if_new(tx, StatusEntry, index=index, licence_id=licence_id):
            return
    raise RuntimeError("no free status index was drawn")


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
