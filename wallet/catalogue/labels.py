"""What the fields of a licence are called, in Chinese or in English."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any


def field_label(declared: Mapping[str, Any], language: str = "zh") -> str:
    """The label of one field of the catalogue, in `zh` or `en`; Chinese where it has no other."""
    label: str = declared["label"]
    return declared.get("label_en", label) if language == "en" else label


def field_labels(
    declared: Iterable[Mapping[str, Any]], keys: Collection[str], language: str = "zh"
) -> list[str]:
    """The labels of those fields of a type that have these keys, in the type's order."""
    return [field_label(field, language) for field in declared if field["key"] in keys]
