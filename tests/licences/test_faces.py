"""Face fields come out as text in one form, whatever JSON they came in."""

from __future__ import annotations

from typing import Any

import pytest

from wallet.errors import Invalid
from wallet.licences.faces import check_faces

DECLARED: list[dict[str, Any]] = [
    {"key": "words", "label": "文字", "type": "text", "required": False},
    {"key": "day", "label": "日期", "type": "date", "required": False},
    {"key": "amount", "label": "数额", "type": "number", "required": False},
    {"key": "kind", "label": "类别", "type": "code", "required": False,
     "codes": [{"code": "01", "label": "甲"}, {"code": "02", "label": "乙"}]},
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "given", "text"),
    [
        ("words", "店" * 1000, "店" * 1000),
        ("words", "\U00031350", "\U00031350"),
        ("words", "  ", "  "),
        ("words", "第一行\n第二行", "第一行\n第二行"),
        ("day", "2024-02-29", "2024-02-29"),
        ("amount", 3, "3"),
        ("amount", 0, "0"),
        ("amount", -7, "-7"),
        ("amount", 89.5, "89.5"),
        ("amount", "89.50", "89.50"),
        ("amount", "0.10000000000000000001", "0.10000000000000000001"),
        ("amount", 0.0000001, "0.0000001"),
        ("amount", 123456789.12345678, "123456789.12345678"),
        ("amount", "1200000", "1200000"),
        ("amount", 10**15 - 1, "999999999999999"),
        ("kind", "02", "02"),
    ],
)
def test_what_keeps_the_rules_is_kept(key: str, given: Any, text: str) -> None:
    assert check_faces(DECLARED, {key: given}) == {key: text}


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("words", "店" * 1001),
        ("words", True),
        ("words", ["a"]),
        ("words", "\u0000"),
        ("words", "\ufdd0"),
        ("words", "\U0001ffff"),
        ("words", "\ud800"),
        ("day", "2023-02-29"),
        ("day", "20240229"),
        ("day", "2024-W09-4"),
        ("day", "2024-02-29T00:00"),
        ("day", 20240229),
        ("amount", "many"),
        ("amount", True),
        ("amount", 10**15),
        ("amount", -(10**15)),
        ("amount", 1e300),
        ("amount", float("inf")),
        ("amount", float("nan")),
        ("amount", "1e5"),
        ("amount", "1_000"),
        ("amount", "0x10"),
        ("amount", "nan."),
        ("amount", "0" * 32 + "5"),
        ("amount", "９"),
        ("amount", [1]),
        ("kind", "03"),
        ("kind", 1),
        ("kind", ["01"]),
        ("kind", {"01": 1}),
    ],
)
def test_what_breaks_a_rule_is_refused_by_the_place_of_the_field(key: str, given: Any) -> None:
    with pytest.raises(Invalid) as refused:
        check_faces(DECLARED, {key: given})
    assert refused.value.slug == "invalid_fields"
    assert list(refused.value.errors) == [f"fields.{key}"]


@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_empty_is_left_out_unless_it_is_required(empty: str | None) -> None:
    assert check_faces(DECLARED, {"words": empty}) == {}
    required = [field | {"required": True} for field in DECLARED[:1]]
    with pytest.raises(Invalid, match="文字必填"):
        check_faces(required, {"words": empty})


def test_what_is_required_is_not_only_blank() -> None:
    required = [field | {"required": True} for field in DECLARED[:1]]
    assert check_faces(required, {"words": " 店"}) == {"words": " 店"}
    with pytest.raises(Invalid, match="空格"):
        check_faces(required, {"words": " \u3000"})


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check_faces(DECLARED, {"day": "x", "amount": "x", "colour": "red"})
    assert refused.value.errors.keys() == {"fields.day", "fields.amount", "fields.colour"}
