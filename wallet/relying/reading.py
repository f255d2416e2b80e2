"""Read a verification again: its fields for two minutes, its verdict for good; its outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, select, update

from verify.verdict import Field, JudgedLicence, Verdict, sentence
from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.catalogue.model import LicenceType
from wallet.errors import Conflict, NotFound
from wallet.licences.held import code_label
from wallet.licences.model import FIELD_VALUE, IDENTIFIER, Licence, LicenceField, status_on
from wallet.relying.desks import is_same_desk
from wallet.showing.model import Use, Verification
from wallet.web.principal import Principal

LEGAL_EFFECT: Final = "电子证照与纸质证照具有同等法律效力"


def granted_licences(
    vault: Vault, rows: Sequence[AnyRow], today: date
) -> tuple[JudgedLicence, ...]:
    """Rows of licence × field → licences, with the fields in the order of the catalogue."""
    by_licence: dict[int, list[AnyRow]] = {}
    for row in rows:
        by_licence.setdefault(row.id, []).append(row)
    return tuple(_judged(vault, fields, today) for fields in by_licence.values())


def _judged(vault: Vault, rows: Sequence[AnyRow], today: date) -> JudgedLicence:
    first = rows[0]
    values = {
        row.key: vault.open(row.value_sealed, FIELD_VALUE) for row in rows if row.key is not None
    }
    fields: list[Field] = []
    photo: str | None = None
    for declared in first.declared:
        value = values.get(declared["key"])
        if value is None:
            continue
        if declared["type"] == "photo":
            photo = photo or value
        fields.append(Field(declared["key"], declared["label"], _shown(declared, value)))
    return JudgedLicence(
        type=first.type_code,
        type_name=first.type_name,
        identifier=vault.open(first.identifier_sealed, IDENTIFIER),
        status=status_on(first.status, first.valid_until, today),
        valid_until=first.valid_until,
        fields=tuple(fields),
        photo=photo,
    )


def _shown(declared: Mapping[str, Any], value: str) -> str:
    return code_label(dict(declared), value) if declared["type"] == "code" else value


def read_verification(
    deps: Deps, principal: Principal, verification_id: str, now: datetime
) -> Verdict:
    """The verdict again, for the desk that asked for it; NotFound for anybody else.

    The fields of an accepted verdict come along for two minutes, read afresh.
    """
    with deps.db.read() as tx:
        row = _own_verification(tx, principal, verification_id)
        rows: list[AnyRow] = []
        age = now - row.at
        if row.verdict == "accepted" and age <= timedelta(seconds=numbers.FIELDS_READABLE):
            for use in tx.execute(_uses_of(verification_id)).all():
                rows += tx.execute(_fields_of(use.licence_id, use.fields)).all()
    accepted = row.verdict == "accepted"
    return Verdict(
        id=row.id,
        outcome=row.verdict,
        reason=row.reason,
        message=sentence(row.reason),
        checked_at=row.at,
        status_as_of=now if rows else row.at,
        licences=granted_licences(deps.vault, rows, local_day(now)),
        shown_by=row.shown_by,
        legal_effect=LEGAL_EFFECT if accepted else None,
    )


def record_outcome(
    deps: Deps, principal: Principal, verification_id: str, outcome: str, now: datetime
) -> None:
    """Keep what the desk did next; a person who does not match is alerted.

    Said once: the same again is no change, another raises Conflict (`outcome_recorded`).
    """
    with deps.db.begin() as tx:
        row = _own_verification(tx, principal, verification_id)
        written = tx.execute(
            update(Verification)
            .where(Verification.id == verification_id, Verification.served.is_(None))
            .values(served=outcome)
        )
        if written.rowcount == 0:
            said = tx.execute(
                select(Verification.served).where(Verification.id == verification_id)
            ).scalar_one()
            if said == outcome:
                return
            raise Conflict("这次核验已登记过结果，不能再改。", "outcome_recorded")
        audit.record(
            tx,
            "verification.outcome",
            now,
            verification=verification_id,
            actor=principal.account,
            desk=row.desk,
            outcome=outcome,
            alert=outcome == "person_mismatch",
        )


def _own_verification(tx: Connection, principal: Principal, verification_id: str) -> AnyRow:
    row = tx.execute(select(Verification).where(Verification.id == verification_id)).one_or_none()
    if row is None or not is_same_desk(principal, row.desk):
        raise NotFound("没有找到这次核验。")
    return row


def _uses_of(verification_id: str) -> AnySelect:
    return (
        select(Use.licence_id, Use.fields)
        .where(Use.verification_id == verification_id)
        .order_by(Use.licence_id)
    )


def _fields_of(licence_id: int, keys: Sequence[str]) -> AnySelect:
    return (
        select(
            Licence.id, Licence.identifier_sealed, Licence.status, Licence.valid_until,
            LicenceType.code.label("type_code"), LicenceType.name.label("type_name"),
            LicenceType.fields.label("declared"), LicenceField.key, LicenceField.value_sealed,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .outerjoin(
            LicenceField,
            and_(LicenceField.licence_id == Licence.id, LicenceField.key.in_(keys)),
        )
        .where(Licence.id == licence_id)
    )  # fmt: skip
