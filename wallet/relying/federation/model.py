"""Libraries of other regions, and the items for which their codes are taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base


class ForeignLibrary(Base):
    """A library that the operator trusts with its own codes: `issuer` is its claim `iss`.

    Its bundle is fetched from `url`, or was given as a file where that is None, and may be used for `max_age`
    seconds. The bundle itself is in the data folder: it is public, and larger than a row should be.
    """

    __tablename__ = "foreign_libraries"

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    url: Mapped[str | None]
    max_age: Mapped[int]
    added_at: Mapped[datetime]


class ForeignItem(Base):
    """A use item for which codes of a library are taken: of these licence types, by the short numbers of that
    library; `holder` says whether that region lets the masked name be seen."""

    __tablename__ = "foreign_items"

    library_id: Mapped[int] = mapped_column(ForeignKey("foreign_libraries.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("use_items.id"), primary_key=True)
    types: Mapped[list[int]] = mapped_column(JSON)
    holder: Mapped[bool]
