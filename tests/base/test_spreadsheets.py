"""A table that a spreadsheet opens reckons nothing that somebody else wrote."""

from __future__ import annotations

import pytest

from wallet.base.spreadsheets import plain_cell


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_no_text_is_a_formula(start: str) -> None:
    assert plain_cell(f"{start}cmd|'/c calc'!A0") == f"'{start}cmd|'/c calc'!A0"


@pytest.mark.parametrize("value", ["有效期止", "A=1", "", None, -1])
def test_what_is_none_stays(value: object) -> None:
    assert plain_cell(value) == value
