"""Cells of tables that a spreadsheet opens: none that somebody else wrote is taken for a formula."""

from __future__ import annotations

from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return text.startswith(_FORMULA)


def plain_cell(value: Any) -> Any:
    """A text that would be a formula with an apostrophe before it; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value
