"""Cursors: ours go on where the last page ended, any other text is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import DateTime, Integer, String, column

from verify.jws import encode_bytes
from wallet.base.paging import after_cursor, encode_cursor, number_of_cursor
from wallet.errors import Invalid

AT = column("at", DateTime(timezone=True))
ROW = column("id", String)
NUMBER = column("number", Integer)
GREATEST = 2**31 - 1
INSTANT = datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cursor", "number"), [(None, 0), ("0", 0), ("7", 7), (str(GREATEST), GREATEST)]
)
def test_a_number_is_read(cursor: str | None, number: int) -> None:
    assert number_of_cursor(cursor) == number


@pytest.mark.parametrize(
    "cursor",
    ["", "-1", "+1", "1.0", "1e3", " 1", "１", "٣", str(GREATEST + 1), "9" * 5000, "x", "\0"],
)
def test_any_other_text_is_no_number_of_ours(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        number_of_cursor(cursor)
    assert refused.value.slug == "invalid_cursor"


def test_the_start_has_no_condition_and_a_cursor_of_ours_has_one() -> None:
    assert after_cursor(None, AT, ROW, NUMBER) is None
    assert after_cursor(encode_cursor(INSTANT, "v1", 7), AT, ROW, NUMBER) is not None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "A",
        "AB",
        encode_bytes(b"now 1 1"),
        encode_bytes(b"2026-01-01T00:00:00 1 1"),
        encode_bytes(b"2026-01-01T00:00:00+00:00 1"),
        encode_bytes(b"2026-01-01T00:00:00+00:00 1 x"),
        encode_bytes(b"2026-01-01T00:00:00+00:00 \0 1"),
        encode_bytes(b"0001-01-01T00:00:00+08:00 1 1"),
        encode_bytes(b"\xff\xfe"),
        encode_cursor(INSTANT, "1", 1) + "=",
        encode_cursor(INSTANT, "\n", 1),
        encode_cursor(INSTANT, "1", GREATEST + 1),
    ],
)
def test_any_other_text_is_no_cursor_of_ours(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        after_cursor(cursor, AT, ROW, NUMBER)
    assert refused.value.slug == "invalid_cursor"


def test_a_cursor_keeps_the_instant_to_the_microsecond() -> None:
    instant = datetime.fromisoformat("2026-01-01T08:00:00.123456+08:00")
    condition = after_cursor(encode_cursor(instant, "v1", 7), AT, ROW, NUMBER)
    assert condition is not None
    assert instant in condition.compile().params.values()
