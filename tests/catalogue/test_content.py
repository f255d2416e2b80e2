"""What an entry may say, just inside and just outside of each rule; and what a version may change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final

import pytest
from flask import Flask
from marshmallow import ValidationError

from tests.support.catalogue import DRAFTS, food_content
from tests.support.licences import FOOD
from tests.support.people import sign_in
from verify.assets import static_dir, templates_dir
from wallet.catalogue.content import BILINGUAL, LAYOUTS, THEMES, ContentSchema, taken_away
from wallet.catalogue.masking import masked
from wallet.catalogue.secrecy import secrecy_of
from wallet.web.problems import flatten_messages

Content = dict[str, Any]
Change = Callable[[Content], Any]


def field(content: Content, key: str) -> Content:
    """A field of a content."""
    return next(one for one in content["fields"] if one["key"] == key)


REFUSED: Final[dict[str, tuple[Change, str]]] = {
    "an unknown member": (lambda c: c.update(colour="red"), "colour"),
    "no name": (lambda c: c.pop("name"), "name"),
    "a type code with a wrong check digit": (
        lambda c: c.update(type_code="11100000MADEM1014J025"), "type_code"),
    "a type code of two digits": (lambda c: c.update(type_code="11100000MADEM1014H02"), "type_code"),
    "a day that is none": (lambda c: c.update(collected_since="2026-02-30"), "collected_since"),
    "no issuing unit": (lambda c: c.update(issuing_units=[]), "issuing_units"),
    "a holder kind twice": (lambda c: c.update(holder_kinds=["person"] * 2), "holder_kinds"),
    "a theme that nobody draws": (lambda c: c["template"].update(theme="pink"), "template.theme"),
    "a key in capitals": (lambda c: field(c, "remarks").update(key="Remarks"), "fields.8.key"),
    "a key twice": (lambda c: field(c, "remarks").update(key="number"), "fields"),
    "a label twice": (lambda c: field(c, "remarks").update(label="住所"), "fields"),
    "a code field without codes": (lambda c: field(c, "business_form").pop("codes"), "fields.6.codes"),
    "codes of a text": (
        lambda c: field(c, "remarks").update(codes=[{"code": "1", "label": "一"}]), "fields.8.codes"),
    "a length of a code": (
        lambda c: field(c, "business_form").update(max_length=9), "fields.6.max_length"),
    "a length beyond the limit": (
        lambda c: field(c, "remarks").update(max_length=1001), "fields.8.max_length"),
    "a retired field that is required": (
        lambda c: field(c, "number").update(retired=True), "fields.0.required"),
    "a mask that is none": (lambda c: field(c, "remarks").update(mask="half"), "fields.8.mask"),
    "an act of what does not end": (
        lambda c: c["status_codes"][0].update(act="cancel"), "status_codes.0.act"),
    "no status that is valid": (lambda c: c["status_codes"].pop(0), "status_codes"),
    "a status code twice": (lambda c: c["status_codes"][1].update(code="01"), "status_codes"),
    "a bidi override": (lambda c: c.update(basis="\u202e"), "basis"),
    "a line break": (lambda c: c.update(name="食品\n证"), "name"),
}  # fmt: skip
TAKEN: Final[dict[str, tuple[Change, str]]] = {
    "a field dropped": (lambda c: c["fields"].pop(), "fields"),
    "a field of another type": (
        lambda c: (field(c, "remarks").pop("max_length"), field(c, "remarks").update(type="date")),
        "fields"),
    "a code dropped": (lambda c: field(c, "business_form")["codes"].pop(), "fields"),
    "a status dropped": (lambda c: c["status_codes"].pop(1), "status_codes"),
    "a status that means something else": (
        lambda c: c["status_codes"][1].update(means="expired"), "status_codes"),
    "another act": (lambda c: c["status_codes"][2].update(act="cancel"), "status_codes"),
    "another type code": (lambda c: c.update(type_code="11100000MADEM1014H099"), "type_code"),
}  # fmt: skip
ALLOWED: Final[dict[str, Change]] = {
    "a field retired": lambda c: field(c, "remarks").update(retired=True),
    "a code retired": lambda c: field(c, "business_form")["codes"][0].update(retired=True),
    "a status retired": lambda c: c["status_codes"][1].update(retired=True),
    "a status renamed": lambda c: c["status_codes"][1].update(label="暂停"),
    "a field loosened": lambda c: field(c, "premises").update(required=False, max_length=1000),
    "a field masked": lambda c: field(c, "domicile").update(sensitive=True, mask="all"),
    "a field added": lambda c: c["fields"].append(
        {"key": "k" * 40, "label": "照片", "type": "photo", "required": False}),
    "another template": lambda c: c.update(
        template={"theme": "health", "layout": "portrait", "bilingual": "mn_left"}),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_is_named_by_its_path(shared_app: Flask, name: str) -> None:
    content, (change, path) = food_content(shared_app), REFUSED[name]
    ContentSchema().load(content)
    change(content)
    with pytest.raises(ValidationError) as refused:
        ContentSchema().load(content)
    assert path in flatten_messages(refused.value.messages)


def test_every_fault_is_named_at_once(shared_app: Flask) -> None:
    content = food_content(shared_app) | {"name": "", "basis": ""}
    content["fields"][0]["type"] = "colour"
    with pytest.raises(ValidationError) as refused:
        ContentSchema().load(content)
    assert flatten_messages(refused.value.messages).keys() >= {"name", "basis", "fields.0.type"}


@pytest.mark.parametrize("name", TAKEN)
def test_a_version_takes_nothing_away_from_older_licences(shared_app: Flask, name: str) -> None:
    old, (change, path) = food_content(shared_app), TAKEN[name]
    new = copy.deepcopy(old)
    change(new)
    ContentSchema().load(new)
    assert taken_away(old, new).keys() == {path}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_version_may_retire_add_loosen_and_rename(shared_app: Flask, name: str) -> None:
    old = food_content(shared_app)
    new = copy.deepcopy(old)
    ALLOWED[name](new)
    assert taken_away(old, ContentSchema().load(new)) == {}


@pytest.mark.parametrize(
    ("change", "slug"),
    [({"secrecy": "internal"}, "state_secret"), ({"secrecy": "top_secret"}, "state_secret"),
     ({"basis_document": "nothing"}, "invalid_content"),
     ({"issuing_units": ["11150602MADEM9999X"]}, "invalid_content"),
     ({"type_code": "11100000MADEM1014H001"}, "invalid_content"), ({"fields": []}, "invalid")],
)  # fmt: skip
def test_what_the_catalogue_cannot_take_is_refused(
    shared_app: Flask, change: Content, slug: str
) -> None:
    chen = sign_in(shared_app, "issuer-chen")
    content = food_content(shared_app) | change
    answer = chen.post(DRAFTS, {"code": FOOD, "content": content})
    assert (answer.status_code, answer.get_json()["slug"]) == (422, slug)


def test_both_drawings_know_every_template() -> None:
    on_paper = (templates_dir() / "pdf" / "themes.typ").read_text("utf-8")
    on_phone = (static_dir() / "css" / "wallet.css").read_text("utf-8")
    for theme in THEMES:
        assert f"  {theme}: rgb(" in on_paper
        assert f".theme-{theme} " in on_phone
    for word in ("landscape", "mn_left", "zh_above"):
        assert f'"{word}"' in on_paper
        assert word in (*LAYOUTS, *BILINGUAL)


@pytest.mark.parametrize(
    ("declared", "shown"),
    [({"type": "text"}, "李明"), ({"type": "text", "mask": "name"}, "李*"),
     ({"type": "text", "mask": "all"}, "••••"), ({"type": "photo", "mask": "all"}, "李明"),
     ({"type": "text", "sensitive": True, "mask": "none"}, "李明"),
     ({"type": "text", "sensitive": True}, "••••")],
)  # fmt: skip
def test_a_value_is_masked_as_the_catalogue_says(declared: Content, shown: str) -> None:
    assert masked(declared, "李明") == shown


@pytest.mark.parametrize(
    ("text", "level"),
    [("无", "none"), ("", "none"), (" 非涉密 ", "none"), ("内部", "internal"), ("秘密", "secret"),
     ("机密", "confidential"), ("绝密", "top_secret"), ("密", "secret")],
)  # fmt: skip
def test_what_is_not_plainly_open_is_secret(text: str, level: str) -> None:
    assert secrecy_of(text) == level
