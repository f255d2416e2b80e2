"""Words for use items: what is wrong with one, what a version changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from verify.languages import chosen_language
from wallet.catalogue.read import published_types
from wallet.errors import Invalid
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.web.deps import deps


def in_language(entry: Mapping[str, Any], key: str) -> str:
    """A word of a published entry in the language of the page; Chinese where there is no other."""
    english = entry.get(f"{key}_en") if chosen_language() == "en" else None
    return str(english or entry[key])


def scene_words() -> dict[str, str]:
    """Scene of an item → its word."""
    return {"government": _("政务服务"), "social": _("社会化用证"), "platform": _("平台核验")}


def consent_words() -> dict[str, str]:
    """Consent rule of an item → its word."""
    return {"none": _("持证人出示即可"), "ask": _("每次由持证人在手机上同意")}


def satisfied_words() -> dict[str, str]:
    """How types satisfy a material → its word."""
    return {"any_of": _("有一种即可"), "all_of": _("都要")}


def member_words() -> dict[str, str]:
    """Member of an item → its word."""
    return {
        "code": _("事项代码"),
        "name": _("名称"),
        "name_en": _("英文名"),
        "scene": _("场景"),
        "materials": _("需要的材料"),
        "consent": _("征得同意"),
        "purpose": _("用途"),
        "purpose_en": _("用途（英文）"),
        "retention": _("留存"),
        "retention_en": _("留存（英文）"),
        "traditional_channel": _("不用手机怎么办"),
        "traditional_channel_en": _("不用手机怎么办（英文）"),
        "basis": _("依据"),
        "basis_document": _("依据文件"),
        "needed": _("必需"),
        "satisfied_by": _("几种证照"),
        "types": _("证照"),
        "type": _("证照"),
        "fields": _("可看信息"),
        "reason": _("理由"),
    }


def fault_words(refused: Invalid, content: Mapping[str, Any]) -> list[str]:
    """A sentence for each fault, which says where it is in the form."""
    if not refused.errors:
        return [refused.detail]
    words, told = member_words(), []
    for path, sentences in refused.errors.items():
        member, *rest = path.split(".")
        parts = [words.get(member, member)]
        if rest and rest[0].isdecimal():
            named = content["materials"][int(rest[0])].get("name")
            parts.append(named or _("第 %(n)s 项", n=int(rest[0]) + 1))
            parts += [
                _("第 %(n)s 项", n=int(one) + 1) if one.isdecimal() else words.get(one, one)
                for one in rest[1:]
            ]
        where = " · ".join(parts)
        told += [_("%(where)s：%(fault)s", where=where, fault=sentence) for sentence in sentences]
    return told


def differences(
    old: Mapping[str, Any] | None, new: Mapping[str, Any], types: Mapping[str, Any]
) -> list[str]:
    """What a version changes of what is published, a sentence each; of a new item nothing.

    `types` are the published types by code, with the labels of their fields.
    """
    if old is None:
        return []
    words, values, told = member_words(), _value_words(), []
    for member, after in new.items():
        before = old.get(member)
        if member == "materials" or before == after:
            continue
        told.append(
            _("%(what)s：由“%(before)s”改为“%(after)s”", what=words[member],
              before=values.get(before, before) or _("无"), after=values.get(after, after) or _("无"))
        )  # fmt: skip
    return told + _of_materials(old["materials"], new["materials"], types)


def _of_materials(old: list[Any], new: list[Any], types: Mapping[str, Any]) -> list[str]:
    before, after = ({one["name"]: one for one in some} for some in (old, new))
    told = [_("%(what)s：取消", what=name) for name in before if name not in after]
    for name, material in after.items():
        was = before.get(name)
        if was is None:
            told.append(_("%(what)s：新增", what=name))
            was = {"types": []}
        elif was["needed"] != material["needed"]:
            told.append(
                _("%(what)s：改为必需", what=name)
                if material["needed"]
                else _("%(what)s：改为有的才需要", what=name)
            )
        if was.get("satisfied_by", material["satisfied_by"]) != material["satisfied_by"]:
            told.append(
                _("%(what)s：所列证照%(how)s", what=name,
                  how=satisfied_words()[material["satisfied_by"]])
            )  # fmt: skip
        told += _of_types(name, was["types"], material["types"], types)
    return told


def _of_types(name: str, old: list[Any], new: list[Any], types: Mapping[str, Any]) -> list[str]:
    """What is seen of which licence, more and less: this is what a reviewer looks for."""
    before, after = ({one["type"]: one["fields"] for one in some} for some in (old, new))
    told = []
    for code in dict.fromkeys((*before, *after)):
        what = f"{name} · {types[code]['name'] if code in types else code}"
        if code not in after:
            told.append(_("%(what)s：不再使用", what=what))
            continue
        more = [key for key in after[code] if key not in before.get(code, [])]
        less = [key for key in before.get(code, []) if key not in after[code]]
        if more:
            told.append(
                _("%(what)s：多看 %(fields)s", what=what, fields=_labels(types, code, more))
            )
        if less:
            told.append(
                _("%(what)s：少看 %(fields)s", what=what, fields=_labels(types, code, less))
            )
    return told


def _labels(types: Mapping[str, Any], code: str, keys: list[str]) -> str:
    declared = types[code]["fields"] if code in types else []
    labels: dict[str, str] = {field["key"]: field["label"] for field in declared}
    between: str = _("、")
    return between.join(labels.get(key, key) for key in keys)


def published_type_words() -> dict[str, dict[str, Any]]:
    """The published types by code, each with its name and the labels of its fields in the language of the page."""
    return {
        entry["code"]: {
            "name": in_language(entry, "name"),
            "fields": [
                {"key": field["key"], "label": in_language(field, "label")}
                for field in entry["fields"]
                if not field.get("retired")
            ],
        }
        for entry in published_types(deps(), PAGE_LIMIT_MAX)["items"]
    }


def _value_words() -> dict[Any, str]:
    return {**scene_words(), **consent_words()}
