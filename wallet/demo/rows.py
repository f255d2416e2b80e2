"""The rows of the demo data, as `wallet.demo.data.load` gives them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from wallet.catalogue.use_list.materials import fields_of

FieldValue = str | int | float


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit in the tree; `parent` is the code of the unit that manages it."""

    code: str
    """18-character unified social credit code."""
    name: str
    name_en: str
    level: Literal["region", "city", "county", "society"]
    parent: str | None
    area_code: str
    kinds: list[str]
    """Any of issuing, relying, managing, social, platform."""


@dataclass(frozen=True, kw_only=True)
class CodeLabel:
    """One value of a face field of type `code`."""

    code: str
    label: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class StatusCode:
    """One status of the type's own field, and which of the four known statuses it means."""

    code: str
    label: str
    label_en: str
    means: Literal["valid", "suspended", "expired", "revoked"]
    act: Literal["withdraw", "annul", "revoke", "cancel"] | None = None
    """Which act ends a licence with this code; only codes that mean revoked have one."""


@dataclass(frozen=True, kw_only=True)
class FaceField:
    """One field printed on the licence. The key `number` holds the licence's own number."""

    key: str
    label: str
    label_en: str
    type: Literal["text", "date", "number", "code", "photo"]
    required: bool
    sensitive: bool
    max_length: int | None = None
    label_mn: str | None = None
    codes: list[CodeLabel] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LicenceType:
    """One entry of the catalogue (发证目录)."""

    code: str
    short_number: int
    """What a live code carries instead of the code: claim `t`."""
    type_code: str
    """GB/T 36904: the defining authority's credit code and 3 digits."""
    name: str
    name_en: str
    issuing_units: list[str]
    holder_kinds: list[str]
    collected_since: date
    public_attribute: Literal["public", "restricted"]
    standard_level: Literal["national", "region", "city"]
    basis: str
    """The law that the licence rests on."""
    version: int
    theme: str
    layout: Literal["portrait", "landscape"]
    bilingual: Literal["mn_above", "zh_above", "mn_left"]
    status_codes: list[StatusCode]
    fields: list[FaceField]
    basis_document: str = "ordos-2022-161"
    """Code of the regulation under which it is in the catalogue."""
    name_mn: str | None = None
    review: bool = False
    """Whether its unit's staff look at a licence before it is sealed."""


@dataclass(frozen=True, kw_only=True)
class UseItem:
    """One entry of the use list (用证事项清单)."""

    code: str
    name: str
    name_en: str
    unit: str
    scene: Literal["government", "social", "platform"]
    materials: list[dict[str, Any]]
    """As `wallet.catalogue.model.UseItem` describes them."""
    consent: Literal["none", "ask"]
    purpose: str
    purpose_en: str
    retention: str
    retention_en: str
    traditional_channel: str
    traditional_channel_en: str
    basis: str
    """Number of a basis document, then its articles."""
    basis_document: str
    """Code of that document."""
    look_ups_per_day: int | None = None
    """How many holders its unit may look up a day by name and code, None where it may not."""

    @property
    def fields(self) -> dict[str, list[str]]:
        """Licence type to the keys of the face fields that the item may see."""
        return fields_of(self.materials)

    @property
    def licence_types(self) -> list[str]:
        """Codes of the types that its materials name."""
        return list(self.fields)


@dataclass(frozen=True, kw_only=True)
class BasisDocument:
    """A regulation, in force from `effective_from` until the day before `effective_to`; `unit` keeps it."""

    code: str
    number: str
    title: str
    effective_from: date
    effective_to: date | None
    unit: str


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """A legal person that holds licences."""

    code_type: str
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, kw_only=True)
class Child:
    """A child, and what proves who its guardian is."""

    name: str
    code_type: str
    code: str
    basis: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A natural person who signs in; with `organisation`, as its licence administrator, with `child`, as
    its guardian."""

    name: str
    code_type: str
    code: str
    note: str
    note_en: str
    organisation: Organisation | None = None
    child: Child | None = None


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Someone who works at a unit; `terminal` is the label of the desk, if they sit at one, `responsible` the
    phone number of the unit's responsible person, if it is they."""

    name: str
    unit: str
    roles: list[str]
    terminal: str | None
    terminal_en: str | None
    note: str
    note_en: str
    responsible: str | None = None


@dataclass(frozen=True, kw_only=True)
class Client:
    """A machine client; its id and secret are made when it is seeded."""

    name: str
    unit: str
    kinds: list[str]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A delivery channel that is not connected: what it would take."""

    code: str
    name: str
    holder_kinds: list[str]
    type_codes: list[str]


@dataclass(frozen=True, kw_only=True)
class Party:
    """A holder as the body of `POST /licences` names it."""

    kind: Literal["person", "organisation"]
    code_type: str
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A licence to seed; the members are those of `POST /licences` and six more."""

    key: str
    """Names the licence inside the demo data only."""
    issuing_unit: str
    status_code: str
    """One of the type's own status codes."""
    type: str
    number: str
    version: int
    holders: list[Party]
    issued_on: date
    valid_from: date
    valid_until: date | None
    area_code: str
    fields: dict[str, FieldValue]
    """Dates as ISO text, photos as base64 JPEG."""
    status_reason: str | None = None
    status_basis: str | None = None
    """Why it is suspended or revoked, and on what basis."""
    awaits_review: bool = False
    """Whether it came in after its type was reviewed before sealing, and waits for that."""


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """`delegate` may show `granted_by`'s licence until a day, or is asked to; both are personas.

    `items` are codes of use items, None for any.
    """

    licence: str
    granted_by: str
    delegate: str
    granted_on: date
    valid_until: date
    items: list[str] | None
    accepted: bool


@dataclass(frozen=True, kw_only=True)
class DemoData:
    """Everything the demo is made of. Units come parents first; people are keyed by persona."""

    units: list[Unit]
    licence_types: list[LicenceType]
    use_items: list[UseItem]
    basis_documents: list[BasisDocument]
    holders: dict[str, Holder]
    staff: dict[str, Staff]
    clients: dict[str, Client]
    channels: list[Channel]
    licences: list[Licence]
    delegations: list[Delegation]
