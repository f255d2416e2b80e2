"""Words for catalogue entries: states, steps, what is wrong with one, what a version changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from wallet.errors import Invalid


def state_words() -> dict[str, str]:
    """State of a version → its word."""
    return {
        "draft": _("草案"),
        "submitted": _("待审核"),
        "returned": _("已退回"),
        "reviewed": _("审核通过，待发布"),
        "scheduled": _("已发布，到日生效"),
        "published": _("已发布"),
        "replaced": _("已被新版本替代"),
        "withdrawn": _("已撤下"),
    }


def act_words() -> dict[str, str]:
    """Step of a version → its word."""
    return {
        "written": _("起草或修改"),
        "submitted": _("提交"),
        "returned": _("退回"),
        "reviewed": _("审核通过"),
        "scheduled": _("定日发布"),
        "published": _("发布"),
        "withdrawn": _("撤下"),
    }


def member_words() -> dict[str, str]:
    """Member of an entry → its word."""
    return {
        "name": _("名称"),
        "name_en": _("英文名"),
        "name_mn": _("蒙古文名"),
        "code": _("类型"),
        "type_code": _("类型代码"),
        "issuing_units": _("发证单位"),
        "holder_kinds": _("持证主体"),
        "collected_since": _("开始归集"),
        "public_attribute": _("公开属性"),
        "standard_level": _("标准级别"),
        "basis": _("依据"),
        "basis_document": _("依据文件"),
        "review": _("签发前审核"),
        "secrecy": _("密级"),
        "template": _("样式"),
        "status_codes": _("状态"),
        "fields": _("照面信息"),
        "reason": _("理由"),
    }


def row_words() -> dict[str, str]:
    """Member of a face field or a status code → its word."""
    return {
        "key": _("字段名"),
        "code": _("代码"),
        "label": _("名称"),
        "label_en": _("英文名"),
        "label_mn": _("蒙古文名"),
        "type": _("种类"),
        "required": _("必填"),
        "sensitive": _("敏感"),
        "mask": _("遮挡"),
        "max_length": _("最多字数"),
        "codes": _("代码表"),
        "means": _("含义"),
        "act": _("做法"),
        "retired": _("停用"),
    }


def type_words() -> dict[str, str]:
    """Type of a face field → its word."""
    return {
        "text": _("文字"),
        "date": _("日期"),
        "number": _("数字"),
        "code": _("代码"),
        "photo": _("照片"),
    }


def fault_words(refused: Invalid, content: Mapping[str, Any]) -> list[str]:
    """A sentence for each fault, which says where it is in the form."""
    if not refused.errors:
        return [refused.detail]
    words, told = member_words(), []
    for path, sentences in refused.errors.items():
        member, *rest = path.split(".")
        where = words.get(member, member)
        if len(rest) > 1 and rest[0].isdecimal():
            row = content[member][int(rest[0])]
            name = row_words().get(rest[1], rest[1])
            where = f"{where} · {row.get('label') or int(rest[0]) + 1} · {name}"
        told += [_("%(where)s：%(fault)s", where=where, fault=sentence) for sentence in sentences]
    return told


def differences(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """What a version changes of what is published, a sentence each; of a new type nothing."""
    if old is None:
        return []
    words, told = member_words(), []
    for member in words:
        before, after = old.get(member), new.get(member)
        if member in ("fields", "status_codes", "code", "reason") or before == after:
            continue
        told.append(
            _("%(what)s：由“%(before)s”改为“%(after)s”", what=words[member],
              before=_said(before), after=_said(after))
        )  # fmt: skip
    told += _of_rows(old["fields"], new["fields"], "key", _("照面信息"))
    told += _of_rows(old["status_codes"], new["status_codes"], "code", _("状态"))
    return told


def _of_rows(old: list[Any], new: list[Any], key: str, what: str) -> list[str]:
    before, told = {row[key]: row for row in old}, []
    for row in new:
        name = f"{what} · {row['label']}（{row[key]}）"
        was = before.get(row[key])
        if was is None:
            told.append(_("%(what)s：新增", what=name))
            continue
        for member in sorted(was.keys() | row.keys()):
            if was.get(member, False) == row.get(member, False):
                continue
            if member == "retired":
                told.append(
                    _("%(what)s：停用", what=name)
                    if row.get(member)
                    else _("%(what)s：恢复使用", what=name)
                )
                continue
            told.append(
                _("%(what)s：由“%(before)s”改为“%(after)s”", what=f"{name} · {row_words().get(member, member)}",
                  before=_said(was.get(member)), after=_said(row.get(member)))
            )  # fmt: skip
    if [row[key] for row in old] != [row[key] for row in new if row[key] in before]:
        told.append(_("%(what)s：顺序有变", what=what))
    return told


def _said(value: Any) -> str:
    if value is None or value == "":
        return str(_("无"))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, dict):
        return "、".join(str(part) for part in value.values())
    if isinstance(value, list):
        return "、".join(
            str(part.get("label", part)) if isinstance(part, dict) else str(part) for part in value
        )
    return str(value)
