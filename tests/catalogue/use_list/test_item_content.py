"""What an item may say, each rule just inside and just outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.support.items import DRAFTS, EDITOR, item_content
from tests.support.people import sign_in
from tests.support.showing import FOOD
from wallet import numbers

Change = Callable[[dict[str, Any]], Any]
NEW = "a-new-item"


def material(**other: Any) -> dict[str, Any]:
    """A material that one licence satisfies."""
    types = [{"type": FOOD, "fields": ["number"]}]
    return {
        "name": "食品经营许可证", "name_en": "Food permit", "needed": True,
        "satisfied_by": "any_of", "types": types, **other,
    }  # fmt: skip


def with_materials(*materials: dict[str, Any]) -> Change:
    return lambda content: content.update(materials=list(materials))


def with_members(**members: Any) -> Change:
    return lambda content: content.update(members)


def sent(app: Flask, change: Change, code: str = NEW) -> Any:
    content = item_content(app)
    change(content)
    return sign_in(app, EDITOR).post(DRAFTS, {"code": code, "content": content})


MANY = [material(name=f"材料{n}") for n in range(numbers.ITEM_MATERIALS_MAX + 1)]


@pytest.mark.parametrize(
    "change",
    [
        with_materials(*MANY[:-1]),
        with_materials(material(), material(name="另一材料", needed=False)),
        with_materials(material(satisfied_by="all_of")),
        with_members(consent="ask"),
        with_members(basis_document=None),
        with_members(traditional_channel="请到窗口办理"),
        with_members(traditional_channel_en="Office"),
        with_members(name="𠮷野家办事"),
    ],
)
def test_what_keeps_the_rules_is_taken(app: Flask, change: Change) -> None:
    answer = sent(app, change)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("member", ["traditional_channel", "traditional_channel_en"])
@pytest.mark.parametrize(
    "said",
    ["", " ", "无", "到窗口办理", "。，、；：！", "　　　　　　　", None, 123456, ["到窗口办理即可"]],
)  # fmt: skip
def test_an_item_that_is_done_by_app_alone_is_refused(
    shared_app: Flask, member: str, said: object
) -> None:
    answer = sent(shared_app, with_members(**{member: said}))
    assert (answer.status_code, answer.get_json()["slug"]) == (422, "app_only_item")
    assert answer.get_json()["errors"].keys() == {member}
    assert "不用手机怎么办理" in answer.get_json()["detail"]


@pytest.mark.parametrize("member", ["traditional_channel", "traditional_channel_en"])
def test_an_item_that_leaves_the_channel_out_is_done_by_app_alone(
    shared_app: Flask, member: str
) -> None:
    answer = sent(shared_app, lambda content: content.pop(member))
    assert (answer.status_code, answer.get_json()["slug"]) == (422, "app_only_item")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (with_materials(), "materials"),
        (with_materials(*MANY), "materials"),
        (with_materials(material(needed=False)), "materials"),
        (with_materials(material(), material()), "materials"),
        (with_materials(material(types=[])), "materials.0.types"),
        (with_materials(material(types=material()["types"] * 2)), "materials.0.types"),
        (with_materials(material(satisfied_by="some_of")), "materials.0.satisfied_by"),
        (with_materials(material(name="")), "materials.0.name"),
        (with_materials(material(types=[{"type": FOOD, "fields": []}])), "materials.0.types.0.fields"),
        (with_materials(material(types=[{"type": FOOD, "fields": ["number"] * 2}])), "materials.0.types.0.fields"),
        (with_materials(material(types=[{"type": FOOD, "fields": ["salary"]}])), "materials.0.types.0.fields"),
        (with_materials(material(types=[{"type": "no-such-type", "fields": ["number"]}])), "materials.0.types.0.type"),
        (with_members(scene="social"), "consent"),
        (with_members(scene="social", consent="ask"), "scene"),
        (with_members(scene="private"), "scene"),
        (with_members(consent="never"), "consent"),
        (with_members(basis_document="no-such-document"), "basis_document"),
        (with_members(purpose=""), "purpose"),
        (with_members(name="一\u202e二"), "name"),
        (with_members(name="长" * 61), "name"),
        (with_members(version=7), "version"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_by_its_path(
    shared_app: Flask, change: Change, path: str
) -> None:
    answer = sent(shared_app, change)
    assert (answer.status_code, answer.get_json()["slug"]) == (422, "invalid_content"), answer.text
    assert path in answer.get_json()["errors"]


@pytest.mark.parametrize("code", ["", "食品延续", "A", "-a", "a--b", "a" * 65, "a b", "a;b"])
def test_a_code_has_its_form(shared_app: Flask, code: str) -> None:
    assert sent(shared_app, with_members(), code).status_code == 422
