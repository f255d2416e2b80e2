"""Schemas that every feature's API shares."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from wallet import numbers

CURSOR_MAX = 128
# Not assigned is not refused: Python's tables are older than the newest ideographs (生僻字).
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    f"{_NONCHARACTERS}]"
)


def check_text(value: str) -> None:
    """Refuse controls, bidirectional overrides, surrogates, noncharacters (ValidationError)."""
    if _FORBIDDEN.search(value):
        raise ValidationError("不能含有控制字符或改变书写方向的字符。")


def check_line(value: str) -> None:
    """Refuse what `check_text` refuses, and line breaks and tabs (ValidationError)."""
    if not {"\t", "\n", "\r"}.isdisjoint(value):
        raise ValidationError("应为一行文字，不能换行。")
    check_text(value)


_IN_CHINESE: Final = {
    "Missing data for required field.": "必填。",
    "Field may not be null.": "不能为空。",
    "Not a valid string.": "应为文字。",
    "Not a valid utf-8 string.": "应为 UTF-8 文字。",
    "Not a valid integer.": "应为整数。",
    "Number too large.": "数字过大。",
    "Not a valid list.": "应为一个列表。",
    "Not a valid mapping type.": "应为一个对象。",
}
"""The library's sentences for the kinds of field that we take in, and ours."""


class StrictSchema(Schema):
    """What is sent to us: unknown members are errors, and every sentence is Chinese."""

    error_messages = {
        "unknown": "没有这一项。",
        "type": "应为一个对象。",
    }

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Put our sentences for the library's, in what the field holds as well."""
        field_obj.error_messages = {
            key: _IN_CHINESE.get(str(sentence)) or sentence
            for key, sentence in field_obj.error_messages.items()
        }
        for held in ("inner", "key_field", "value_field"):
            if isinstance(inner := getattr(field_obj, held, None), fields.Field):
                self.on_bind_field(field_name, inner)


class Text(fields.String):
    """A line of text without control characters, of at most `max_length` characters; blanks alone are none of them."""

    def __init__(
        self, *, max_length: int = numbers.TEXT_FIELD_MAX, min_length: int = 1, **more: Any
    ) -> None:
        sentence = f"长度应为 {min_length} 至 {max_length} 个字符。"
        length = validate.Length(min=min_length, max=max_length, error=sentence)
        written = validate.Predicate("strip", error=sentence)
        checks: list[Callable[[str], object]] = [length, check_line]
        if min_length:
            checks.append(written)
        super().__init__(validate=checks, **more)


class ProblemSchema(Schema):
    """RFC 9457 with the stable `slug`."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    slug = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class PageQuerySchema(StrictSchema):
    """`limit` and `cursor` of every list."""

    limit = fields.Integer(
        load_default=numbers.PAGE_LIMIT,
        validate=validate.Range(
            min=1, max=numbers.PAGE_LIMIT_MAX, error=f"应为 1 至 {numbers.PAGE_LIMIT_MAX}。"
        ),
    )
    cursor = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=CURSOR_MAX, error=f"最多 {CURSOR_MAX} 个字符。"),
    )


class Truth(fields.Boolean):
    """true or false, and nothing that Python takes for one of them (1, "yes")."""

    default_error_messages = {"invalid": "应为 true 或 false。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value
