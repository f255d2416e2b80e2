"""A use item as a form without a script: rows with numbers, one empty material and one empty type to add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wallet.numbers import ITEM_MATERIALS_MAX, MATERIAL_TYPES_MAX

_TEXTS: Final = (
    "name", "name_en", "scene", "consent", "purpose", "purpose_en", "retention", "retention_en",
    "traditional_channel", "traditional_channel_en", "basis",
)  # fmt: skip


def starter() -> dict[str, Any]:
    """What the form of a new item begins with."""
    return {"scene": "government", "consent": "none", "materials": []}


def item_of_form(form: Mapping[str, str], types: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The content that a form says; rows without a name and a type are left out.

    `types` are the published types by code. Of a type that was changed for another the ticked fields
    that the new one has not are left out too.
    """
    content: dict[str, Any] = {name: form.get(name, "").strip() for name in _TEXTS}
    content["basis_document"] = form.get("basis_document", "").strip() or None
    content["materials"] = [
        _material(form, f"material-{number}-", types)
        for number in range(ITEM_MATERIALS_MAX + 1)
        if any(form.get(f"material-{number}-{member}", "").strip() for member in ("name", "type-0"))
    ]
    return content


def _material(
    form: Mapping[str, str], at: str, types: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    names = [f"{at}type-{place}" for place in range(MATERIAL_TYPES_MAX + 1)]
    return {
        "name": form.get(f"{at}name", "").strip(),
        "name_en": form.get(f"{at}name_en", "").strip(),
        "needed": f"{at}needed" in form,
        "satisfied_by": form.get(f"{at}satisfied_by", ""),
        "types": [_necessary(form, name, form[name], types) for name in names if form.get(name)],
    }


def _necessary(
    form: Mapping[str, str], at: str, code: str, types: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    declared = types[code]["fields"] if code in types else []
    keys = [field["key"] for field in declared if f"{at}-field-{field['key']}" in form]
    return {"type": code, "fields": keys}
