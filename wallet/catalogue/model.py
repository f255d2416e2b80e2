"""What may be issued, and for which matters it may be used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

PLATFORM: Final = "platform"
"""The scene 平台核验 of items for which lists of merchants are checked (M-16) and nothing is shown: they ask nobody."""


class LicenceType(Base):
    """An entry of the catalogue (O-7, M-6).

    `short_number` stands for the type in codes (claim `t`); `type_code` is that of GB/T 36904.
    `fields` and `status_codes` are lists as `GET /api/v1/catalogue` gives them; which act of the
    issuing unit sets a status code that means revoked is said by the code's `act`. With `review`
    (O-9, M-8) licences are looked at by the issuing unit's staff before they are sealed. `theme`, `layout` and `bilingual` are
    the template, on the phone and on paper. The row says what is published now; how it came about
    is in `LicenceTypeVersion`.
    """

    __tablename__ = "licence_types"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    short_number: Mapped[int] = mapped_column(unique=True)
    type_code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    holder_kinds: Mapped[list[str]]
    collected_since: Mapped[date]
    public_attribute: Mapped[str]
    standard_level: Mapped[str]
    basis: Mapped[str]
    version: Mapped[int]
    name_mn: Mapped[str | None]
    basis_document: Mapped[str | None]
    theme: Mapped[str]
    layout: Mapped[str]
    bilingual: Mapped[str]
    status_codes: Mapped[list[dict[str, Any]]]
    fields: Mapped[list[dict[str, Any]]]
    review: Mapped[bool] = mapped_column(default=False)


class EntryVersion:
    """A version of an entry of the catalogue or of the use list, from its draft on; `content` is its whole content.

    `state` is draft, submitted, returned, reviewed, scheduled, published, replaced or withdrawn. An entry has at
    most one version that is not yet published. `unit_id` is the unit whose entry it is, `authors` are
    the accounts that wrote or submitted it, none of which may review it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    state: Mapped[str]
    content: Mapped[dict[str, Any]]
    authors: Mapped[list[str]]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]


class VersionStep:
    """One step of a version, kept for good: what was done, by which account, when, and why.

    `act` is written, submitted, returned, reviewed, scheduled, published or withdrawn.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str]
    account: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]


class LicenceTypeVersion(EntryVersion, Base):
    """A version of a licence type; `content` is what `content.ContentSchema` loads."""

    __tablename__ = "licence_type_versions"
    __table_args__ = (UniqueConstraint("code", "version"),)


class LicenceTypeStep(VersionStep, Base):
    """One step of a version of a licence type."""

    __tablename__ = "licence_type_steps"

    version_id: Mapped[int] = mapped_column(ForeignKey("licence_type_versions.id"), index=True)


class TypeIssuer(Base):
    """A unit that issues licences of a type; a county unit and a city unit may share a type."""

    __tablename__ = "type_issuers"

    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)


class UseItem(Base):
    """A matter of a unit (用证事项) with its traditional channel, which every item has (O-12, O-19).

    `materials` is a list of `{name, name_en, needed, satisfied_by, types}` as `content.ItemSchema` loads it:
    one of `types`, or all of them, satisfies the material, and of each the item may see `fields`.
    `scene` is government 政务, social 社会化, or platform 平台核验: lists of merchants, and no codes. The row says what is published now; once
    `withdrawn_at` is set the item is no longer chosen, and no grant for it stands.
    """

    __tablename__ = "use_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    scene: Mapped[str]
    materials: Mapped[list[dict[str, Any]]]
    consent: Mapped[str]
    purpose: Mapped[str]
    purpose_en: Mapped[str]
    retention: Mapped[str]
    retention_en: Mapped[str]
    traditional_channel: Mapped[str]
    traditional_channel_en: Mapped[str]
    basis: Mapped[str]
    basis_document: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]


class UseItemType(Base):
    """A licence type that an item's materials name, with the fields that any of them may see.

    It follows from `UseItem.materials`, for what is judged and granted.
    """

    __tablename__ = "use_item_types"

    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"), primary_key=True)
    fields: Mapped[list[str]]


class UseItemVersion(EntryVersion, Base):
    """A version of a use item; `content` is what `use_list.content.ItemContentSchema` loads. One that is
    scheduled counts from the day `counts_from` on, which only those have."""

    __tablename__ = "use_item_versions"
    __table_args__ = (UniqueConstraint("code", "version"),)

    counts_from: Mapped[date | None]


class UseItemStep(VersionStep, Base):
    """One step of a version of a use item."""

    __tablename__ = "use_item_steps"

    version_id: Mapped[int] = mapped_column(ForeignKey("use_item_versions.id"), index=True)
