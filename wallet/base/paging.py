"""Cursors of lists: by a number upwards, or newest first by a time and an id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from verify.codes import decode_bytes, encode_bytes
from wallet.errors import Invalid

_DIGITS_MAX = 15


def number_of_cursor(cursor: str | None) -> int:
    """The number that the last page ended with, 0 at the start; Invalid for no cursor of ours."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _DIGITS_MAX):
        raise _not_ours()
    return int(cursor)


def encode_cursor(at: datetime, row_id: str) -> str:
    """The cursor after a row."""
    return encode_bytes(f"{at.astimezone(UTC).isoformat()} {row_id}".encode())


def after_cursor(
    cursor: str | None, at: ColumnElement[datetime], row_id: ColumnElement[Any]
) -> ColumnElement[bool] | None:
    """Condition for the rows after a cursor, None at the start; Invalid for no cursor of ours."""
    if cursor is None:
        return None
    try:
        moment, _, last_id = decode_bytes(cursor).decode().partition(" ")
        instant = datetime.fromisoformat(moment)
        if instant.tzinfo is None or not last_id.isprintable():
            raise ValueError(cursor)
    except ValueError:
        raise _not_ours() from None
    return or_(at < instant, and_(at == instant, row_id < last_id))


def _not_ours() -> Invalid:
    return Invalid("cursor：请用上一页答复中的 next_cursor。", "invalid_cursor")
