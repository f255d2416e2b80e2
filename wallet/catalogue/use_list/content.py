"""What a use item says (O-12, M-11), held against every rule that needs no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from wallet import numbers
from wallet.catalogue.content import one_of
from wallet.catalogue.use_list.materials import SATISFIED_BY
from wallet.errors import Invalid
from wallet.web.schemas import StrictSchema, Text, Truth

SCENES: Final = ("government", "social", "platform")
"""政务 and 社会化 (O-3, M-3), and 平台核验: a platform enterprise has its merchants checked (M-16)."""
CONSENTS: Final = ("none", "ask")

_REQUIRED: Final[dict[str, Any]] = {"required": "必填。", "null": "不能为空。"}


def _some(of: Any, most: int) -> fields.List[Any]:
    return fields.List(
        of,
        required=True,
        validate=validate.Length(1, most, error=f"应有 1 至 {most} 项。"),
        error_messages=_REQUIRED,
    )


class NecessaryContentSchema(StrictSchema):
    """A licence type, and the face fields that the item needs of it."""

    type = Text(required=True, max_length=64)
    fields_ = fields.List(
        Text(max_length=40),
        required=True,
        validate=validate.Length(1, 100, error="应有 1 至 100 项。"),
        error_messages=_REQUIRED,
        data_key="fields",
        attribute="fields",
    )

    @validates_schema
    def names_nothing_twice(self, data: dict[str, Any], **_: Any) -> None:
        """Each field once."""
        if repeated := _repeated(data["fields"]):
            raise ValidationError(f"字段重复：{'、'.join(repeated)}。", "fields")


class MaterialContentSchema(StrictSchema):
    """A material, and the types of which one (`any_of`) or all together (`all_of`) satisfy it."""

    name = Text(required=True, max_length=60)
    name_en = Text(required=True, max_length=120)
    needed = Truth(required=True, error_messages=_REQUIRED)
    satisfied_by = one_of(SATISFIED_BY)
    types = _some(fields.Nested(NecessaryContentSchema), numbers.MATERIAL_TYPES_MAX)

    @validates_schema
    def names_nothing_twice(self, data: dict[str, Any], **_: Any) -> None:
        """Each type once."""
        if repeated := _repeated(one["type"] for one in data["types"]):
            raise ValidationError(f"证照类型重复：{'、'.join(repeated)}。", "types")


class ItemContentSchema(StrictSchema):
    """An item as it is drafted, kept and published."""

    name = Text(required=True, max_length=60)
    name_en = Text(required=True, max_length=120)
    scene = one_of(SCENES)
    materials = _some(fields.Nested(MaterialContentSchema), numbers.ITEM_MATERIALS_MAX)
    consent = one_of(CONSENTS)
    purpose = Text(required=True, max_length=200)
    purpose_en = Text(required=True, max_length=400)
    retention = Text(required=True, max_length=200)
    retention_en = Text(required=True, max_length=400)
    traditional_channel = Text(required=True, max_length=500)
    traditional_channel_en = Text(required=True)
    basis = Text(required=True, max_length=200)
    basis_document = Text(load_default=None, allow_none=True, max_length=64)

    @validates_schema
    def makes_sense(self, data: dict[str, Any], **_: Any) -> None:
        """Something is needed, no material twice, and a company that sees fields asks the
        holder each time (O-16); a platform sees none (M-16)."""
        errors: dict[str, list[str]] = {}
        if repeated := _repeated(one["name"] for one in data["materials"]):
            errors["materials"] = [f"材料重复：{'、'.join(repeated)}。"]
        elif not any(one["needed"] for one in data["materials"]):
            errors["materials"] = ["至少要有一项必需的材料。"]
        if data["scene"] == "social" and data["consent"] != "ask":
            errors["consent"] = ["社会化用证须每次征得持证人同意。"]
        if data["scene"] == "platform" and data["consent"] != "none":
            errors["consent"] = ["平台核验不看照面信息，不逐次征得同意。"]
        if errors:
            raise ValidationError(errors)


def require_channel(given: Mapping[str, Any]) -> None:
    """Refuse an item that is done by app alone (O-19): it says in Chinese and in English how it is
    done without one, in more than a word. Raises Invalid (`app_only_item`)."""
    for member in ("traditional_channel", "traditional_channel_en"):
        said = given.get(member)
        words = sum(character.isalnum() for character in said) if isinstance(said, str) else 0
        if words < numbers.CHANNEL_MIN:
            detail = (
                f"{member}：须写明不用手机怎么办理（至少 {numbers.CHANNEL_MIN} 个字），"
                "只能用手机办的事项不予受理。"
            )
            raise Invalid(detail, "app_only_item", {member: [detail.split("：", 1)[1]]})


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
