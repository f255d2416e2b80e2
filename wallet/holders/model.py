"""Holders, the accounts of natural persons, and whom an account acts for."""

from __future__ import annotations

from datetime import date, datetime
from secrets import token_urlsafe

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

HOLDER_CODE = "holders.code"
HOLDER_NAME = "holders.name"
REFERENCE = "representatives.reference"
"""Contexts under which holder codes and names, and numbers of documents, are sealed."""


class Holder(Base):
    """A natural person, legal person or unincorporated organisation, found by its code.

    `name_sealed` is the name of its account; each licence keeps the name that it gives.
    """

    __tablename__ = "holders"
    __table_args__ = (UniqueConstraint("code_type", "code_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code_type: Mapped[str]
    code_index: Mapped[bytes]
    code_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes]


class Account(Base):
    """A natural person's account.

    While `frozen_at` is set all its showings are void; those from before `void_before`, the last freeze,
    stay so.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str | None] = mapped_column(unique=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"), unique=True)
    frozen_at: Mapped[datetime | None]
    void_before: Mapped[datetime | None]


class Representative(Base):
    """An account that acts for a holder: an organisation's administrator (证照管理员), or the guardian
    (监护人) of a child, whose holder is a natural person. Its own person is not a row here.

    `basis` and `reference_sealed` say what proves it, where the operator has put it in: the kind of
    document, and its number. `over_at` is when it is over by itself, None where it is not, or was told.
    """

    __tablename__ = "representatives"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=lambda: token_urlsafe(12))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    over_at: Mapped[datetime | None] = mapped_column(index=True)
    basis: Mapped[str | None]
    reference_sealed: Mapped[bytes | None]
