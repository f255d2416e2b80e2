"""Issue a recorded licence: sign its credential, check what was signed, mark it issued."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from verify.credential import read_credential, sign_credential
from wallet.base import audit, outbox
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.catalogue.model import LicenceType
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.licences.delegations.model import Delegation, DelegationLicence
from wallet.licences.model import (
    AWAITS_SEALING,
    CREDENTIAL,
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceField,
    LicenceHolder,
)
from wallet.licences.status.places import note_change
from wallet.licences.versions import Number, lock_numbers, of_numbers
from wallet.organisations.model import Unit


@dataclass(frozen=True)
class IssuedLicence:
    """The answer to the issuer. `status` is valid for what is issued with this answer, pending for
    what its unit reviews first."""

    identifier: str
    status: str
    version: int
    type: str
    number: str
    valid_from: date
    valid_until: date | None


def pending_before(now: datetime, seconds: int) -> Any:
    """Statement: the ids of licences that a crash left pending for that long."""
    return (
        select(Licence.id)
        .where(AWAITS_SEALING, Licence.received_at <= now - timedelta(seconds=seconds))
        .order_by(Licence.id)
    )


def issue(deps: Deps, licence_id: int, now: datetime) -> IssuedLicence:
    """As `issue_all`, one licence."""
    [issued] = issue_all(deps, [licence_id], now)
    return issued


def issue_all(deps: Deps, licence_ids: Sequence[int], now: datetime) -> list[IssuedLicence]:
    """Sign and mark issued, each once, however often and from wherever it is called.

    What waits for its unit's review (O-9, M-8), and what that returned, stays as it is.
    Record before signing, check after: what `verify` does not accept is never stored.
    """
    with deps.db.read() as tx:
        rows = {row.id: row for row in _load(tx, licence_ids)}
        answers = {licence_id: _answer(deps.vault, row) for licence_id, row in rows.items()}
        pending = [
            row
            for row in rows.values()
            if row.issued_at is None and row.review_state in (None, "passed")
        ]
        claims = _claims(tx, deps, pending, answers, now)
    if pending:
        key = deps.keys.current
        credentials = {
            licence_id: sign_credential(said, key) for licence_id, said in claims.items()
        }
        public = deps.keys.public
        for licence_id, credential in credentials.items():
            if read_credential(credential, public) != claims[licence_id]:
                raise RuntimeError("the credential just signed does not read back")
        with deps.db.begin() as tx:
            _mark_issued(tx, deps.vault, pending, credentials, key.kid, now)
    return [answers[licence_id] for licence_id in licence_ids]


def _load(tx: Connection, licence_ids: Sequence[int]) -> Sequence[AnyRow]:
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
        .where(Licence.id.in_(licence_ids))
        .order_by(Licence.id)
    ).all()


def _answer(vault: Vault, row: AnyRow) -> IssuedLicence:
    return IssuedLicence(
        identifier=vault.open(row.identifier_sealed, IDENTIFIER),
        # What the answer says is the state that the licence is in once this call has returned; a
        # licence that came in for review has the same answer whatever became of it since.
        status="valid" if row.review_state is None else "pending",
        version=row.version,
        type=row.type_code,
        number=vault.open(row.number_sealed, NUMBER),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _claims(
    tx: Connection,
    deps: Deps,
    rows: Sequence[AnyRow],
    answers: Mapping[int, IssuedLicence],
    now: datetime,
) -> dict[int, dict[str, Any]]:
    ids, open_value = [row.id for row in rows], deps.vault.open
    faces: dict[int, dict[str, Any]] = defaultdict(dict)
    for field in tx.execute(
        select(LicenceField.licence_id, LicenceField.key, LicenceField.value_sealed)
        .where(LicenceField.licence_id.in_(ids))
        .order_by(LicenceField.key)
    ):
        faces[field.licence_id][field.key] = _in_credential(
            open_value(field.value_sealed, FIELD_VALUE)
        )
    holders: dict[int, list[dict[str, str]]] = defaultdict(list)
    for holder in tx.execute(
        select(
            LicenceHolder.licence_id,
            Holder.kind,
            Holder.code_type,
            Holder.code_sealed,
            LicenceHolder.name_sealed,
        )
        .join(Holder, LicenceHolder.holder_id == Holder.id)
        .where(LicenceHolder.licence_id.in_(ids))
        .order_by(LicenceHolder.position)
    ):
        holders[holder.licence_id].append(
            {
                "kind": holder.kind,
                "code_type": holder.code_type,
                "code": open_value(holder.code_sealed, HOLDER_CODE),
                "name": open_value(holder.name_sealed, HOLDER_NAME),
            }
        )
    return {
        row.id: {
            "iss": deps.keys.issuer,
            "iat": int(now.timestamp()),
            "identifier": answers[row.id].identifier,
            "version": row.version,
            "type": {"code": row.type_code, "name": row.type_name, "version": row.type_version},
            "number": answers[row.id].number,
            "issuing_unit": {"code": row.unit_code, "name": row.unit_name},
            "issued_on": row.issued_on.isoformat(),
            "valid_from": row.valid_from.isoformat(),
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
            "area_code": row.area_code,
            "holders": holders[row.id],
            "fields": faces[row.id],
        }
        for row in rows
    }


def _in_credential(value: str) -> str | dict[str, str]:
    # A photo enters by its digest: it would make every credential half a megabyte.
    if value.startswith("data:image/"):
        return {"sha256": hashlib.sha256(value.encode("ascii")).hexdigest()}
    return value


def _mark_issued(
    tx: Connection,
    vault: Vault,
    rows: Sequence[AnyRow],
    credentials: Mapping[int, str],
    kid: str,
    now: datetime,
) -> None:
    lock_numbers(tx, [_number(row) for row in rows])
    pending = set(
        tx.execute(
            select(Licence.id).where(Licence.id.in_([row.id for row in rows]), AWAITS_SEALING)
        ).scalars()
    )
    marked = [row for row in rows if row.id in pending]  # of the others a twin was first
    if not marked:
        return
    tx.execute(
        update(Licence)
        .where(Licence.id == bindparam("licence"))
        .values(issued_at=now, credential_sealed=bindparam("credential")),
        [
            {"licence": row.id, "credential": vault.seal(credentials[row.id], CREDENTIAL)}
            for row in marked
        ],
    )
    _supersede(tx, marked, now)
    outbox.put_all(tx, "licence.issued", now, [{"licence": row.id} for row in marked])
    audit.record_all(
        tx,
        "licence.issued",
        now,
        [
            {
                "licence": row.id,
                "unit": row.unit_id,
                "type": row.type_code,
                "version": row.version,
                "kid": kid,
            }
            for row in marked
        ],
    )


def _supersede(tx: Connection, marked: Sequence[AnyRow], now: datetime) -> None:
    """End all but the newest issued version of each, and take the delegations over to that one.

    Two versions may be issued in the other order than they came in.
    """
    versions: dict[Number, list[AnyRow]] = defaultdict(list)
    for row in tx.execute(
        select(
            Licence.id,
            Licence.type_id,
            Licence.unit_id,
            Licence.number_index,
            Licence.version,
            Licence.issued_at,
        )
        .where(of_numbers(_number(row) for row in marked))
        .order_by(Licence.version)
    ):
        versions[_number(row)].append(row)
    new = {row.id for row in marked}
    for all_versions in versions.values():
        newest = next(row for row in reversed(all_versions) if row.issued_at is not None)
        older = [row.id for row in all_versions if row.version < newest.version]
        if not older:
            continue
        tx.execute(
            update(Licence)
            .where(Licence.id.in_(older), Licence.superseded_at.is_(None))
            .values(superseded_at=now)
        )
        note_change(tx, older, now)
        if newest.id in new:
            _take_delegations_over(tx, older, newest.id)


def _take_delegations_over(tx: Connection, older: Sequence[int], newest: int) -> None:
    delegations = tx.execute(
        select(DelegationLicence.delegation_id)
        .join(Delegation, Delegation.id == DelegationLicence.delegation_id)
        .where(DelegationLicence.licence_id.in_(older), Delegation.ended_at.is_(None))
        .distinct()
    ).scalars()
    rows = [{"delegation_id": taken, "licence_id": newest} for taken in delegations]
    if rows:
        tx.execute(insert(DelegationLicence), rows)


def _number(row: AnyRow) -> Number:
    return row.type_id, row.unit_id, row.number_index
