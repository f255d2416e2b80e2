"""An issuing unit looks for licences of its own, by whatever its staff has at hand.

Numbers, codes and names are sealed, so only exact ones are found, by their blind index. Every look-up
is in the audit trail: who, by what kind of thing, how many were shown; never what was looked for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, TextClause, and_, or_, select, tuple_, union

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.holders.codes import ORGANISATION_CODE_TYPES, PERSON_CODE_TYPES
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.holders.names import masked_name, normalise_name
from wallet.licences.model import (
    AWAITS_REVIEW,
    AWAITS_SEALING,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceHolder,
)
from wallet.licences.of_unit import UnitType, shown_number, types_of_unit
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import status_entry, status_on
from wallet.web.principal import Principal

STATUSES: Final = (
    "valid", "suspended", "expired", "revoked", "not_yet_valid", "pending", "in_review", "returned",
)  # fmt: skip
"""What a search may ask for. What is not issued is in review, returned by it, or pending."""
_CODE_TYPES: Final = sorted(PERSON_CODE_TYPES | ORGANISATION_CODE_TYPES)
_ROOT: Final = "1.2.156.3005.2."


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `text` is a number, an identifier, a holder's code or exact name; days are
    inclusive, `type` is a type's code, `status` one of `STATUSES`; what is empty does not matter."""

    text: str = ""
    type: str = ""
    status: str = ""
    issued_from: date | None = None
    issued_to: date | None = None


@dataclass(frozen=True)
class FoundLicence:
    """A licence as the list shows it. `holder` is the first one's masked name, `others` how many more
    hold it; `number` is masked where it is a person's own. `status` is as in `HeldLicence`, or one of those that are not issued; `superseded` has a newer version."""

    identifier: str
    number: str
    type_name: str
    type_name_en: str
    version: int
    status: str
    status_label: str
    status_label_en: str
    expiring: bool
    superseded: bool
    holder: str
    others: int
    issued_on: date
    valid_until: date | None
    received_at: datetime
    role: str = "unit"


@dataclass(frozen=True)
class Found:
    """A page of what was found, the unit's types, and the cursor of the next page, None on the last."""

    licences: Sequence[FoundLicence]
    types: Sequence[UnitType]
    next_cursor: str | None


def search_licences(
    deps: Deps,
    staff: Principal,
    wanted: Wanted,
    now: datetime,
    limit: int,
    cursor: str | None = None,
) -> Found:
    """A page of the licences of the staff member's unit, the latest received first.

    The current version of each, and an older one where its identifier was looked for. Raises Invalid
    (`invalid_cursor`).
    """
    today, before = local_day(now), number_of_cursor(cursor)
    with deps.db.read() as tx:
        types = types_of_unit(tx, staff.unit_id)
        rows = tx.execute(
            select(
                Licence.id, Licence.type_id, Licence.identifier_sealed, Licence.number_sealed,
                Licence.version, Licence.status, Licence.status_code, Licence.issued_on,
                Licence.valid_from, Licence.valid_until, Licence.received_at, Licence.issued_at,
                Licence.superseded_at, Licence.review_state,
            )
            .where(*_conditions(deps.vault, staff, wanted, types, today))
            .where(Licence.id < before if before else Licence.id > 0)
            .order_by(Licence.id.desc())
            .limit(limit + 1)
        ).all()  # fmt: skip
        more, rows = len(rows) > limit, rows[:limit]
        ids = [row.id for row in rows]
        holders = _holders(tx, deps.vault, ids)
    against = published_against(deps, deps.epoch.marks(), ids)
    kinds = {kind.id: kind for kind in types}
    licences = [
        _found(deps.vault, row, kinds[row.type_id], holders[row.id], today, against.get(row.id))
        for row in rows
    ]
    with deps.db.begin() as tx:
        audit.record(
            tx,
            "licence.searched",
            now,
            actor=staff.account,
            unit=staff.unit_id,
            by=_look_ups(wanted),
            hits=len(licences),
        )
    return Found(licences, types, str(ids[-1]) if more else None)


def _conditions(
    vault: Vault, staff: Principal, wanted: Wanted, types: Sequence[UnitType], today: date
) -> list[ColumnElement[bool] | TextClause]:
    asked = [kind.id for kind in types if wanted.type in ("", kind.code)]
    conditions: list[ColumnElement[bool] | TextClause] = [
        Licence.unit_id == staff.unit_id,
        Licence.type_id.in_(asked),
    ]
    if wanted.text:
        conditions.append(_matches(vault, staff, wanted.text, asked))
    else:
        conditions.append(Licence.superseded_at.is_(None))
    if wanted.status:
        conditions.append(_stands(wanted.status, today))
    if wanted.issued_from is not None:
        conditions.append(Licence.issued_on >= wanted.issued_from)
    if wanted.issued_to is not None:
        conditions.append(Licence.issued_on <= wanted.issued_to)
    return conditions


def _matches(
    vault: Vault, staff: Principal, text: str, types: Sequence[int]
) -> ColumnElement[bool]:
    plain = unicodedata.normalize("NFKC", text).strip()
    identifier = vault.index(plain.upper(), IDENTIFIER)
    if _look_ups(Wanted(text)) == ["identifier"]:
        return Licence.identifier_index == identifier
    written = {vault.index(form, NUMBER) for form in (text, plain, plain.upper())}
    codes = [
        (code_type, vault.index(plain.upper(), f"{HOLDER_CODE} {code_type}"))
        for code_type in _CODE_TYPES
    ]
    holders = select(Holder.id).where(tuple_(Holder.code_type, Holder.code_index).in_(codes))
    name = vault.index(normalise_name(text), HOLDER_NAME)
    # Each look-up by an index of its own: an OR over tables would read them through.
    found = union(
        select(Licence.id).where(
            Licence.type_id.in_(types),
            Licence.unit_id == staff.unit_id,
            Licence.number_index.in_(written),
        ),
        select(LicenceHolder.licence_id).where(LicenceHolder.holder_id.in_(holders)),
        select(LicenceHolder.licence_id).where(LicenceHolder.name_index == name),
    )
    return and_(Licence.superseded_at.is_(None), Licence.id.in_(found))


def _look_ups(wanted: Wanted) -> list[str]:
    """As what the text is looked for, for the audit trail; the filters alone, or nothing."""
    if wanted.text:
        if wanted.text.strip().startswith(_ROOT):
            return ["identifier"]
        return ["number", "holder_code", "holder_name"]
    return ["filters"] if wanted != Wanted() else ["latest"]


def _stands(status: str, today: date) -> ColumnElement[bool] | TextClause:
    """As `status_on` works it out, of what is issued; else as `unissued` says."""
    if status == "in_review":
        return AWAITS_REVIEW
    if status == "pending":
        return AWAITS_SEALING
    if status == "returned":
        return Licence.review_state == "returned"
    conditions = {
        "suspended": Licence.status == "suspended",
        "revoked": Licence.status == "revoked",
        "expired": and_(Licence.status == "valid", Licence.valid_until < today),
        "not_yet_valid": and_(Licence.status == "valid", Licence.valid_from > today),
        "valid": and_(
            Licence.status == "valid",
            Licence.valid_from <= today,
            or_(Licence.valid_until.is_(None), Licence.valid_until >= today),
        ),
    }
    return and_(Licence.issued_at.is_not(None), conditions[status])


def unissued(review_state: str | None) -> str:
    """How a licence stands that is not issued: in_review, returned or pending."""
    return {"waiting": "in_review", "returned": "returned"}.get(review_state or "", "pending")


def _holders(tx: Connection, vault: Vault, ids: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {licence_id: [] for licence_id in ids}
    for row in tx.execute(
        select(LicenceHolder.licence_id, LicenceHolder.name_sealed, Holder.kind)
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .where(LicenceHolder.licence_id.in_(ids))
        .order_by(LicenceHolder.position)
    ):
        name = vault.open(row.name_sealed, HOLDER_NAME)
        names[row.licence_id].append(masked_name(name, row.kind))
    return names


def _found(
    vault: Vault,
    row: AnyRow,
    kind: UnitType,
    holders: Sequence[str],
    today: date,
    against: str | None,
) -> FoundLicence:
    status = status_on(row.status, row.valid_from, row.valid_until, today, against)
    label = status_entry(kind.status_codes, row.status_code, status)
    days_left = (row.valid_until - today).days if row.valid_until else None
    return FoundLicence(
        identifier=vault.open(row.identifier_sealed, IDENTIFIER),
        number=shown_number(vault.open(row.number_sealed, NUMBER), kind.fields),
        type_name=kind.name,
        type_name_en=kind.name_en,
        version=row.version,
        status=status if row.issued_at is not None else unissued(row.review_state),
        status_label=label["label"],
        status_label_en=label.get("label_en", label["label"]),
        expiring=days_left is not None and days_left <= numbers.EXPIRING_DAYS,
        superseded=row.superseded_at is not None,
        holder=next(iter(holders), ""),
        others=max(0, len(holders) - 1),
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        received_at=row.received_at,
    )
