"""Channels, deliveries through them, and the holders' inboxes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

CHANNEL_SECRET: Final = "channels.secret"  # noqa: S105 - the context it is sealed under
USED: Final = "used"
ASKED: Final = "asked"
"""Acts of entries that tell of a use: something was seen, or asked for in vain."""
LOOKED_UP: Final = "looked_up"
"""Act of an entry that tells of a look-up, which is of no licence; in the history its outcome."""
ASSISTED: Final = "assisted"
"""The same of an assisted session, and of what was done in it."""
REPORT_ANSWERED: Final = "report_answered"
"""Act of an entry that tells of the answer to a report of a desk that refused."""
_UNREAD: Final = text("read_at IS NULL")


class Channel(Base):
    """A way to holders that is not ours, such as 蒙速办 (M-8).

    It takes licences of `type_codes`, all where there are none, whose holders are of `holder_kinds`.
    `holder_code` says that it must be told the holders' codes, else it gets a reference of its own
    for each. `uses` says that it is told of uses too. Without a `url` it is not connected yet.
    """

    __tablename__ = "channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    url: Mapped[str | None]
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    holder_kinds: Mapped[list[str]]
    type_codes: Mapped[list[str]]
    holder_code: Mapped[bool]
    uses: Mapped[bool] = mapped_column(default=True)
    disabled_at: Mapped[datetime | None]


class Delivery(Base):
    """What is to reach the holders of a licence through a channel, and when it did.

    `act` is `issue`, `renew` or a name of `status.transitions`. One of an exempt type has an exemption
    and neither channel nor dispatch.
    """

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"), index=True)
    act: Mapped[str]
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"))
    dispatch_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id"), unique=True)
    exemption_id: Mapped[int | None] = mapped_column(ForeignKey("exemptions.id"))
    at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class InboxEntry(Base):
    """News in the inbox of a holder: of a licence, where `change_id` is the change it tells of, and `use`
    the use (`showing.notices`); or of a delegation; or of who acts for whom: `acting_id` for `acted_for_id`.
    `printed_at` is when a holder without a phone first took it home on paper."""

    __tablename__ = "inbox_entries"
    __table_args__ = (
        Index("ix_inbox_entries_holder_id_id", "holder_id", "id"),
        Index(
            "ix_inbox_entries_unread",
            "holder_id",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("licences.id"), index=True)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"))
    acted_for_id: Mapped[int | None] = mapped_column(ForeignKey("holders.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("holders.id"))
    act: Mapped[str]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("status_changes.id"))
    use: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    delivered_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    printed_at: Mapped[datetime | None]
