"""Grants: one licence, one interface (一证一接口), and what counts towards their suspension."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class Grant(Base):
    """A unit may use one licence type for one item and see these fields, in a period (O-16).

    `networks` are those it may ask from, as CIDR, None for any; `opens` and `closes` the hours of each day in
    Shanghai, both None for all of it; `quota_per_day` is how many codes may be judged under it in a local day,
    None for any number. `look_ups_per_day` is how many holders may be looked up under it by name and code in a
    local day, None where that is not allowed. While `suspended_at` is set it counts as none.
    """

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("unit_id", "item_id", "type_id"),
        Index("ix_grants_ends_on", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("licence_types.id"))
    fields: Mapped[list[str]]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    networks: Mapped[list[str] | None]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    quota_per_day: Mapped[int | None]
    look_ups_per_day: Mapped[int | None]
    suspended_at: Mapped[datetime | None]
    suspended_by: Mapped[str | None]
    suspension_reason: Mapped[str | None]


class ClientGrant(Base):
    """A machine client works under the grants that are bound to it, and no others of its unit."""

    __tablename__ = "client_grants"

    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id"), primary_key=True, index=True)


class GrantDay(Base):
    """How many codes were judged in a local day under a grant that has a quota, and how many holders were looked up
    by name and code."""

    __tablename__ = "grant_days"

    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    judged: Mapped[int]
    looked_up: Mapped[int] = mapped_column(default=0)


class BeyondDay(Base):
    """How many requests of a unit for an item went beyond its grants in a local day; `item` is empty where there
    is none such."""

    __tablename__ = "beyond_days"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]


class SuspensionRule(Base):
    """How many requests beyond a grant, in how many minutes, suspend a social relying party's grants:
    set by a managing unit for the parties below it."""

    __tablename__ = "suspension_rules"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    refusals: Mapped[int]
    minutes: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class Overstep(Base):
    """A request beyond a grant that counts towards a suspension; gone once it no longer can."""

    __tablename__ = "oversteps"
    __table_args__ = (Index("ix_oversteps_actor", "unit_id", "actor", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    actor: Mapped[str]
    at: Mapped[datetime]
