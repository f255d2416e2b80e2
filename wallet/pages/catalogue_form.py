"""A catalogue entry as a form without a script: rows with numbers, and three empty ones to add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wallet.numbers import TEXT_FIELD_MAX

_ROWS_MAX: Final = 120
_CODE_PARTS: Final = 3


def starter() -> dict[str, Any]:
    """What the form of a new type begins with: the usual status codes, the number as a field."""
    statuses = [
        ("01", "有效", "Valid", "valid", None),
        ("02", "暂扣", "Temporarily withheld", "suspended", None),
        ("03", "撤回", "Withdrawn", "revoked", "withdraw"),
        ("04", "注销", "Cancelled", "revoked", "cancel"),
        ("05", "过期失效", "Lapsed", "expired", None),
        ("06", "撤销", "Annulled", "revoked", "annul"),
        ("07", "吊销", "Revoked", "revoked", "revoke"),
    ]
    return {
        "holder_kinds": ["person"],
        "public_attribute": "restricted",
        "standard_level": "city",
        "template": {"theme": "market", "layout": "portrait", "bilingual": "mn_above"},
        "status_codes": [
            {"code": code, "label": label, "label_en": label_en, "means": means}
            | ({"act": act} if act else {})
            for code, label, label_en, means, act in statuses
        ],
        "fields": [
            {"key": "number", "label": "证照编号", "label_en": "Number", "type": "text",
             "required": True, "max_length": 60},
        ],
    }  # fmt: skip


def content_of_form(form: Mapping[str, str]) -> dict[str, Any]:
    """The content that a form says; what is left empty is left out, rows without a name too."""
    content: dict[str, Any] = {
        name: form.get(name, "").strip()
        for name in ("name", "name_en", "type_code", "collected_since", "public_attribute",
                     "standard_level", "basis", "secrecy")
        if form.get(name, "").strip()
    }  # fmt: skip
    for name in ("name_mn", "basis_document"):
        content[name] = form.get(name, "").strip() or None
    content["review"] = "review" in form
    content["holder_kinds"] = [
        kind for kind in ("person", "organisation") if f"holder-{kind}" in form
    ]
    content["issuing_units"] = form.get("issuing_units", "").split()
    content["template"] = {name: form.get(name, "") for name in ("theme", "layout", "bilingual")}
    content["status_codes"] = [
        _texts(row, "code", "label", "label_en", "means", "act") | _ticks(row, "retired")
        for row in _rows(form, "status", "code", "label")
    ]
    content["fields"] = [_field(row) for row in _rows(form, "field", "key", "label")]
    return content


def _rows(form: Mapping[str, str], kind: str, *named_by: str) -> list[dict[str, str]]:
    rows = []
    for number in range(_ROWS_MAX):
        prefix = f"{kind}-{number}-"
        row = {
            name.removeprefix(prefix): value.strip()
            for name, value in form.items()
            if name.startswith(prefix)
        }
        if any(row.get(name) for name in named_by):
            rows.append(row)
    return rows


def _field(row: Mapping[str, str]) -> dict[str, Any]:
    field: dict[str, Any] = _texts(row, "key", "label", "label_en", "label_mn", "type", "mask")
    field |= {"required": "required" in row} | _ticks(row, "sensitive", "retired")
    if length := row.get("max_length"):
        ascii_number = (
            length.isascii() and length.isdecimal() and len(length) <= len(str(TEXT_FIELD_MAX))
        )
        field["max_length"] = int(length) if ascii_number else length
    if codes := row.get("codes"):
        field["codes"] = [_code(line) for line in codes.splitlines() if line.strip()]
    return field


def _code(line: str) -> dict[str, Any]:
    """`代码 | 名称 | 英文名`, a `-` before the code of one that is retired."""
    parts = [part.strip() for part in line.split("|", _CODE_PARTS - 1)]
    names = ("code", "label", "label_en")
    code: dict[str, Any] = {name: part for name, part in zip(names, parts, strict=False) if part}
    if str(code.get("code", "")).startswith("-"):
        code |= {"code": str(code["code"])[1:].strip(), "retired": True}
    return code


def _texts(row: Mapping[str, str], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name)}


def _ticks(row: Mapping[str, str], *names: str) -> dict[str, Any]:
    return {name: True for name in names if name in row}
