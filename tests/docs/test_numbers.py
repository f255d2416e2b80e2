"""docs/numbers.md says what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Final

import verify.codes
import verify.fetch
import verify.judgements
import verify.status_list
import verify.trust
import wallet.numbers

_PAGE: Final = Path(__file__).parents[2] / "docs" / "numbers.md"
_ROW: Final = re.compile(r"^\| `([A-Z_]+)` \| (\d+) (\w+) \|", re.MULTILINE)
_UNITS: Final = {"s": 1, "min": 60, "h": 3600, "KiB": 1024, "MiB": 1024**2}
"""Factors of the units; any other word on the page only counts."""


def _documented() -> dict[str, int]:
    rows = _ROW.findall(_PAGE.read_text("utf-8"))
    return {name: int(value) * _UNITS.get(unit, 1) for name, value, unit in rows}


def _in_code(*modules: ModuleType) -> dict[str, int]:
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int)
    }


def test_every_number_is_documented_as_it_is() -> None:
    assert _documented() == _in_code(
        verify.codes,
        verify.fetch,
        verify.judgements,
        verify.status_list,
        verify.trust,
        wallet.numbers,
    )
