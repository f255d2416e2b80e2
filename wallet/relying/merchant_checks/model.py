"""Lists that platform enterprises have checked, their lines, and who is told when one changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

ASKED: Final = "merchant_check_lines.asked"
REF: Final = "merchant_check_lines.ref"
WEBHOOK: Final = "merchant_check_subscriptions.webhook"
SECRET: Final = "merchant_check_subscriptions.secret"  # noqa: S105 - a context
"""Contexts under which these values are sealed."""


class MerchantCheck(Base):
    """A list of a platform's client, for an item of its grant (M-16).

    `key` is the `Idempotency-Key` under which it came in, `body_hash` the digest of what came. `type_id`
    is the only type that is asked for, None for all that are granted; since `since`, a local day, what
    changed is told as changed. `line` is the last line that is answered; it moves in the transaction that answers the lines up to it.
    `state` is waiting, running, done or stopped: then the grant was over before its end.
    """

    __tablename__ = "merchant_checks"
    __table_args__ = (UniqueConstraint("client_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    key: Mapped[str]
    body_hash: Mapped[bytes]
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("licence_types.id"))
    since: Mapped[date | None]
    state: Mapped[str]
    lines: Mapped[int]
    line: Mapped[int]
    answered: Mapped[int]
    matched: Mapped[int]
    changed: Mapped[int]
    unreadable: Mapped[int]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)


class MerchantLine(Base):
    """A line of a list; `ref` is what the platform calls it.

    What is asked is sealed, and deleted in the transaction that answers it. `answer` is match, no_match,
    changed or unreadable, which `fault` says why; `licence_id` the licence that it found. `told` is the answer
    that was told last since, where the platform is told of changes.
    """

    __tablename__ = "merchant_check_lines"

    check_id: Mapped[int] = mapped_column(ForeignKey("merchant_checks.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    ref_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    fault: Mapped[str | None]
    answer: Mapped[str | None]
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("licences.id"), index=True)
    told: Mapped[str | None]


class MerchantSubscription(Base):
    """The platform is told of changes to the licences of a list, at `webhook`, until `ends_at`."""

    __tablename__ = "merchant_check_subscriptions"

    check_id: Mapped[int] = mapped_column(ForeignKey("merchant_checks.id"), primary_key=True)
    webhook_sealed: Mapped[bytes]
    secret_sealed: Mapped[bytes]
    ends_at: Mapped[datetime]
