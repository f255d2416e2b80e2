"""Claims by the names that an operator gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that name, None where there is none.

    A name with dots is looked up as it stands first, then as a way into objects:
    `verified_claims.claims.id_number`.
    """
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def as_text(value: Any) -> str:
    """A claim that is a word, as text: `true` and `false` for these, nothing for what is no word."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else ""
