"""Words for applications to use licences: how far one is, what was done, what is wrong with it; and its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _

from wallet import numbers
from wallet.errors import DomainError, Invalid

_TYPE: Final = "type-"
_QUOTA_DIGITS: Final = len(str(numbers.GRANT_QUOTA_MAX))


def application_states() -> dict[str, str]:
    """State of an application → its word."""
    return {
        "draft": _("草稿"),
        "submitted": _("待初审"),
        "returned": _("已退回"),
        "reviewed": _("待审批"),
        "approved": _("待报备"),
        "granted": _("已授权"),
        "rejected": _("不予批准"),
        "withdrawn": _("已撤回"),
    }


def application_acts() -> dict[str, str]:
    """Step of an application → its word."""
    return {
        "written": _("填写"),
        "submitted": _("提交"),
        "returned": _("退回"),
        "reviewed": _("初审通过"),
        "approved": _("审批通过"),
        "filed": _("报备"),
        "granted": _("授权"),
        "rejected": _("不予批准"),
        "withdrawn": _("撤回"),
        "noted": _("上级已阅"),
        "objected": _("上级提出异议"),
    }


def application_wrong(refused: Invalid) -> dict[str, str]:
    """What is wrong with which row of the form, in the language of the page."""
    words: dict[str, str] = {
        "types": _("请至少选一项信息，只选办理这一事项必要的。"),
        "reason": _("请写明用途和理由，最多 %(n)s 字。", n=numbers.APPLICATION_REASON_MAX),
        "starts_on": _(
            "请填今天起 %(n)s 天之内的日期，或不填；续期从批准之日起，不填。",
            n=numbers.GRANT_AHEAD_DAYS,
        ),
        "ends_on": _("请填不早于起始日的日期，最长 %(n)s 天。", n=numbers.GRANT_DAYS_MAX),
        "quota_per_day": _("请填整数，或不填。"),
        "networks": _("每行一个网段，如 203.0.113.0/24，或不填。"),
        "opens": _("时刻如 08:30，起止要么都填，要么都不填。"),
        "closes": _("时刻如 08:30，起止要么都填，要么都不填。"),
        "no_secrets": _("涉及国家秘密的不能用证，请确认不涉密。"),
    }
    members = {path.partition(".")[0] for path in refused.errors}
    return {member: words[member] for member in words if member in members}


def application_refusal(refused: DomainError) -> str:
    """Why a step is refused, in the language of the page."""
    words: dict[str, str] = {
        "application_state": _("这份申请现在不能这样办理，请看它的进度。"),
        "application_changed": _("这份申请在您打开之后有变动，请重新查看再办理。"),
        "application_exists": _("本单位对这一事项已有未办结的申请，请在它上面修改。"),
        "proof_required": _("请先上传登记证书、公函等证明材料，再提交。"),
        "proof_format": _(
            "文件打不开，应为完整的 PDF、JPEG 或 PNG，最大 %(n)s MiB。",
            n=numbers.PROOF_MAX // (1 << 20),
        ),
        "too_many_proofs": _("最多 %(n)s 个证明文件，请先删去不需要的。", n=numbers.PROOFS_MAX),
        "no_decider": _("上级没有可以审批的管理单位，请联系运维人员。"),
        "not_decider": _("这份申请由上级管理单位办理，本单位只能查看。"),
        "four_eyes": _("初审和审批、申请和办理都须由不同的人，请由另一人办理。"),
        "reason_required": _("退回、不予批准和提出异议都须写明理由。"),
        "filing_answered": _("这项报备不由本单位答复，或已经答复。"),
        "unit_closed": _("这个单位已撤销，不能再变更。"),
        "invalid_application": _("事项或日期已有变动，这份申请须退回修改。"),
    }
    return words.get(refused.slug, refused.detail)


def content_of_form(form: Mapping[str, str], types: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a form asks for; `types` are those of the item as `types_to_ask` gives them."""
    asked = [
        {"type": one["type"], "fields": keys}
        for one in types
        if (keys := [f["key"] for f in one["fields"] if f"{_TYPE}{one['type']}-{f['key']}" in form])
    ]
    quota = form.get("quota_per_day", "").strip()
    # Of more digits Python makes no number at all.
    is_number = quota.isascii() and quota.isdecimal() and len(quota) <= _QUOTA_DIGITS
    networks = form.get("networks", "").split()
    return {
        "types": asked,
        "reason": " ".join(form.get("reason", "").split()),
        "starts_on": form.get("starts_on", "").strip() or None,
        "ends_on": form.get("ends_on", "").strip(),
        "quota_per_day": int(quota) if is_number else quota or None,
        "networks": networks or None,
        "opens": form.get("opens", "").strip() or None,
        "closes": form.get("closes", "").strip() or None,
        "no_secrets": "no_secrets" in form,
    }


def types_to_ask(
    necessary: Mapping[str, Sequence[str]], published: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The types of an item (type → necessary keys) with names and labels: `{type, name, fields: [{key, label}]}`."""
    return [
        {
            "type": code,
            "name": published[code]["name"],
            "fields": [field for field in published[code]["fields"] if field["key"] in keys],
        }
        for code, keys in necessary.items()
        if code in published
    ]
