"""How a value is masked until its holder taps it: by what the catalogue says of the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MASKS: Final[Mapping[str, str]] = {
    "none": "不遮",
    "middle": "遮住中间",
    "all": "全部遮住",
    "name": "只留姓氏",
}
"""Mask → what the editor calls it."""
_HIDDEN: Final = "••••"


def masked(declared: Mapping[str, Any], value: str) -> str:
    """A value of a face field as it is shown before the tap; a photo is never masked.

    `declared` is the field's entry in the catalogue; without a `mask` a sensitive one is masked in
    the middle.
    """
    usual = "middle" if declared.get("sensitive") else "none"
    mask = "none" if declared["type"] == "photo" else declared.get("mask", usual)
    if mask == "all":
        return _HIDDEN
    if mask == "name":
        return f"{value[:1]}*"
    return mask_middle(value) if mask == "middle" else value


def mask_middle(text: str) -> str:
    """Numbers masked in the middle: the first and last quarter stay, at most 6 and 4."""
    head, tail = min(6, len(text) // 3), min(4, len(text) // 4)
    if not text:
        return text
    return f"{text[:head]} {_HIDDEN} {text[len(text) - tail :]}".strip()
