"""Face fields (照面信息): checked against the catalogue entry of their type."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from marshmallow import ValidationError
from PIL import Image, UnidentifiedImageError

from wallet import numbers
from wallet.base.clock import read_day
from wallet.errors import Invalid
from wallet.web.schemas import check_text

_PHOTO_FORMATS: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}
_NUMBER_MAX: Final = 10**15
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


def check_faces(declared: list[dict[str, Any]], given: Mapping[str, Any]) -> dict[str, str]:
    """The values as text, by key, in the order of the catalogue, without what is retired.

    `declared` is the type's `fields` as in the catalogue. A date comes out as YYYY-MM-DD, a
    photo as a data URI. Raises Invalid with the sentences by path `fields.{key}`.
    """
    errors: dict[str, list[str]] = {}
    values: dict[str, str] = {}
    retired = {field["key"] for field in declared if field.get("retired")}
    unknown = given.keys() - {field["key"] for field in declared}
    for key in sorted(unknown):
        errors[f"fields.{key[:64]}"] = ["发证目录中没有这一项。"]
    for key in sorted(retired & given.keys()):
        errors[f"fields.{key}"] = ["这一项已停用，不再报送。"]
    for field in declared:
        key = field["key"]
        if key in retired:
            continue
        value = given.get(key)
        if value is None or value == "":
            if field["required"]:
                errors[f"fields.{key}"] = [f"{field['label']}必填。"]
            continue
        try:
            values[key] = _CHECKS[field["type"]](field, value)
        except ValidationError as error:
            errors[f"fields.{key}"] = [f"{field['label']}：{error.messages[0]}"]
    if errors:
        path, sentences = next(iter(errors.items()))
        raise Invalid(f"{path}：{sentences[0]}", "invalid_fields", errors)
    return values


def _text(field: dict[str, Any], value: Any) -> str:
    limit = field.get("max_length") or numbers.TEXT_FIELD_MAX
    if not isinstance(value, str):
        raise ValidationError("应为文字。")
    if len(value) > limit:
        raise ValidationError(f"最多 {limit} 个字符。")
    check_text(value)
    if field["required"] and not value.strip():
        raise ValidationError("不能只有空格。")
    return value


def _date(_field: dict[str, Any], value: Any) -> str:
    try:
        return read_day(value).isoformat()
    except ValueError:
        raise ValidationError("应为 YYYY-MM-DD 的日期。") from None


def _number(_field: dict[str, Any], value: Any) -> str:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number: Decimal | float = Decimal(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = value
    else:
        raise ValidationError("应为数字。")
    if not -_NUMBER_MAX < number < _NUMBER_MAX:
        raise ValidationError("数字过大。")
    # Text keeps its digits; a JSON number those that name it, without an exponent.
    return value if isinstance(value, str) else f"{Decimal(str(value)):f}"


def _code(field: dict[str, Any], value: Any) -> str:
    allowed = [code["code"] for code in field.get("codes", []) if not code.get("retired")]
    if value not in allowed:
        raise ValidationError(f"应为 {'、'.join(allowed)} 之一。")
    return str(value)


def _photo(_field: dict[str, Any], value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError("应为 base64 编码的 JPEG 或 PNG 照片。")
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValidationError("应为 base64 编码的 JPEG 或 PNG 照片。") from None
    if len(data) > numbers.PHOTO_MAX:
        raise ValidationError(f"照片最大 {numbers.PHOTO_MAX // 1024} KiB。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(_PHOTO_FORMATS)) as image:
                if image.width * image.height > numbers.PHOTO_PIXELS_MAX:
                    raise ValidationError("照片的像素过多，请缩小后再报送。")
                image.load()
                kind = _PHOTO_FORMATS[str(image.format)]
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        if isinstance(error, ValidationError):
            raise
        raise ValidationError("照片打不开，应为完整的 JPEG 或 PNG。") from None
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


_CHECKS: Final = {"text": _text, "date": _date, "number": _number, "code": _code, "photo": _photo}
