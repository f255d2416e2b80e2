"""Read a verification again: its fields for two minutes, its verdict for good; its outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, func, select, update

from verify.verdict import Field, JudgedLicence, Verdict
from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.catalogue.labels import field_label
from wallet.catalogue.model import LicenceType, UseItemType
from wallet.counter.model import PURPOSE, RECIPIENT, Copy
from wallet.errors import Conflict, NotFound
from wallet.licences.held import code_label
from wallet.licences.model import FIELD_VALUE, IDENTIFIER, Licence, LicenceField
from wallet.licences.status.standing import status_on
from wallet.relying.desks import is_same_desk
from wallet.relying.federation.judge_foreign import federated, library_of
from wallet.relying.grants import admits, bound_to, granted, within
from wallet.relying.hours import is_open
from wallet.relying.model import Grant
from wallet.relying.record import alert
from wallet.relying.sentences import message_of
from wallet.showing.model import Claim, Use, Verification
from wallet.showing.questions import answer_by, is_over, lapse
from wallet.web.principal import Principal

LEGAL_EFFECT: Final = "电子证照与纸质证照具有同等法律效力"
_NOT_GRANTED: Final = "本单位已不能用此证照办理这一事项，请按传统方式办理。"


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
        fields.append(
            Field(
                key=declared["key"],
                label=field_label(declared),
                label_en=field_label(declared, "en"),
                value=_shown(declared, value),
            )
        )
    return JudgedLicence(
        type=first.type_code,
        type_name=first.type_name,
        type_name_en=first.type_name_en,
        identifier=vault.open(first.identifier_sealed, IDENTIFIER),
        status=status_on(first.status, first.valid_from, first.valid_until, today),
        valid_until=first.valid_until,
        fields=tuple(fields),
        photo=photo,
    )


def _shown(declared: Mapping[str, Any], value: str) -> str:
    return code_label(dict(declared), value) if declared["type"] == "code" else value


def read_verification(
    deps: Deps,
    principal: Principal,
    verification_id: str,
    now: datetime,
    address: str | None,
) -> Verdict:
    """The verdict again, for the desk that asked for it; NotFound for anybody else.

    The fields of an accepted verdict come along for two minutes, read afresh, as far as the
    grant still stands, admits the address that the request came from, and the hour at which the code came. Of one that the holder was asked for it is read from here on.
    """
    with deps.db.read() as tx:
        row = _own_verification(tx, principal, verification_id)
        if row.verdict != "pending" or not is_over(row.at, now):
            return _told(tx, deps, principal, row, now, address)
    with deps.db.begin() as tx:
        lapse(tx, row.jti, row.id, row.at, now)
    with deps.db.read() as tx:
        row = _own_verification(tx, principal, verification_id)
        return _told(tx, deps, principal, row, now, address)


def _told(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    row: AnyRow,
    now: datetime,
    address: str | None,
) -> Verdict:
    checked_at = row.answered_at or row.at
    values = {"verification": row.id, "today": local_day(now), **bound_to(principal)}
    online = row.offline_reason is None  # offline, the desk was given no field
    readable = now - checked_at <= timedelta(seconds=numbers.FIELDS_READABLE)
    rows: list[AnyRow] = []
    if online and row.verdict == "accepted" and readable:
        for use in tx.execute(_STILL_GRANTED, values).all():
            # What was scanned in time may be read for its two minutes, also past closing time.
            if not admits(use.networks, address) or not is_open(use.opens, use.closes, row.at):
                continue
            keys = within(within(use.fields, use.granted), use.necessary)
            rows += tx.execute(fields_of(use.licence_id, keys)).all()
    used_at = tx.execute(_USED_AT, {"jti": row.jti}).scalar_one_or_none()
    message = message_of(row.reason, used_at, on_paper=row.shown_by == "paper")
    if row.answered_at and row.reason == "withdrawn" and _lacks_grant(tx, values):
        message = _NOT_GRANTED
    verdict = Verdict(
        id=row.id,
        outcome=row.verdict,
        reason=row.reason,
        message=message,
        checked_at=checked_at,
        status_as_of=now if rows or row.verdict == "pending" else row.received_at or checked_at,
        offline=not online,
        licences=granted_licences(deps.vault, rows, local_day(now)),
        shown_by=row.shown_by,
        issuer=deps.keys.issuer if row.jti else None,
        legal_effect=LEGAL_EFFECT if row.verdict == "accepted" and not row.region else None,
        answer_by=answer_by(row.at) if row.verdict == "pending" else None,
    )
    if row.region is None:
        return verdict if row.shown_by != "paper" else _on_paper(tx, deps.vault, verdict, row.jti)
    # What the code itself showed is not kept.
    paper = row.shown_by == "paper"
    return federated(verdict, library_of(tx, row.region), row.region, paper=paper)


def with_paper(vault: Vault, verdict: Verdict, copy: AnyRow) -> Verdict:
    """An acceptance with what stands on an annotated copy: purpose, recipient, last day."""
    return replace(
        verdict,
        purpose=vault.open(copy.purpose_sealed, PURPOSE),
        recipient=vault.open(copy.recipient_sealed, RECIPIENT),
        ends_on=copy.ends_on,
    )


def _on_paper(tx: Connection, vault: Vault, verdict: Verdict, serial: str) -> Verdict:
    copy = tx.execute(select(Copy).where(Copy.serial == serial)).one_or_none()
    if copy is None or verdict.outcome != "accepted":
        return verdict
    return replace(with_paper(vault, verdict, copy), uses=copy.uses)


def _lacks_grant(tx: Connection, values: Mapping[str, Any]) -> bool:
    """Whether a licence of a verification is of a type that its unit is no longer granted."""
    shown = tx.execute(_SHOWN, {"verification": values["verification"]}).scalar_one()
    return len(tx.execute(_STILL_GRANTED, values).all()) < shown


def record_outcome(
    deps: Deps, principal: Principal, verification_id: str, outcome: str, now: datetime
) -> None:
    """Keep what the desk did next; a person who does not match is alerted.

    Said once: the same again is no change, another raises Conflict (`outcome_recorded`).
    """
    mismatch = outcome == "person_mismatch"
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
            alert=mismatch,
        )
    if mismatch:
        alert("verification.person_mismatch", principal, verification=verification_id)


def _own_verification(tx: Connection, principal: Principal, verification_id: str) -> AnyRow:
    row = tx.execute(select(Verification).where(Verification.id == verification_id)).one_or_none()
    if row is None or not is_same_desk(principal, row.desk):
        raise NotFound("没有找到这次核验。")
    return row


_USED_AT: Final = select(Claim.at).where(Claim.jti == bindparam("jti"), Claim.state == "used")
_SHOWN: Final = (
    select(func.count()).select_from(Use).where(Use.verification_id == bindparam("verification"))
)
_STILL_GRANTED: Final = (
    granted(
        Use.licence_id,
        Use.fields,
        Grant.fields.label("granted"),
        Grant.networks,
        Grant.opens,
        Grant.closes,
        UseItemType.fields.label("necessary"),
    )
    .join(Verification, Verification.item_id == Grant.item_id)
    .join(Use, Use.verification_id == Verification.id)
    .join(Licence, and_(Licence.id == Use.licence_id, Licence.type_id == Grant.type_id))
    .where(Verification.id == bindparam("verification"))
    .order_by(Use.licence_id)
)
"""What was given of each licence whose type is still granted, and what may be given now."""


def fields_of(licence_id: int, keys: Sequence[str]) -> AnySelect:
    """Query: a licence with these of its fields, as `granted_licences` reads them."""
    return (
        select(
            Licence.id, Licence.identifier_sealed, Licence.status,
            Licence.valid_from, Licence.valid_until,
            LicenceType.code.label("type_code"), LicenceType.name.label("type_name"),
            LicenceType.name_en.label("type_name_en"), LicenceType.fields.label("declared"),
            LicenceField.key, LicenceField.value_sealed,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .outerjoin(
            LicenceField,
            and_(LicenceField.licence_id == Licence.id, LicenceField.key.in_(keys)),
        )
        .where(Licence.id == licence_id)
    )  # fmt: skip
