"""What an account holds: the wallet's list and one licence with its face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.masking import mask_middle, masked
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.holders.model import Holder
from wallet.holders.names import masked_name
from wallet.licences.delegations.model import Delegation
from wallet.licences.entitlement import first_rights_of
from wallet.licences.model import (
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceField,
)
from wallet.licences.status.history import Change, last_change
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import status_entry, status_on
from wallet.licences.versions import of_number
from wallet.organisations.model import Unit
from wallet.web.principal import Principal

HELD_COLUMNS: Final = (
    Licence.id, Licence.type_id, Licence.unit_id, Licence.number_index,
    Licence.identifier_sealed, Licence.number_sealed, Licence.status,
    Licence.status_code, Licence.valid_from, Licence.valid_until, Licence.issued_on,
    LicenceType.code, LicenceType.name, LicenceType.name_en, LicenceType.name_mn,
    LicenceType.theme, LicenceType.bilingual, LicenceType.status_codes, LicenceType.fields, Unit.name.label("unit"),
    Holder.kind.label("holder_kind"),
)  # fmt: skip
"""What `as_held` needs of a licence, beside `name_sealed` of a holder, and of what it is shown by the kind
(`delegation`) and `any_item`."""

GUARDIAN: Final = "guardian"
"""By what a guardian shows a child's licence, beside the kinds of delegations."""


@dataclass(frozen=True)
class HeldLicence:
    """A licence as its holder or delegate sees it in the list.

    `type_name_mn` is the type's Mongolian name, if it has one, and `bilingual` where it stands (one of
    `catalogue.content.BILINGUAL`). `status` is valid, suspended, expired, revoked or not_yet_valid;
    `status_label` is the type's own word for it. `holder_masked` is the holder that the account is or acts for, or who let
    it show the licence, a guardian's child by its full name; `delegation` is the kind of that delegation,
    or GUARDIAN, and `any_item` whether it is for any matter; of an own licence None and true. `days_left` counts to the last good day; `expiring` is true within 30 days
    of it. `change` is why its unit suspended or ended it: told of one licence, to who holds it.
    """

    id: int
    identifier: str
    type_code: str
    type_name: str
    type_name_en: str
    type_name_mn: str | None
    bilingual: str
    theme: str
    number: str
    number_masked: str
    status: str
    status_label: str
    status_label_en: str
    valid_from: date
    valid_until: date | None
    days_left: int | None
    expiring: bool
    issued_on: date
    issuing_unit: str
    role: str
    holder_masked: str
    holder_kind: str
    granted_by: str | None
    delegation: str | None
    any_item: bool
    change: Change | None = None

    @property
    def findable(self) -> str:
        """All that a search finds it by, in lower case."""
        names = (self.type_name, self.type_name_en, self.type_name_mn or "")
        others = (self.issuing_unit, self.number, self.granted_by or "")
        return " ".join((*names, *others, self.status_label, self.status_label_en)).lower()

    @property
    def acted_for(self) -> bool:
        """Whether the account holds it or acts for who does, and has not merely been let show it."""
        return self.delegation in (None, GUARDIAN)

    @property
    def not_yet_valid(self) -> bool:
        """Whether its first good day is still to come."""
        return self.status == "not_yet_valid"


@dataclass(frozen=True)
class HeldField:
    """A face field; `value` is text, for a code its label, for a photo a data URI."""

    key: str
    label: str
    label_en: str
    label_mn: str | None
    type: str
    value: str
    masked: str
    sensitive: bool = False


def held_licences(
    deps: Deps, principal: Principal, now: datetime, limit: int, cursor: str | None = None
) -> tuple[list[HeldLicence], str | None]:
    """A page of own licences and those that others let the account show, usable ones first.

    Returns the licences and the cursor of the next page, None on the last.
    """
    today = local_day(now)
    after = Licence.id > number_of_cursor(cursor)
    with deps.db.read() as tx:
        rows = _rows(tx, principal, today, after, limit + 1)
    against = published_against(deps, deps.epoch.marks(), [row.id for row in rows])
    licences = [as_held(deps.vault, row, today, against.get(row.id)) for row in rows[:limit]]
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    licences.sort(key=lambda held: (held.status != "valid", held.role != "own", held.id))
    return licences, next_cursor


def held_by_id(
    deps: Deps, principal: Principal, licence_ids: Sequence[int], now: datetime
) -> list[HeldLicence]:
    """Those of these licences that the account may show, in the order of `licence_ids`."""
    today = local_day(now)
    with deps.db.read() as tx:
        rows = _rows(tx, principal, today, Licence.id.in_(licence_ids), len(licence_ids))
    against = published_against(deps, deps.epoch.marks(), licence_ids)
    by_id = {row.id: as_held(deps.vault, row, today, against.get(row.id)) for row in rows}
    return [by_id[id] for id in licence_ids if id in by_id]


def find_held(
    deps: Deps, principal: Principal, now: datetime, asked: str, limit: int
) -> tuple[list[HeldLicence], bool]:
    """Licences of the account that carry every word of `asked`, usable ones first, and whether there
    are more than `limit`.

    A word is part of a type's name, a unit, a number, the state, or who let the account show it.
    """
    words = asked.lower().split()
    found: list[HeldLicence] = []
    cursor: str | None = None
    while len(found) <= limit:
        page, cursor = held_licences(deps, principal, now, numbers.PAGE_LIMIT_MAX, cursor)
        found += [held for held in page if all(word in held.findable for word in words)]
        if cursor is None:
            break
    return found[:limit], len(found) > limit


def held_licence(
    deps: Deps, principal: Principal, identifier: str, now: datetime
) -> tuple[HeldLicence, list[HeldField]]:
    """One licence with its face fields; raises NotFound for any that is not the account's."""
    today = local_day(now)
    index = deps.vault.index(identifier, IDENTIFIER)
    with deps.db.read() as tx:
        rows = _rows(tx, principal, today, Licence.identifier_index == index, 1)
        if not rows:
            raise NotFound("没有找到此证照，请返回“我的证照”重新选择。")
        fields = face_fields(tx, deps.vault, rows[0].id, rows[0].fields)
        change = last_change(
            tx, deps.vault, of_number(rows[0].type_id, rows[0].unit_id, rows[0].number_index)
        )
    against = published_against(deps, deps.epoch.marks(), [rows[0].id])
    held = as_held(deps.vault, rows[0], today, against.get(rows[0].id))
    stopped = held.status in ("suspended", "revoked")
    if stopped and held.acted_for and change is not None and change.status == held.status:
        held = replace(held, change=change)
    return held, fields


def face_fields(
    tx: Connection, vault: Vault, licence_id: int, declared: list[dict[str, Any]]
) -> list[HeldField]:
    """The face of a licence, in the order of `declared`, the type's `fields` of the catalogue."""
    values = {
        row.key: vault.open(row.value_sealed, FIELD_VALUE)
        for row in tx.execute(
            select(LicenceField.key, LicenceField.value_sealed).where(
                LicenceField.licence_id == licence_id
            )
        )
    }
    return [_field(field, values[field["key"]]) for field in declared if field["key"] in values]


def _rows(
    tx: Connection, principal: Principal, today: date, which: ColumnElement[bool], limit: int
) -> list[AnyRow]:
    rights = first_rights_of(principal.id, today)
    of_ward = and_(
        rights.c.delegation_id.is_(None),
        Holder.kind == "person",
        Holder.id != principal.holder_id,
    )
    statement = (
        select(
            *HELD_COLUMNS,
            rights.c.name_sealed,
            case((of_ward, GUARDIAN), else_=Delegation.kind).label("delegation"),
            rights.c.any_item,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Unit, Unit.id == Licence.unit_id)
        .join(rights, rights.c.licence_id == Licence.id)
        .join(Holder, Holder.id == rights.c.holder_id)
        .outerjoin(Delegation, Delegation.id == rights.c.delegation_id)
        .where(
            Licence.issued_at.is_not(None),
            Licence.superseded_at.is_(None),
            which,
        )
        .order_by(Licence.id)
        .limit(limit)
    )
    return list(tx.execute(statement).all())


def as_held(vault: Vault, row: AnyRow, today: date, against: str | None) -> HeldLicence:
    """A row with `HELD_COLUMNS` and a holder, as it stands on a day; `against` as in `status_on`."""
    status = status_on(row.status, row.valid_from, row.valid_until, today, against)
    label = status_entry(row.status_codes, row.status_code, status)
    days_left = (row.valid_until - today).days if row.valid_until else None
    number = vault.open(row.number_sealed, NUMBER)
    name = vault.open(row.name_sealed, HOLDER_NAME)
    # Brothers and sisters look alike under the mask.
    holder = name if row.delegation == GUARDIAN else masked_name(name, row.holder_kind)
    return HeldLicence(
        id=row.id,
        identifier=vault.open(row.identifier_sealed, IDENTIFIER),
        type_code=row.code,
        type_name=row.name,
        type_name_en=row.name_en,
        type_name_mn=row.name_mn,
        bilingual=row.bilingual,
        theme=row.theme,
        number=number,
        number_masked=mask_middle(number),
        status=status,
        status_label=label["label"],
        status_label_en=label.get("label_en", label["label"]),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        days_left=days_left,
        expiring=status == "valid" and days_left is not None and days_left <= numbers.EXPIRING_DAYS,
        issued_on=row.issued_on,
        issuing_unit=row.unit,
        role="own" if row.delegation is None else "delegate",
        holder_masked=holder,
        holder_kind=row.holder_kind,
        granted_by=None if row.delegation is None else holder,
        delegation=row.delegation,
        any_item=row.delegation is None or row.any_item,
    )


def _field(declared: dict[str, Any], value: str) -> HeldField:
    shown = value
    if declared["type"] == "code":
        shown = code_label(declared, value)
    sensitive = declared.get("sensitive", False)
    return HeldField(
        key=declared["key"],
        label=declared["label"],
        label_en=declared.get("label_en", declared["label"]),
        label_mn=declared.get("label_mn"),
        type=declared["type"],
        value=shown,
        masked=masked(declared, shown),
        sensitive=sensitive,
    )


def code_label(declared: dict[str, Any], value: str) -> str:
    """The label of a code of a code-list field, the code itself where the list has lost it."""
    for entry in declared.get("codes", []):
        if entry["code"] == value:
            return str(entry["label"])
    return value
