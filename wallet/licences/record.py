"""Record licences as pending: several of a unit in one transaction, in the order given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from wallet.base import audit
from wallet.base.database import insert_all_new
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.errors import Conflict
from wallet.holders.find import NamedHolder, find_or_add_holders
from wallet.holders.names import normalise_name
from wallet.licences.check import (
    CheckedLicence,
)
from wallet.licences.identifier import make_identifier, parse_identifier
from wallet.licences.in_step.digest import content_index, digest_of
from wallet.licences.in_step.late import is_late, note_late
from wallet.licences.model import (
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceField,
    LicenceHolder,
)
from wallet.licences.status.places import assign_status_indices
from wallet.licences.status.remind import next_reminder
from wallet.licences.versions import Number, lock_numbers, of_numbers
from wallet.web.principal import Principal


def record_licences(
    tx: Connection,
    deps: Deps,
    actor: Principal,
    licences: Sequence[CheckedLicence],
    now: datetime,
    *,
    stock: bool = False,
) -> list[int | Conflict]:
    """Store licences that `actor` (a client or staff member of their unit) sent in as pending, in the
    order given; the id of each, or why it is not stored.

    Of what is refused nothing is left behind. `stock` 存量 is never late.
    """
    if not licences:
        return []
    vault = deps.vault
    wanted = [
        (checked.type.id, checked.type.unit_id, vault.index(checked.new.number, NUMBER))
        for checked in licences
    ]
    lock_numbers(tx, wanted)
    newest = _newest(tx, vault, wanted)
    results: list[int | Conflict | None] = []
    rows: dict[bytes, tuple[int, dict[str, Any]]] = {}
    late: set[int] = set()
    for position, (checked, number) in enumerate(zip(licences, wanted, strict=True)):
        last = newest.get(number)
        if (refused := _refused(checked, last)) is not None:
            results.append(refused)
            continue
        identifier = checked.identifier or make_identifier(
            checked.type.type_code,
            checked.type.unit_code,
            checked.version,
            last.serial if last else "",
        )
        index = vault.index(identifier, IDENTIFIER)
        if index in rows:
            results.append(_taken())
            continue
        standing = last or _Newest(0, "valid", _valid_code(checked.type.status_codes), "", None)
        if not stock and is_late(checked, standing.issued_on, now):
            late.add(position)
        rows[index] = (
            position,
            {
                "type_id": checked.type.id,
                "unit_id": checked.type.unit_id,
                **actor.acted,
                "identifier_index": index,
                "identifier_sealed": vault.seal(identifier, IDENTIFIER),
                "number_index": number[2],
                "number_sealed": vault.seal(checked.new.number, NUMBER),
                "version": checked.version,
                # A new version is no way out of a suspension.
                "status": standing.status,
                "status_code": standing.status_code,
                "issued_on": checked.new.issued_on,
                "valid_from": checked.new.valid_from,
                "valid_until": checked.new.valid_until,
                "remind_on": next_reminder(checked.new.valid_until, checked.new.issued_on),
                "area_code": checked.new.area_code,
                "review_state": "waiting" if checked.type.review else None,
                "received_at": now,
                "content_index": content_index(vault, digest_of(checked)),
            },
        )
        newest[number] = replace(
            standing,
            version=checked.version,
            serial=parse_identifier(identifier).serial,
            issued_on=checked.new.issued_on,
        )
        results.append(None)
    stored = _insert(tx, rows)
    _insert_parts(tx, vault, {id: licences[position] for position, id in stored.items()})
    assign_status_indices(tx, deps, list(stored.values()), now)
    note_late(
        tx,
        [
            {
                "licence_id": licence_id,
                "unit_id": licences[position].type.unit_id,
                "type_id": licences[position].type.id,
                "issued_on": licences[position].new.issued_on,
                "received_at": now,
            }
            for position, licence_id in stored.items()
            if position in late
        ],
    )
    audit.record_all(
        tx,
        "licence.received",
        now,
        [
            {
                "licence": licence_id,
                "actor": actor.account,
                "unit": licences[position].type.unit_id,
                "type": licences[position].type.code,
                "version": licences[position].version,
            }
            for position, licence_id in stored.items()
        ],
    )
    lost = _why_not_stored(tx, [index for index, (at, _) in rows.items() if at not in stored])
    for index, (position, _) in rows.items():
        results[position] = stored.get(position) or lost[index]
    return [result for result in results if result is not None]


@dataclass(frozen=True)
class _Newest:
    """What a new version has to know of the newest one there is."""

    version: int
    status: str
    status_code: str
    serial: str
    issued_on: date | None


def _newest(tx: Connection, vault: Vault, wanted: Sequence[Number]) -> dict[Number, _Newest]:
    rows = tx.execute(
        select(
            Licence.type_id,
            Licence.unit_id,
            Licence.number_index,
            Licence.version,
            Licence.status,
            Licence.status_code,
            Licence.identifier_sealed,
            Licence.issued_on,
        )
        .where(of_numbers(wanted))
        .order_by(Licence.version)
    )
    last = {(row.type_id, row.unit_id, row.number_index): row for row in rows}
    return {
        number: _Newest(
            row.version,
            row.status,
            row.status_code,
            parse_identifier(vault.open(row.identifier_sealed, IDENTIFIER)).serial,
            row.issued_on,
        )
        for number, row in last.items()
    }


def _refused(checked: CheckedLicence, last: _Newest | None) -> Conflict | None:
    if last is None:
        return None
    if checked.version <= last.version:
        return _stale()
    if last.status == "revoked":
        return Conflict("此证照已被吊销或注销，不能再报送新版本。", "licence_revoked")
    return None


def _insert(tx: Connection, rows: Mapping[bytes, tuple[int, dict[str, Any]]]) -> dict[int, int]:
    """Position → id of those that are new, in the order of their positions."""
    # Always in the same order, so that two transactions with the same numbers do not wait in a ring.
    ordered = sorted(
        (row for _, row in rows.values()),
        key=lambda row: (row["type_id"], row["unit_id"], row["number_index"], row["version"]),
    )
    inserted = insert_all_new(tx, Licence, ordered, Licence.identifier_index, Licence.id)
    return dict(sorted((rows[row.identifier_index][0], row.id) for row in inserted))


def _why_not_stored(tx: Connection, indices: Sequence[bytes]) -> dict[bytes, Conflict]:
    if not indices:
        return {}
    taken = set(
        tx.execute(
            select(Licence.identifier_index).where(Licence.identifier_index.in_(indices))
        ).scalars()
    )
    # Else another request stored the same number and version meanwhile.
    return {index: _taken() if index in taken else _stale() for index in indices}


def _insert_parts(tx: Connection, vault: Vault, stored: Mapping[int, CheckedLicence]) -> None:
    faces = [
        {"licence_id": licence_id, "key": key, "value_sealed": vault.seal(value, FIELD_VALUE)}
        for licence_id, checked in stored.items()
        for key, value in checked.faces.items()
    ]
    if faces:
        tx.execute(insert(LicenceField), faces)
    named = [
        NamedHolder(holder.kind, holder.code_type, holder.code, holder.name)
        for checked in stored.values()
        for holder in checked.holders
    ]
    ids = find_or_add_holders(tx, vault, named)
    held = [
        {
            "licence_id": licence_id,
            "holder_id": ids[holder.code_type, holder.code],
            "position": position,
            "name_sealed": vault.seal(holder.name, HOLDER_NAME),
            "name_index": vault.index(normalise_name(holder.name), HOLDER_NAME),
        }
        for licence_id, checked in stored.items()
        for position, holder in enumerate(checked.holders)
    ]
    if held:
        tx.execute(insert(LicenceHolder), held)


def _valid_code(status_codes: list[dict[str, Any]]) -> str:
    return next(
        str(entry["code"])
        for entry in status_codes
        if entry["means"] == "valid" and not entry.get("retired")
    )


def _taken() -> Conflict:
    return Conflict("此证照标识已用于另一份证照，请换一个。", "identifier_taken")


def _stale() -> Conflict:
    return Conflict("库中已有同一版本或更新的版本，请核对 version。", "stale_version")
