"""Licences, their face fields and holders, and status indices."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

IDENTIFIER = "licences.identifier"
NUMBER = "licences.number"
CREDENTIAL = "licences.credential"
FIELD_VALUE = "licence_fields.value"
HOLDER_NAME = "licence_holders.name"
CHANGE_REASON = "status_changes.reason"
CHANGE_BASIS = "status_changes.basis"
REVIEW_REASON = "licence_reviews.reason"
CONTENT = "licences.content"
"""Contexts under which these values are sealed or indexed."""

MAY_EXPIRE = text("status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL")
"""Licences whose last day, when it has passed, is still to be noted."""
TO_REMIND = text(
    "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL AND remind_on IS NOT NULL"
)
"""Licences whose holders are still to be reminded that they end."""
AWAITS_REVIEW = text("review_state = 'waiting'")
"""Licences that somebody of the issuing unit has to look at before they are sealed."""
AWAITS_SEALING = text("issued_at IS NULL AND (review_state IS NULL OR review_state = 'passed')")
"""Licences that are recorded and may be issued: all that are pending, but for those in review and
those that it returned."""
CURRENT = text("issued_at IS NOT NULL AND superseded_at IS NULL")
"""Licences that were issued and have no newer version."""


class Licence(Base):
    """One version of an electronic licence.

    `issued_at` is None while the record is pending, `superseded_at` is set when a newer version
    was issued. `status` is valid, suspended or revoked, the same for all versions of a number that
    are not superseded; that it has expired follows from `valid_until`, and `expired_at` is when the
    worker noted it. `status_code` is the type's own code for it. Either a client or a staff member sent
    it in. `review_state` is waiting, passed or returned where the type asked for one as the licence
    came in, else None; what was returned is never issued. `content_index`
    tells whether two say the same (`in_step.digest`).
    """

    __tablename__ = "licences"
    __table_args__ = (
        UniqueConstraint("type_id", "unit_id", "number_index", "version"),
        Index("ix_licences_unit_id_id", "unit_id", "id"),
        Index("ix_licences_number_index", "number_index"),
        Index(
            "ix_licences_may_expire",
            "valid_until",
            sqlite_where=MAY_EXPIRE,
            postgresql_where=MAY_EXPIRE,
        ),
        Index(
            "ix_licences_to_remind",
            "remind_on",
            sqlite_where=TO_REMIND,
            postgresql_where=TO_REMIND,
        ),
        Index(
            "ix_licences_awaits_review",
            # Or SQLite, which keeps no counts, goes through all licences of the unit.
            "review_state",
            "unit_id",
            "id",
            sqlite_where=AWAITS_REVIEW,
            postgresql_where=AWAITS_REVIEW,
        ),
        Index(
            "ix_licences_awaits_sealing",
            "id",
            sqlite_where=AWAITS_SEALING,
            postgresql_where=AWAITS_SEALING,
        ),
        Index(
            "ix_licences_current",
            "unit_id",
            "type_id",
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    identifier_index: Mapped[bytes] = mapped_column(unique=True)
    identifier_sealed: Mapped[bytes]
    number_index: Mapped[bytes]
    number_sealed: Mapped[bytes]
    version: Mapped[int]
    status: Mapped[str]
    status_code: Mapped[str]
    issued_on: Mapped[date]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    area_code: Mapped[str]
    review_state: Mapped[str | None]
    received_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    remind_on: Mapped[date | None]
    credential_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_index: Mapped[bytes]


class LicenceField(Base):
    """One face field (照面信息), sealed by itself so that only what is granted is ever read."""

    __tablename__ = "licence_fields"

    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value_sealed: Mapped[bytes]


class LicenceHolder(Base):
    """A holder of a licence, under the name that its issuer gave; several hold it jointly, in
    this order. `name_index` finds the exact name (`holders.names.normalise_name`)."""

    __tablename__ = "licence_holders"

    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"), primary_key=True, index=True)
    position: Mapped[int]
    name_sealed: Mapped[bytes]
    name_index: Mapped[bytes] = mapped_column(index=True)


class StatusEntry(Base):
    """The place of a licence, or of an annotated copy of one, in the status lists: list × 2^20 + a random index.

    `changed_at` is when the licence's status was set, other than by the passing of its last day. A copy's entry is
    invalid for good from `ended_at` on, whatever its licence's own says.
    """

    __tablename__ = "status_entries"

    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("licences.id"), unique=True)
    copy_id: Mapped[int | None] = mapped_column(unique=True)
    ended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(index=True)


class StatusChange(Base):
    """One change of how a licence stands, kept for good.

    `act` is what was done, a name of `transitions`. The statuses are those of `standing`, the codes
    the type's own. Reason and basis are the unit's, who may name people in them. Either a client or a
    staff member of the unit made it, or nobody: it is the passing of the last day, which needs neither.
    """

    __tablename__ = "status_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    act: Mapped[str]
    from_status: Mapped[str]
    from_code: Mapped[str]
    to_status: Mapped[str]
    to_code: Mapped[str]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    basis_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class LicenceReview(Base):
    """What a staff member of the issuing unit decided on a licence before it was sealed (O-9, M-8).

    `decision` is pass or return; only what is returned has a reason, which may name people.
    """

    __tablename__ = "licence_reviews"

    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    decision: Mapped[str]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_at: Mapped[datetime]


class Exemption(Base):
    """A unit's licences of a type are exempt from a duty in these days; `kind` is one of
    `exempt.KINDS`, `basis` the document, `reason` the legal or technical ground, if told."""

    __tablename__ = "exemptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"), index=True)
    basis: Mapped[str]
    reason: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class LicenceBatch(Base):
    """A file of licences that a client or a staff member of a unit sent in, and how far it has been
    worked off.

    `file_index` is a keyed digest of the file and of what to read it as: the same file of a unit
    again is the same batch. `line` is the last line done; it moves in the transaction that stores the lines up to
    it, so that each is taken in once. Whoever works on it is `claimed_by`, until `claimed_until`.
    `state` is waiting, running, done or failed: then the file itself could not be read on, and
    `error_slug` and `error_detail` say why. The sealed `file` is deleted at the end. What is `stock` 存量 is not late.
    """

    __tablename__ = "licence_batches"
    __table_args__ = (
        UniqueConstraint("unit_id", "file_index"),
        Index("ix_licence_batches_unit_id_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    file_index: Mapped[bytes]
    file: Mapped[str] = mapped_column(unique=True)
    format: Mapped[str]
    type_code: Mapped[str | None]
    stock: Mapped[bool]
    size: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)
    total: Mapped[int | None]
    line: Mapped[int]
    stored: Mapped[int]
    failed: Mapped[int]
    error_slug: Mapped[str | None]
    error_detail: Mapped[str | None]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]


class BatchFault(Base):
    """What is wrong with a line of a batch: in which column of the file, in which member of the
    API's form, by slug and in a sentence. It never holds what the line says."""

    __tablename__ = "batch_faults"
    __table_args__ = (Index("ix_batch_faults_batch_id_id", "batch_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("licence_batches.id"))
    line: Mapped[int]
    column: Mapped[str | None]
    field: Mapped[str | None]
    slug: Mapped[str]
    detail: Mapped[str]


class IdempotencyKey(Base):
    """An `Idempotency-Key` of a client, the digest of its body and the licence it made.

    The row is claimed before the licence is written, so only this transaction sees it without.
    """

    __tablename__ = "idempotency_keys"

    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("licences.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)
