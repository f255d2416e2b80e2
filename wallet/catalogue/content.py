"""What an entry of the catalogue says (O-7, M-6), held against every rule that needs no database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate, validates_schema
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberError

from wallet import numbers
from wallet.base.clock import read_day
from wallet.catalogue.masking import MASKS
from wallet.catalogue.secrecy import SECRECY, UNCLASSIFIED
from wallet.web.schemas import StrictSchema, Text, Truth

THEMES: Final = (
    "market",
    "transport",
    "identity",
    "welfare",
    "property",
    "health",
    "education",
)
"""Colours of the card on the phone (static/css/wallet.css) and of the page on paper
(templates/pdf/themes.typ)."""
LAYOUTS: Final = ("portrait", "landscape")
BILINGUAL: Final = ("mn_above", "zh_above", "mn_left")
"""Where Mongolian stands beside Chinese: above, below, or on the left of what is written downwards."""
FIELD_TYPES: Final = ("text", "date", "number", "code", "photo")
MEANINGS: Final = ("valid", "suspended", "expired", "revoked")
ACTS: Final = ("withdraw", "annul", "revoke", "cancel")
ATTRIBUTES: Final = ("public", "restricted")
LEVELS: Final = ("national", "region", "city")
HOLDER_KINDS: Final = ("person", "organisation")

_REQUIRED: Final[dict[str, Any]] = {"required": "必填。", "null": "不能为空。"}
_USCC_LENGTH: Final = 18
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TYPE_CODE: Final = re.compile(r"[0-9A-Z]{18}[0-9]{3}")


class TypeCode(Text):
    """The type code of GB/T 36904: the defining authority's USCC (GB 32100) and 3 digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        code = str(super()._deserialize(value, attr, data, **kwargs))
        if not _TYPE_CODE.fullmatch(code):
            raise ValidationError("应为定义机构的统一社会信用代码加 3 位数字，共 21 位。")
        try:
            uscc.validate(code[:_USCC_LENGTH])
        except NumberError:
            raise ValidationError("前 18 位不是有效的统一社会信用代码，请核对校验位。") from None
        return code


class DayText(Text):
    """A day, kept as YYYY-MM-DD."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        try:
            return read_day(value).isoformat()
        except ValueError:
            raise ValidationError("应为 YYYY-MM-DD 的日期。") from None


def one_of(choices: Iterable[str], **more: Any) -> fields.String:
    """One of these words, required unless a default is given."""
    words = list(choices)
    required = "load_default" not in more
    return fields.String(
        required=required,
        validate=validate.OneOf(words, error=f"应为 {'、'.join(words)} 之一。"),
        error_messages=_REQUIRED,
        **more,
    )


def _list(of: Any, least: int, most: int, **more: Any) -> fields.List[Any]:
    return fields.List(
        of,
        validate=validate.Length(least, most, error=f"应有 {least} 至 {most} 项。"),
        error_messages=_REQUIRED,
        **more,
    )


class _Labelled(StrictSchema):
    """A code or key with its words; what says nothing is left out again."""

    label = Text(required=True, max_length=60)
    label_en = Text(max_length=120)
    retired = Truth()

    @post_load
    def without_what_is_usual(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Not retired is what is usual."""
        return {key: value for key, value in data.items() if (key, value) != ("retired", False)}


class ListedCodeSchema(_Labelled):
    """A value of a code list; one that is retired is labelled, and not taken in any more."""

    code = Text(required=True, max_length=20)


class ContentStatusSchema(_Labelled):
    """A status of the type's own, the one of the four it means, and by which act it is set."""

    code = Text(required=True, max_length=20)
    means = one_of(MEANINGS)
    act = fields.String(validate=validate.OneOf(ACTS, error=f"应为 {'、'.join(ACTS)} 之一。"))

    @validates_schema
    def act_ends(self, data: dict[str, Any], **_: Any) -> None:
        """Only what ends a licence has an act of its own."""
        if "act" in data and data["means"] != "revoked":
            raise ValidationError("只有表示终止的状态才写明做法。", "act")


class ContentFieldSchema(_Labelled):
    """A face field (照面信息)."""

    key = fields.String(
        required=True,
        validate=validate.Regexp(
            rf"\A{_KEY.pattern}\Z", error="应为小写字母开头的字母、数字和下划线，最多 40 个。"
        ),
        error_messages=_REQUIRED,
    )
    label_mn = Text(max_length=120)
    type = one_of(FIELD_TYPES)
    required = Truth(required=True, error_messages=_REQUIRED)
    sensitive = Truth(load_default=False)
    mask = fields.String(
        validate=validate.OneOf(list(MASKS), error=f"应为 {'、'.join(MASKS)} 之一。")
    )
    max_length = fields.Integer(
        strict=True,
        validate=validate.Range(
            1, numbers.TEXT_FIELD_MAX, error=f"应为 1 至 {numbers.TEXT_FIELD_MAX}。"
        ),
    )
    codes = fields.List(
        fields.Nested(ListedCodeSchema),
        validate=validate.Length(1, 200, error="应有 1 至 200 个代码。"),
    )

    @validates_schema
    def fits_its_type(self, data: dict[str, Any], **_: Any) -> None:
        """What belongs to one kind of field is not said of another."""
        kind, errors = data["type"], {}
        if ("codes" in data) is not (kind == "code"):
            errors["codes"] = ["代码项须列出代码，其他种类没有代码。"]
        if "max_length" in data and kind != "text":
            errors["max_length"] = ["只有文字才限字数。"]
        if kind == "photo" and data.get("mask", "none") != "none":
            errors["mask"] = ["照片不遮。"]
        if data.get("retired") and data["required"]:
            errors["required"] = ["已停用的项不能必填。"]
        if repeated := _repeated(code["code"] for code in data.get("codes", [])):
            errors["codes"] = [f"代码重复：{'、'.join(repeated)}。"]
        if errors:
            raise ValidationError(errors)


class TemplateSchema(StrictSchema):
    """How it is drawn, on the phone and on paper."""

    theme = one_of(THEMES)
    layout = one_of(LAYOUTS)
    bilingual = one_of(BILINGUAL)


class ContentSchema(StrictSchema):
    """An entry as it is drafted, kept and published."""

    name = Text(required=True, max_length=60)
    name_en = Text(required=True, max_length=120)
    name_mn = Text(load_default=None, allow_none=True, max_length=120)
    type_code = TypeCode(required=True, max_length=21)
    issuing_units = _list(Text(max_length=_USCC_LENGTH), 1, 200, required=True)
    holder_kinds = _list(one_of(HOLDER_KINDS), 1, 2, required=True)
    collected_since = DayText(required=True)
    public_attribute = one_of(ATTRIBUTES)
    standard_level = one_of(LEVELS)
    basis = Text(required=True, max_length=200)
    basis_document = Text(load_default=None, allow_none=True, max_length=64)
    review = Truth(required=True, error_messages=_REQUIRED)
    secrecy = one_of(SECRECY, load_default=UNCLASSIFIED)
    template = fields.Nested(TemplateSchema, required=True, error_messages=_REQUIRED)
    status_codes = _list(fields.Nested(ContentStatusSchema), 2, 50, required=True)
    fields_ = _list(
        fields.Nested(ContentFieldSchema),
        1,
        100,
        required=True,
        data_key="fields",
        attribute="fields",
    )

    @validates_schema
    def names_nothing_twice(self, data: dict[str, Any], **_: Any) -> None:
        """Keys, labels, codes and units are unique; a licence can be valid and can be ended."""
        errors: dict[str, list[str]] = {}
        kept = [field for field in data["fields"] if not field.get("retired")]
        for member, values, what in (
            ("issuing_units", data["issuing_units"], "发证单位"),
            ("holder_kinds", data["holder_kinds"], "持证主体"),
            ("status_codes", [entry["code"] for entry in data["status_codes"]], "状态代码"),
            ("fields", [field["key"] for field in data["fields"]], "字段名"),
            ("fields", [field["label"] for field in kept], "名称"),
        ):
            if repeated := _repeated(values):
                errors.setdefault(member, []).append(f"{what}重复：{'、'.join(repeated)}。")
        if not kept:
            errors.setdefault("fields", []).append("至少要有一项没有停用。")
        means = {entry["means"] for entry in data["status_codes"] if not entry.get("retired")}
        if not {"valid", "revoked"} <= means:
            errors.setdefault("status_codes", []).append("要有表示有效和表示终止的状态。")
        if errors:
            raise ValidationError(errors)


def taken_away(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a new version may not do to licences that are there, by path; empty when it does not.

    A face field, a code of its list and a status code stay what they are, so that a licence of any
    age is read by the entry of today: they may be retired, renamed and added to, not dropped or
    turned into something else. The type code is part of every identifier.
    """
    errors: dict[str, list[str]] = {}
    if old["type_code"] != new["type_code"]:
        errors["type_code"] = ["类型代码已写入证照标识，不能更改。"]
    fields_now = {field["key"]: field for field in new["fields"]}
    for field in old["fields"]:
        now = fields_now.get(field["key"])
        if now is None:
            errors.setdefault("fields", []).append(
                f"“{field['label']}”（{field['key']}）不能删除，可以停用。"
            )
        elif now["type"] != field["type"]:
            errors.setdefault("fields", []).append(
                f"“{field['label']}”（{field['key']}）的种类不能更改，可以停用后另设一项。"
            )
        else:
            codes_now = {code["code"] for code in now.get("codes", [])}
            errors_of = [
                f"“{field['label']}”的代码 {code['code']} 不能删除，可以停用。"
                for code in field.get("codes", [])
                if code["code"] not in codes_now
            ]
            if errors_of:
                errors.setdefault("fields", []).extend(errors_of)
    statuses_now = {entry["code"]: entry for entry in new["status_codes"]}
    for entry in old["status_codes"]:
        status = statuses_now.get(entry["code"])
        if status is None:
            errors.setdefault("status_codes", []).append(
                f"状态代码 {entry['code']}“{entry['label']}”不能删除，可以停用。"
            )
        elif (status["means"], status.get("act")) != (entry["means"], entry.get("act")):
            errors.setdefault("status_codes", []).append(
                f"状态代码 {entry['code']}“{entry['label']}”的含义不能更改。"
            )
    return errors


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
