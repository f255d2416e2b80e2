"""Pages that anybody may open: the catalogue with the use list, and what a phone's camera opens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from wallet.base.clock import local_day
from wallet.catalogue.basis.published import with_standing
from wallet.catalogue.model import LicenceTypeVersion
from wallet.catalogue.read import published_type, published_types, published_versions
from wallet.catalogue.use_list.read import use_item, use_items
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.pages.item_words import in_language, scene_words
from wallet.web.deps import deps, now
from wallet.web.guards import guard, public

blueprint = Blueprint("public_pages", __name__)


@blueprint.get("/v")
@guard(public())
def open_code() -> str:
    """What any phone's camera opens; the code is behind the `#`, so only the script sees it."""
    return render_template("public/open_code.html")


@blueprint.get("/catalogue")
@guard(public())
def catalogue() -> str:
    """What may be issued (发证目录), and for which matters it is used (用证事项清单)."""
    types = published_types(deps(), PAGE_LIMIT_MAX)["items"]
    by_code = {entry["code"]: entry for entry in types}
    return render_template(
        "public/catalogue.html",
        types=[_type(entry) for entry in types],
        items=[_item(entry, by_code) for entry in use_items(deps(), PAGE_LIMIT_MAX)["items"]],
    )


@blueprint.get("/catalogue/<code>")
@guard(public())
def licence_type(code: str) -> str:
    """One entry of the catalogue."""
    return render_template(
        "public/licence_type.html",
        type=_type(with_standing(published_type(deps(), code), local_day(now()))),
        versions=published_versions(deps(), LicenceTypeVersion, code, PAGE_LIMIT_MAX)["items"],
    )


@blueprint.get("/items/<code>")
@guard(public())
def item(code: str) -> str:
    """One item of the use list: what is needed, what satisfies it, how it is done without a phone."""
    found = with_standing(use_item(deps(), code), local_day(now()))
    types = {entry["code"]: entry for entry in published_types(deps(), PAGE_LIMIT_MAX)["items"]}
    return render_template("public/use_item.html", item=_item(found, types), scenes=scene_words())


def _type(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with words for its codes."""
    holders = {"person": _("自然人"), "organisation": _("法人和非法人组织")}
    kinds = {
        "text": _("文字"),
        "date": _("日期"),
        "number": _("数字"),
        "code": _("代码"),
        "photo": _("照片"),
    }
    means = {
        "valid": _("有效"),
        "suspended": _("暂停使用"),
        "expired": _("已过期"),
        "revoked": _("已注销"),
    }
    levels = {"national": _("国家级"), "region": _("自治区级"), "city": _("盟市级")}
    attributes = {"public": _("可以公开查验"), "restricted": _("只限登记的事项使用")}
    return entry | {
        "name": in_language(entry, "name"),
        "holder_labels": [holders[kind] for kind in entry["holder_kinds"]],
        "standard_level": levels.get(entry["standard_level"], entry["standard_level"]),
        "public_attribute": attributes.get(entry["public_attribute"], entry["public_attribute"]),
        "fields": [
            field | {"label": in_language(field, "label"), "kind_label": kinds[field["type"]]}
            for field in entry["fields"]
        ],
        "status_codes": [
            code | {"label": in_language(code, "label"), "means_label": means[code["means"]]}
            for code in entry["status_codes"]
        ],
    }


def _item(entry: dict[str, Any], types: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """An item with the names of its types and the labels of the fields that it may see."""
    words = ("name", "unit", "traditional_channel", "retention", "purpose")
    return (
        entry
        | {word: in_language(entry, word) for word in words}
        | {"materials": [_material(one, types) for one in entry["materials"]]}
    )


def _material(entry: dict[str, Any], types: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return entry | {
        "name": in_language(entry, "name"),
        "types": [
            {
                "code": one["type"],
                "name": in_language(types[one["type"]], "name"),
                "field_labels": [
                    in_language(field, "label")
                    for field in types[one["type"]]["fields"]
                    if field["key"] in one["fields"]
                ],
            }
            for one in entry["types"]
        ],
    }
