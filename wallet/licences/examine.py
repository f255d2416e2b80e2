"""One licence as its issuing unit sees it: face, versions, deliveries, history of its status.

Whoever of the unit opens it is in the audit trail, and so are the keys of what was asked to be shown
beyond the mask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, null, select

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.catalogue.masking import mask_middle
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.licences.delivery.deliveries import LicenceDelivery, licence_deliveries
from wallet.licences.held import (
    HELD_COLUMNS,
    HeldField,
    HeldLicence,
    as_held,
    face_fields,
)
from wallet.licences.model import (
    CHANGE_BASIS,
    CHANGE_REASON,
    HOLDER_NAME,
    IDENTIFIER,
    Licence,
    LicenceHolder,
    StatusChange,
)
from wallet.licences.search import unissued
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import status_entry
from wallet.licences.status.transitions import offered
from wallet.licences.versions import of_number
from wallet.organisations.model import Client, Staff, Unit
from wallet.organisations.sign_in import STAFF_NAME
from wallet.web.principal import Principal


@dataclass(frozen=True)
class ExaminedHolder:
    """A holder under the name that the unit gave; `code` is masked until it was asked for."""

    kind: str
    code_type: str
    name: str
    code: str


@dataclass(frozen=True)
class Version:
    """A version of the licence; `issued_at` None is pending, `superseded_at` None the current one."""

    version: int
    identifier: str
    received_at: datetime
    issued_at: datetime | None
    delivered_at: datetime | None
    superseded_at: datetime | None


@dataclass(frozen=True)
class StatusStep:
    """A change of the status, from and to the type's own words; `by` is the client's or staff member's
    name, None where the last day passed. `reason` and `basis` are None then too."""

    id: int
    act: str
    status: str
    from_label: str
    from_label_en: str
    label: str
    label_en: str
    reason: str | None
    basis: str | None
    by: str | None
    at: datetime


@dataclass(frozen=True)
class ExaminedLicence:
    """Everything of a licence. `face` is as its holder sees it, `offered` are the status codes of its
    type that it may be given now, `revealed` says whether masked values are shown.

    The face's `status` is that of `FoundLicence`. `changed` is the id of its last change by the unit, 0 where there was none.
    """

    face: HeldLicence
    type_id: int
    area_code: str
    current: Version
    holders: Sequence[ExaminedHolder]
    fields: Sequence[HeldField]
    versions: Sequence[Version]
    history: Sequence[StatusStep]
    deliveries: Sequence[LicenceDelivery]
    status_codes: Sequence[Mapping[str, Any]]
    offered: Sequence[Mapping[str, Any]]
    changed: int
    revealed: bool

    @property
    def masked(self) -> bool:
        """Whether there is anything that a mask hides."""
        return any(field.sensitive for field in self.fields) or any(
            holder.kind == "person" for holder in self.holders
        )

    @property
    def number(self) -> str:
        """The number, masked where it is the number of a person and nobody asked for it."""
        hidden = not self.revealed and any(
            field.key == "number" and field.sensitive for field in self.fields
        )
        return self.face.number_masked if hidden else self.face.number

    @property
    def is_current(self) -> bool:
        """Whether it is issued and has no newer version."""
        return self.current.issued_at is not None and self.current.superseded_at is None


def examine(
    deps: Deps, staff: Principal, identifier: str, now: datetime, *, reveal: bool = False
) -> ExaminedLicence:
    """A licence of the staff member's unit; `reveal` gives what is masked else.

    Raises NotFound for any other.
    """
    vault, today = deps.vault, local_day(now)
    with deps.db.read() as tx:
        row = _row(tx, deps, staff, identifier)
        of_licence = of_number(row.type_id, row.unit_id, row.number_index)
        fields = face_fields(tx, vault, row.id, row.fields)
        holders = [_holder(vault, holder, reveal) for holder in _holders(tx, row.id)]
        versions = [_version(vault, version) for version in _versions(tx, of_licence)]
        deliveries = licence_deliveries(tx, row.id)
        history = [_step(vault, step, row.status_codes) for step in _history(tx, of_licence)]
    against = published_against(deps, deps.epoch.marks(), [row.id])
    face = as_held(vault, row, today, against.get(row.id))
    standing = face.status
    if row.issued_at is None:
        face = replace(face, status=unissued(row.review_state))
    current = next(version for version in versions if version.version == row.version)
    ended = current.superseded_at is not None or face.status == "returned"
    may = [] if ended else offered(row.status_codes, standing, row.status_code)
    with deps.db.begin() as tx:
        audit.record(
            tx,
            "licence.viewed",
            now,
            licence=row.id,
            actor=staff.account,
            unit=staff.unit_id,
            revealed=[field.key for field in fields if field.sensitive] if reveal else [],
        )
    return ExaminedLicence(
        face=face,
        type_id=row.type_id,
        area_code=row.area_code,
        current=current,
        holders=holders,
        fields=fields,
        versions=versions,
        history=history,
        deliveries=deliveries,
        status_codes=row.status_codes,
        offered=may,
        changed=next((step.id for step in history if step.by is not None), 0),
        revealed=reveal,
    )


def unit_licence(
    deps: Deps, staff: Principal, identifier: str, now: datetime
) -> tuple[HeldLicence, list[HeldField]]:
    """The current version of a licence of the unit, with its face; raises NotFound for any other."""
    with deps.db.read() as tx:
        row = _row(tx, deps, staff, identifier)
        if row.issued_at is None or row.superseded_at is not None:
            raise NotFound("此版本还没有签发，或已有新版本，没有可下载的证照文件。")
        fields = face_fields(tx, deps.vault, row.id, row.fields)
    against = published_against(deps, deps.epoch.marks(), [row.id])
    return as_held(deps.vault, row, local_day(now), against.get(row.id)), fields


def _row(tx: Connection, deps: Deps, staff: Principal, identifier: str) -> AnyRow:
    row = tx.execute(
        select(
            *HELD_COLUMNS,
            Licence.version,
            Licence.area_code,
            Licence.issued_at,
            Licence.superseded_at,
            Licence.review_state,
            LicenceHolder.name_sealed,
            null().label("delegation"),
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Unit, Unit.id == Licence.unit_id)
        .join(
            LicenceHolder,
            (LicenceHolder.licence_id == Licence.id) & (LicenceHolder.position == 0),
        )
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .where(
            Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER),
            Licence.unit_id == staff.unit_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("本单位没有签发过这一标识的证照。")
    return row


def _holders(tx: Connection, licence_id: int) -> Sequence[AnyRow]:
    return tx.execute(
        select(Holder.kind, Holder.code_type, Holder.code_sealed, LicenceHolder.name_sealed)
        .join(LicenceHolder, LicenceHolder.holder_id == Holder.id)
        .where(LicenceHolder.licence_id == licence_id)
        .order_by(LicenceHolder.position)
    ).all()


def _holder(vault: Vault, row: AnyRow, reveal: bool) -> ExaminedHolder:
    code = vault.open(row.code_sealed, HOLDER_CODE)
    name = vault.open(row.name_sealed, HOLDER_NAME)
    hidden = row.kind == "person" and not reveal
    return ExaminedHolder(row.kind, row.code_type, name, mask_middle(code) if hidden else code)


def _versions(tx: Connection, of_licence: Any) -> Sequence[AnyRow]:
    return tx.execute(
        select(
            Licence.version,
            Licence.identifier_sealed,
            Licence.received_at,
            Licence.issued_at,
            Licence.delivered_at,
            Licence.superseded_at,
        )
        .where(of_licence)
        .order_by(Licence.version.desc())
    ).all()


def _version(vault: Vault, row: AnyRow) -> Version:
    return Version(
        row.version,
        vault.open(row.identifier_sealed, IDENTIFIER),
        row.received_at,
        row.issued_at,
        row.delivered_at,
        row.superseded_at,
    )


def _history(tx: Connection, of_licence: Any) -> Sequence[AnyRow]:
    return tx.execute(
        select(
            StatusChange,
            Client.name.label("client_name"),
            Staff.name_sealed.label("staff_name"),
        )
        .join(Licence, Licence.id == StatusChange.licence_id)
        .outerjoin(Client, Client.id == StatusChange.client_id)
        .outerjoin(Staff, Staff.id == StatusChange.staff_id)
        .where(of_licence)
        .order_by(StatusChange.id.desc())
    ).all()


def _step(vault: Vault, row: AnyRow, status_codes: Sequence[Mapping[str, Any]]) -> StatusStep:
    origin = status_entry(status_codes, row.from_code, row.from_status)
    entry = status_entry(status_codes, row.to_code, row.to_status)
    by = row.client_name
    if row.staff_name is not None:
        by = vault.open(row.staff_name, STAFF_NAME)
    return StatusStep(
        id=row.id,
        act=row.act,
        status=row.to_status,
        from_label=origin["label"],
        from_label_en=origin.get("label_en", origin["label"]),
        label=entry["label"],
        label_en=entry.get("label_en", entry["label"]),
        reason=row.reason_sealed and vault.open(row.reason_sealed, CHANGE_REASON),
        basis=row.basis_sealed and vault.open(row.basis_sealed, CHANGE_BASIS),
        by=by,
        at=row.at,
    )
