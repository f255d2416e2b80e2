"""Cursors of lists: by a number upwards, or newest first by a time and an id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from verify.jws import decode_bytes, encode_bytes
from wallet.errors import Invalid

_NUMBER_MAX = 2**31 - 1
"""The greatest id that PostgreSQL's INTEGER holds; it refuses to compare with more."""


def number_of_cursor(cursor: str | None) -> int:
    """The number that the last page ended with, 0 at the start; Invalid for no cursor of ours."""
    if cursor is None:
        return 0
    return _number(cursor)


def encode_cursor(at: datetime, row_id: str, number: int) -> str:
    """The cursor after a row; `number` tells the rows of one time and id apart."""
    return encode_bytes(f"{at.astimezone(UTC).isoformat()} {row_id} {number}".encode())


def read_cursor(cursor: str) -> tuple[datetime, str, int]:
    """Time, id and number of the row that the last page ended with; Invalid for no cursor of ours."""
    try:
        moment, row_id, number = decode_bytes(cursor).decode().split(" ")
        instant = datetime.fromisoformat(moment)
        if instant.utcoffset() != timedelta(0) or not row_id.isprintable():
            raise ValueError(cursor)
    except ValueError:
        raise _not_ours() from None
    return instant, row_id, _number(number)


def after_cursor(
    cursor: str | None,
    at: ColumnElement[datetime],
    row_id: ColumnElement[Any],
    number: ColumnElement[int],
) -> ColumnElement[bool] | None:
    """Condition for the rows after a cursor, None at the start; Invalid for no cursor of ours.

    The rows are in descending order of time, id and number.
    """
    if cursor is None:
        return None
    instant, last_id, last_number = read_cursor(cursor)
    below = or_(row_id < last_id, and_(row_id == last_id, number < last_number))
    return or_(at < instant, and_(at == instant, below))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_NUMBER_MAX))):
        raise _not_ours()
    number = int(text)
    if number > _NUMBER_MAX:
        raise _not_ours()
    return number


def _not_ours() -> Invalid:
    return Invalid("cursor：请用上一页答复中的 next_cursor。", "invalid_cursor")
