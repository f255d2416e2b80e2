"""授权代办: what one lets others show, and what others let one show; offer, answer, end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.matters import Matter, find_matters
from wallet.errors import Conflict, Invalid, NotFound, TooMany
from wallet.holders.addressee import addressee
from wallet.licences.delegations.answer import answer, end
from wallet.licences.delegations.choices import givable
from wallet.licences.delegations.listed import DelegationView, delegation, delegations
from wallet.licences.delegations.offer import NewDelegation, offer
from wallet.licences.delegations.schemas import NewDelegationSchema, PersonSchema
from wallet.licences.held import HeldLicence
from wallet.pages.uses import described
from wallet.showing.filters import WantedUses
from wallet.showing.uses import uses
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS, flatten_messages

blueprint = Blueprint("delegation_pages", __name__)

HOME: Final = "/wallet/delegations"
PERIODS: Final = (1, 7, 30, 90, 365)
"""Days of a delegation that the form offers, beside days of one's own choice."""
_PERIOD: Final = 30
_PERSON: Final = PersonSchema()
_NEW: Final = NewDelegationSchema()
_ENDED_ON_A_PAGE: Final = 30
_USES_SHOWN: Final = 5


@blueprint.get(HOME)
@guard(holder())
def mine() -> str:
    """Those that count or will, or wait for an answer."""
    page = delegations(deps(), current_principal(), now(), numbers.PAGE_LIMIT_MAX, living=True)
    waiting = [one for one in page.items if one.side == "received" and one.state == "offered"]
    return _page(
        "delegations/mine.html",
        waiting=waiting,
        given=[one for one in page.items if one.side == "given"],
        received=[one for one in page.items if one.side == "received" and one not in waiting],
    )


@blueprint.get(f"{HOME}/ended")
@guard(holder())
def ended() -> str:
    """Those that are over, newest first."""
    cursor = request.args.get("cursor")
    page = delegations(deps(), current_principal(), now(), _ENDED_ON_A_PAGE, cursor, living=False)
    return _page("delegations/ended.html", ended=page.items, next_cursor=page.next_cursor)


@blueprint.get(f"{HOME}/new")
@guard(holder(fresh=True))
def new() -> str:
    """To whom, and which licences; `licence` names the one that the holder comes from."""
    given = MultiDict({"licences": request.args.get("licence", "")})
    return _who(given)


@blueprint.post(f"{HOME}/new")
@guard(holder(rate="holder", fresh=True))
def offer_one() -> AnyResponse | str | tuple[str, int]:
    """The next step: matters and days, then all of it once more, then the offer itself."""
    given, step = request.form, request.form.get("step", "")
    wrong = _wrong_who(given)
    if wrong or step == "who":
        return (_who(given, wrong), 422) if wrong else _who(given)
    if step == "scope":
        return _scope(given)
    wrong = _wrong_scope(given)
    if wrong:
        return _scope(given, wrong), 422
    new: NewDelegation = _NEW.load(_body(given))
    if step != "offer":
        return _confirm(given, new)
    try:
        made = offer(deps(), current_principal(), new, now())
    except (Conflict, Invalid, NotFound, TooMany) as refused:
        return _scope(given, refused=_why(refused)), STATUS[type(refused)][0]
    return redirect(f"{HOME}/{made}?offered=1", 303)


@blueprint.get(f"{HOME}/<delegation_id>")
@guard(holder())
def one(delegation_id: str) -> str:
    """What it is, what became of it, and what can be done."""
    return _one(delegation(deps(), current_principal(), delegation_id, now()))


@blueprint.post(f"{HOME}/<delegation_id>/answer")
@guard(holder())
def answer_one(delegation_id: str) -> AnyResponse | tuple[str, int]:
    """Accept, or decline."""
    principal, accept = current_principal(), request.form.get("accept") == "1"
    try:
        answer(deps(), principal, delegation_id, now(), accept=accept)
    except Conflict as refused:
        found = delegation(deps(), principal, delegation_id, now())
        return _one(found, refused=_why(refused)), 409
    return redirect(f"{HOME}/{delegation_id}", 303)


@blueprint.post(f"{HOME}/<delegation_id>/end")
@guard(holder())
def end_one(delegation_id: str) -> AnyResponse:
    """End it, or take the offer back."""
    end(deps(), current_principal(), delegation_id, now())
    return redirect(f"{HOME}/{delegation_id}", 303)


def _page(template: str, **values: Any) -> str:
    return render_template(
        template, csrf_token=request.cookies.get(CSRF_COOKIE, ""), today=local_day(now()), **values
    )


def _one(found: DelegationView, refused: str = "") -> str:
    under = WantedUses(under=found.id)
    used = uses(deps(), current_principal(), now(), _USES_SHOWN, None, under)
    return _page(
        "delegations/one.html",
        one=found,
        uses=[described(use) for use in used.items],
        more=used.next_cursor is not None,
        refused_why=refused,
        offered="offered" in request.args,
    )


def _who(given: Mapping[str, Any], wrong: Mapping[str, str] | None = None) -> str:
    return _page(
        "delegations/who.html",
        given=given,
        wrong=wrong or {},
        holders=givable(deps(), current_principal(), now()),
        code_types=_code_types(),
    )


def _scope(
    given: Mapping[str, Any], wrong: Mapping[str, str] | None = None, refused: str = ""
) -> str:
    chosen = _chosen(given)
    return _page(
        "delegations/scope.html",
        given=given,
        wrong=wrong or {},
        refused_why=refused,
        licences=chosen,
        matters=_matters(chosen),
        periods=PERIODS,
        period=given.get("days", str(_PERIOD)),
    )


def _confirm(given: Mapping[str, Any], new: NewDelegation) -> str:
    chosen = _chosen(given)
    named = set(new.items or ())
    return _page(
        "delegations/confirm.html",
        given=given,
        new=new,
        licences=chosen,
        items=None if new.items is None else [one for one in _matters(chosen) if one.code in named],
        code_type=_code_types().get(new.code_type, ""),
    )


def _chosen(given: Mapping[str, Any]) -> list[HeldLicence]:
    wanted = set(_list(given, "licences"))
    mine = givable(deps(), current_principal(), now())
    return [held for some in mine.values() for held in some if held.identifier in wanted]


def _matters(chosen: list[HeldLicence]) -> list[Matter]:
    types = {held.type_code for held in chosen}
    return find_matters(deps(), types, "", numbers.PAGE_LIMIT_MAX)[0]


def _wrong_who(given: Mapping[str, Any]) -> dict[str, str]:
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
        wrong["code"] = _why(refused)
    chosen, wanted = _chosen(given), _list(given, "licences")
    if not wanted:
        wrong["licences"] = _("请至少选一本证照。")
    elif len(chosen) != len(wanted):
        wrong["licences"] = _("所选证照有变化，请重新选择。")
    elif len({held.holder_masked for held in chosen}) > 1:
        wrong["licences"] = _("本人的证照和单位的证照请分开授权。")
    elif len(wanted) > numbers.DELEGATION_LICENCES_MAX:
        limit = numbers.DELEGATION_LICENCES_MAX
        wrong["licences"] = _("一次最多选 %(limit)s 本证照。", limit=limit)
    return wrong


def _wrong_scope(given: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if given.get("matter") not in ("some", "any"):
        wrong["items"] = _("请选择可以办理的事项。")
    elif given["matter"] == "some" and not _list(given, "items"):
        wrong["items"] = _("请至少选一个事项，或选择不限事项。")
    elif len(_list(given, "items")) > numbers.DELEGATION_ITEMS_MAX:
        wrong["items"] = _("一次最多选 %(limit)s 个事项。", limit=numbers.DELEGATION_ITEMS_MAX)
    try:
        _NEW.load(_body(given))
    except ValidationError as error:
        said = flatten_messages(error.messages)
        if said.keys() & {"starts_on", "ends_on"}:
            wrong["days"] = _("请选择开始和结束的日期。")
    return wrong


def _body(given: Mapping[str, Any]) -> dict[str, Any]:
    """The form as the API's body."""
    starts_on, ends_on = given.get("starts_on", ""), given.get("ends_on", "")
    if (days := given.get("days", "")) in {str(period) for period in PERIODS}:
        first: date = local_day(now())
        starts_on = first.isoformat()
        ends_on = (first + timedelta(days=int(days) - 1)).isoformat()
    return {
        "delegate": {name: given.get(name, "") for name in ("code_type", "code", "name")},
        "licences": _list(given, "licences"),
        "items": None if given.get("matter") == "any" else _list(given, "items"),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def _list(given: Mapping[str, Any], name: str) -> list[str]:
    assert isinstance(given, MultiDict)
    return [value for value in given.getlist(name) if value]


def _code_types() -> dict[str, str]:
    """Documents that delegates mostly have; the API takes all."""
    return {
        "111": _("居民身份证"),
        "516": _("港澳居民来往内地通行证"),
        "511": _("台湾居民来往大陆通行证"),
        "414": _("普通护照"),
    }


def _why(refused: Conflict | Invalid | NotFound | TooMany) -> str:
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
