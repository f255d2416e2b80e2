"""Units (a tree) with their responsible persons, staff with roles, machine clients, alerts, basis documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class Unit(Base):
    """A body that issues, uses or manages licences; `code` is its USCC (GB 32100).

    Once `closed_at` is set nobody acts for it any more; what it did stays.
    """

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    kinds: Mapped[list[str]]
    area_code: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    closed_at: Mapped[datetime | None]


class Staff(Base):
    """A staff account of one unit; `terminal` is the label of the desk it works at."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name_sealed: Mapped[bytes]
    roles: Mapped[list[str]]
    terminal: Mapped[str]
    disabled_at: Mapped[datetime | None]


class ResponsiblePerson(Base):
    """Who of a unit's staff answers for its work with licences (专人, O-22), from when until when.

    One at a time for each unit; the rows before it are the history of hand-overs. `recorded_by` and
    `ended_by` are the accounts that filed it.
    """

    __tablename__ = "responsible_persons"
    __table_args__ = (
        Index(
            "uq_responsible_persons_now",
            "unit_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_responsible_persons_unit", "unit_id", "id"),
        Index("ix_responsible_persons_staff", "staff_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    phone_sealed: Mapped[bytes]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    recorded_by: Mapped[str]
    ended_by: Mapped[str | None]


class Client(Base):
    """A machine client (RFC 6749) of one unit; only a digest of its secret is kept.

    `old_secret_hash` is the one before it, good before `old_secret_until`.
    """

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str]
    roles: Mapped[list[str]]
    secret_hash: Mapped[bytes | None]
    old_secret_hash: Mapped[bytes | None]
    old_secret_until: Mapped[datetime | None]
    jwks: Mapped[dict[str, Any] | None]
    disabled_at: Mapped[datetime | None]


class ClientAssertion(Base):
    """A `jti` of a client assertion (RFC 7523) that has been seen; it is good once."""

    __tablename__ = "client_assertions"

    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Alert(Base):
    """What the managing units above a unit are told of: requests beyond its grants, and clients that could not
    prove who they are, by who asked.

    One open row for each unit, actor, item and cause, however often it happened; `item` is the code
    of a use item, empty where there is none such. Whoever has seen to it closes it.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "uq_alerts_open",
            "unit_id",
            "actor",
            "item",
            "cause",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_alerts_unit", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    actor: Mapped[str]
    item: Mapped[str]
    cause: Mapped[str]
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]


class BasisDocument(Base):
    """A regulation that rules cite, with the days from and to which it is in force: `effective_to` is the
    first day on which it is not.

    `unit_id` is the managing unit that keeps it, `replaced_by` the document that took its place.
    """

    __tablename__ = "basis_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str]
    title: Mapped[str]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("basis_documents.id"))
