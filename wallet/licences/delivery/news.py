"""What an entry of the inbox tells: of a licence, of a use, of a delegation, or of who acts for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.encryption import Vault
from wallet.catalogue.masking import mask_middle
from wallet.holders.addressee import ADDRESSEE_NAME
from wallet.holders.model import HOLDER_NAME as PERSON_NAME
from wallet.holders.names import masked_name
from wallet.licences.model import HOLDER_NAME, IDENTIFIER, NUMBER
from wallet.licences.status.standing import status_entry


@dataclass(frozen=True)
class NewsOfLicence:
    """What became of a licence: the entry's `act` is issue, renew, remind or a name of
    `status.transitions`.

    `status_label` is the type's own word for what a change led to, empty for the others. `holder` is
    masked. `days_left` counted from the day of delivery to `valid_until`, the last good one.
    """

    status_label: str
    status_label_en: str
    identifier: str
    number_masked: str
    type_code: str
    type_name: str
    type_name_en: str
    issuing_unit: str
    holder: str
    valid_until: date | None
    days_left: int | None


@dataclass(frozen=True)
class NewsOfDelegation:
    """What became of a delegation: the entry's `act` is one of `delegations.tell`; whose licences,
    and who may show them, by name; `begins_on` is its first day where that was still to come."""

    id: str
    kind: str
    grantor: str
    delegate: str
    begins_on: date | None


@dataclass(frozen=True)
class NewsOfActing:
    """Who acts for whom, or is asked to (the entry's `act` is one of `delivery.acting.ACTS`): a guardian for a
    child, an administrator for an organisation, which `kind` says of the holder. Both by name; of an invitation that
    has lapsed the person is empty."""

    kind: str
    holder: str
    person: str


@dataclass(frozen=True)
class NewsOfUse:
    """A use of the licence, or a question to show it (the entry's `act` is used or asked); or an assisted session
    (assisted): its `evidence` where it has begun, and the `acts` that were done in it, by kind.

    `fields` are the labels of what was seen, or asked for; `offline` says that the desk judged without
    the library, `shown_by` is as in a verdict.
    """

    at: datetime
    unit: str
    terminal: str
    item: str | None
    item_en: str | None
    fields: list[str]
    fields_en: list[str]
    outcome: str
    reason: str
    shown_by: str | None
    offline: bool
    evidence: str | None = None
    acts: Sequence[str] = ()


@dataclass(frozen=True)
class InboxNews:
    """An entry: of a licence, of a delegation, or of who acts for whom, the others None; `use` where it is
    of a use. `printed_at` is when it was first handed over on paper."""

    id: int
    act: str
    licence: NewsOfLicence | None
    delegation: NewsOfDelegation | None
    acting: NewsOfActing | None
    use: NewsOfUse | None
    delivered_at: datetime
    read_at: datetime | None
    printed_at: datetime | None


def news_of(vault: Vault, row: AnyRow) -> InboxNews:
    """A row of `inbox`, as its reader is told."""
    return InboxNews(
        id=row.id,
        act=row.act,
        licence=None if row.licence_id is None else _of_licence(vault, row),
        delegation=None if row.delegation_id is None else _of_delegation(vault, row),
        acting=None if row.acted_for_id is None else _of_acting(vault, row),
        use=None if row.use is None else _of_use(row.use),
        delivered_at=row.delivered_at,
        read_at=row.read_at,
        printed_at=row.printed_at,
    )


def _of_use(use: Mapping[str, Any]) -> NewsOfUse:
    return NewsOfUse(**{**use, "at": datetime.fromisoformat(use["at"])})


def _of_delegation(vault: Vault, row: AnyRow) -> NewsOfDelegation:
    return NewsOfDelegation(
        id=row.public_id,
        kind=row.delegation_kind,
        grantor=vault.open(row.grantor_sealed, PERSON_NAME),
        delegate=vault.open(row.delegate_sealed, ADDRESSEE_NAME),
        begins_on=row.starts_on if row.starts_on > local_day(row.delivered_at) else None,
    )


def _of_acting(vault: Vault, row: AnyRow) -> NewsOfActing:
    return NewsOfActing(
        kind=row.acted_for_kind,
        holder=vault.open(row.acted_for_sealed, PERSON_NAME),
        person=vault.open(row.acting_sealed, PERSON_NAME) if row.acting_sealed else "",
    )


def _of_licence(vault: Vault, row: AnyRow) -> NewsOfLicence:
    label, until = {"label": ""}, row.valid_until
    if row.to_code is not None:
        label = dict(status_entry(row.status_codes, row.to_code, row.to_status))
    return NewsOfLicence(
        status_label=label["label"],
        status_label_en=label.get("label_en", label["label"]),
        identifier=vault.open(row.identifier_sealed, IDENTIFIER),
        number_masked=mask_middle(vault.open(row.number_sealed, NUMBER)),
        type_code=row.type_code,
        type_name=row.type_name,
        type_name_en=row.type_name_en,
        issuing_unit=row.unit,
        holder=masked_name(vault.open(row.name_sealed, HOLDER_NAME), row.kind),
        valid_until=until,
        days_left=None if until is None else (until - local_day(row.delivered_at)).days,
    )
