"""The form of a delegation, on the phone and at the counter: what was typed, what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.matters import Matter, find_matters
from wallet.errors import DomainError, Invalid
from wallet.holders.addressee import addressee
from wallet.licences.delegations.schemas import NewDelegationSchema, PersonSchema
from wallet.licences.held import HeldLicence
from wallet.web.deps import deps, now
from wallet.web.problems import flatten_messages

PERIODS: Final = (1, 7, 30, 90, 365)
"""Days of a delegation that the form offers, beside days of one's own choice."""
PERIOD: Final = 30
NEW_DELEGATION: Final = NewDelegationSchema()
_PERSON: Final = PersonSchema()


def matters_for(chosen: Sequence[HeldLicence]) -> list[Matter]:
    """The matters for which one of these licences can be shown."""
    types = {held.type_code for held in chosen}
    return find_matters(deps(), types, "", numbers.PAGE_LIMIT_MAX)[0]


def wrong_person(given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with name and code of the delegate, by field."""
    wrong: dict[str, str] = {}
    person = {name: given.get(name, "") for name in ("code_type", "code", "name")}
    try:
        named = _PERSON.load(person)
        addressee(**named, today=local_day(now()))
    except ValidationError as error:
        said = flatten_messages(error.messages)
        if "name" in said:
            wrong["name"] = _("请填写姓名，与身份证上一致。")
        if said.keys() - {"name"}:
            wrong["code"] = _("请填写证件号码。")
    except Invalid as refused:
        wrong["code"] = delegation_refusal(refused)
    return wrong


def wrong_licences(given: Mapping[str, Any], chosen: Sequence[HeldLicence]) -> dict[str, str]:
    """What is wrong with the licences; `chosen` are those of them that may be given."""
    wanted = listed(given, "licences")
    if not wanted:
        return {"licences": _("请至少选一本证照。")}
    if len(chosen) != len(wanted):
        return {"licences": _("所选证照有变化，请重新选择。")}
    if len({held.holder_masked for held in chosen}) > 1:
        return {"licences": _("本人的证照和单位的证照请分开授权。")}
    if len(wanted) > numbers.DELEGATION_LICENCES_MAX:
        limit = numbers.DELEGATION_LICENCES_MAX
        return {"licences": _("一次最多选 %(limit)s 本证照。", limit=limit)}
    return {}


def wrong_scope(given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with matters and days."""
    wrong: dict[str, str] = {}
    if given.get("matter") not in ("some", "any"):
        wrong["items"] = _("请选择可以办理的事项。")
    elif given["matter"] == "some" and not listed(given, "items"):
        wrong["items"] = _("请至少选一个事项，或选择不限事项。")
    elif len(listed(given, "items")) > numbers.DELEGATION_ITEMS_MAX:
        wrong["items"] = _("一次最多选 %(limit)s 个事项。", limit=numbers.DELEGATION_ITEMS_MAX)
    try:
        NEW_DELEGATION.load(body_of(given))
    except ValidationError as error:
        said = flatten_messages(error.messages)
        if said.keys() & {"starts_on", "ends_on"}:
            wrong["days"] = _("请选择开始和结束的日期。")
    return wrong


def body_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The form as the API's body."""
    starts_on, ends_on = given.get("starts_on", ""), given.get("ends_on", "")
    if (days := given.get("days", "")) in {str(period) for period in PERIODS}:
        first: date = local_day(now())
        starts_on = first.isoformat()
        ends_on = (first + timedelta(days=int(days) - 1)).isoformat()
    return {
        "delegate": {name: given.get(name, "") for name in ("code_type", "code", "name")},
        "licences": listed(given, "licences"),
        "items": None if given.get("matter") == "any" else listed(given, "items"),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def listed(given: Mapping[str, Any], name: str) -> list[str]:
    """Every value of a field that was sent several times."""
    assert isinstance(given, MultiDict)
    return [value for value in given.getlist(name) if value]


def code_types() -> dict[str, str]:
    """Documents that delegates mostly have; the API takes all."""
    return {
        "111": _("居民身份证"),
        "516": _("港澳居民来往内地通行证"),
        "511": _("台湾居民来往大陆通行证"),
        "414": _("普通护照"),
    }


def delegation_refusal(refused: DomainError) -> str:
    """In the language of the page; the server's own sentence is Chinese."""
    sentences: dict[str, str] = {
        "holder_code": _("证件号码不对，请核对各位数字。"),
        "holder_code_type": _("请选择证件类型。"),
        "frozen": _("您的亮码已冻结，请先在“我的”里解冻。"),
        "licence_expired": _("有的证照已过有效期，不能授权他人出示。"),
        "licence_revoked": _("有的证照已被吊销或注销，不能授权他人出示。"),
        "delegation_exists": _(
            "这位代办人在这段时间已有此证照的授权。要改动，请先结束原来的授权。"
        ),
        "delegation_ended": _("这份授权已经结束或超过了接受期限，请对方重新授权。"),
        "delegation_period": _(
            "日期不对：从今天起 %(ahead)s 天内开始，最长 %(longest)s 天。",
            ahead=numbers.DELEGATION_AHEAD_DAYS,
            longest=numbers.DELEGATION_DAYS_MAX,
        ),
        "delegation_to_self": _("不用授权给自己，请填写代办人的姓名和证件号码。"),
        "delegation_matter": _("有的证照在所选事项里用不到，或事项用不到所选证照，请去掉。"),
        "too_many_delegates": _(
            "授权的人已经满了（亲友最多 %(family)s 位，办事人最多 %(agents)s 位），请先结束一份授权再试。",
            family=numbers.FAMILY_DELEGATES_MAX,
            agents=numbers.AGENTS_MAX,
        ),
        "too_many_offers": _("一天内发出的授权太多，请明天再试。"),
    }
    return sentences.get(refused.slug, refused.detail)
