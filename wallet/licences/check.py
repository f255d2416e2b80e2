"""What a licence must keep to be taken in, held against the catalogue entry of its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.catalogue.model import LicenceType, TypeIssuer
from wallet.catalogue.secrecy import UNCLASSIFIED
from wallet.errors import Invalid, NotPermitted
from wallet.holders.codes import normalise_holder_code
from wallet.licences.faces import check_faces
from wallet.licences.identifier import parse_identifier
from wallet.organisations.model import Unit
from wallet.web.principal import Principal

CLASSIFIED: Final = "state_secret"
"""Slug of the refusal of what is marked with a level of secrecy."""


@dataclass(frozen=True)
class NewHolder:
    """A holder as the issuer names it; `kind` is person or organisation."""

    kind: str
    code_type: str
    code: str
    name: str


@dataclass(frozen=True)
class NewLicence:
    """A licence as the issuer's system sends it; `valid_until` None has no end. Any `secrecy` but
    `none` marks what may not be taken in (O-2, M-2)."""

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
    secrecy: str = UNCLASSIFIED


@dataclass(frozen=True)
class CheckedLicence:
    """A licence that keeps every rule, ready to be written.

    `type` is the row of `issuable_type`, `faces` the face fields as text by key; without an
    `identifier` one is to be made.
    """

    new: NewLicence
    type: AnyRow
    holders: list[NewHolder]
    faces: dict[str, str]
    version: int
    identifier: str | None


def issuable_type(tx: Connection, actor: Principal, code: str) -> AnyRow:
    """The type with that code and the actor's unit, which issues it.

    Raises Invalid (`unknown_type`), NotPermitted (a type of another unit).
    """
    row = tx.execute(
        select(
            LicenceType.id,
            LicenceType.code,
            LicenceType.type_code,
            LicenceType.name,
            LicenceType.holder_kinds,
            LicenceType.collected_since,
            LicenceType.status_codes,
            LicenceType.fields,
            LicenceType.review,
            TypeIssuer.unit_id,
            Unit.code.label("unit_code"),
            Unit.area_code,
        )
        .outerjoin(
            TypeIssuer,
            (TypeIssuer.type_id == LicenceType.id) & (TypeIssuer.unit_id == actor.unit_id),
        )
        .outerjoin(Unit, Unit.id == TypeIssuer.unit_id)
        .where(LicenceType.code == code)
    ).one_or_none()
    if row is None:
        raise Invalid("type：发证目录中没有这一类型。", "unknown_type")
    if row.unit_id is None:
        raise NotPermitted("本单位不签发这一类型的证照。")
    return row


def check_new(type_row: AnyRow, new: NewLicence, today: date) -> CheckedLicence:
    """Hold a licence against every rule of its type; raises Invalid.

    `state_secret` comes first: of what is marked so no more is said, and the caller records it.
    """
    if new.secrecy != UNCLASSIFIED:
        raise Invalid(
            "secrecy：标有密级的材料不得进入电子证照库，请按保密规定另行办理。", CLASSIFIED
        )
    holders = [_check_holder(type_row, holder, today) for holder in new.holders]
    if len({(holder.code_type, holder.code) for holder in holders}) != len(holders):
        raise Invalid("holders：同一持证主体重复。", "duplicate_holder")
    if new.valid_until is not None:
        if new.valid_until < new.valid_from:
            raise Invalid("valid_until：有效期止早于有效期起。", "validity_reversed")
        if new.valid_until < new.issued_on:
            raise Invalid("valid_until：有效期止早于签发日期。", "validity_reversed")
    return CheckedLicence(
        new=new,
        type=type_row,
        holders=holders,
        faces=check_faces(type_row.fields, new.fields),
        version=_check_identifier(type_row, new),
        identifier=new.identifier,
    )


def record_secrets(
    tx: Connection,
    actor: Principal,
    types: Mapping[int | None, str],
    now: datetime,
    batch: int | None = None,
) -> None:
    """Note that something marked with a level of secrecy was sent in and refused; not what.

    `types` are the codes of the types by the line of the batch, None for a single licence.
    """
    audit.record_all(
        tx,
        "licence.secret_refused",
        now,
        [
            {
                "actor": actor.account,
                "unit": actor.unit_id,
                "type": code,
                "batch": batch,
                "line": line,
            }
            for line, code in types.items()
        ],
    )


def _check_identifier(type_row: AnyRow, new: NewLicence) -> int:
    """The version, which a given identifier says too."""
    if new.identifier is None:
        return new.version or 1
    given = parse_identifier(new.identifier)
    if given.type_code != type_row.type_code:
        raise Invalid("identifier：类型代码与证照类型不符。", "identifier_type")
    # Identifiers of old data carry the area of the issuing unit instead of its code.
    if given.issuer_code not in (type_row.unit_code, type_row.area_code):
        raise Invalid("identifier：单位代码不是本发证单位。", "identifier_issuer")
    if given.version == 0 or new.version not in (None, given.version):
        raise Invalid("identifier：版本与 version 不符。", "identifier_version")
    return given.version


def _check_holder(type_row: AnyRow, holder: NewHolder, today: date) -> NewHolder:
    if holder.kind not in type_row.holder_kinds:
        raise Invalid("holders：这一类型不发给此类持证主体。", "holder_kind")
    code = normalise_holder_code(holder.kind, holder.code_type, holder.code, today)
    return NewHolder(holder.kind, holder.code_type, code, holder.name)
