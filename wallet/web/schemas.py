"""Schemas that every feature's API shares."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from wallet import numbers

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def check_text(value: str) -> None:
    """Refuse control characters, bidirectional overrides, lone surrogates (ValidationError)."""
    if _FORBIDDEN.search(value):
        raise ValidationError("不能含有控制字符或改变书写方向的字符。")
    if any(unicodedata.category(character) == "Cn" for character in value):
        raise ValidationError("含有未分配的字符。")


def check_line(value: str) -> None:
    """Refuse what `check_text` refuses, and line breaks and tabs (ValidationError)."""
    if not {"\t", "\n", "\r"}.isdisjoint(value):
        raise ValidationError("应为一行文字，不能换行。")
    check_text(value)


class StrictSchema(Schema):
    """Unknown members are errors; the sentences are Chinese."""

    error_messages = {
        "unknown": "没有这一项。",
        "type": "应为一个对象。",
    }


class Text(fields.String):
    """A line of text without control characters, of at most `max_length` characters."""

    default_error_messages = {
        "required": "必填。",
        "null": "不能为空。",
        "invalid": "应为文字。",
    }

    def __init__(
        self, *, max_length: int = numbers.TEXT_FIELD_MAX, min_length: int = 1, **more: Any
    ) -> None:
        length = validate.Length(
            min=min_length, max=max_length, error=f"长度应为 {min_length} 至 {max_length} 个字符。"
        )
        super().__init__(validate=[length, check_line], **more)


class ProblemSchema(Schema):
    """RFC 9457 with the stable `slug`."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    slug = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class PageQuerySchema(Schema):
    """`limit` and `cursor` of every list."""

    limit = fields.Integer(
        load_default=numbers.PAGE_LIMIT,
        validate=validate.Range(
            min=1, max=numbers.PAGE_LIMIT_MAX, error=f"应为 1 至 {numbers.PAGE_LIMIT_MAX}。"
        ),
    )
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=128))
