"""What an item asks for: its materials, the licence types that satisfy each, the fields it needs of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

SATISFIED_BY: Final = ("any_of", "all_of")
"""Whether one of a material's types is enough, or all of them are needed together."""


def fields_of(materials: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Type code → the keys that any of the materials needs of it, in the order of the materials."""
    keys: dict[str, dict[str, None]] = {}
    for material in materials:
        for one in material["types"]:
            keys.setdefault(one["type"], {}).update(dict.fromkeys(one["fields"]))
    return {code: list(some) for code, some in keys.items()}
