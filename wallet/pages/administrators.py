"""证照管理员: who acts for the organisations of the account; ask somebody, answer, remove."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.errors import Conflict, Invalid, NotFound, TooMany
from wallet.holders.administrators.change import NewAdministrator, answer, offer, remove
from wallet.holders.administrators.listed import AdministratorView, administrators
from wallet.holders.administrators.schemas import NewAdministratorSchema
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("administrator_pages", __name__)

HOME: Final = "/wallet/administrators"
_NEW: Final = NewAdministratorSchema()


@blueprint.get(HOME)
@guard(holder())
def mine() -> str:
    """The organisations of the account with their administrators, and what it is asked to become."""
    return _mine()


@blueprint.get(f"{HOME}/new")
@guard(holder(fresh=True))
def new() -> str:
    """Who is asked; `organisation` names the one that it is for."""
    return _form(request.args)


@blueprint.post(f"{HOME}/new")
@guard(holder(rate="holder", fresh=True))
def offer_one() -> AnyResponse | tuple[str, int]:
    """Ask that person."""
    given = {name: request.form.get(name, "").strip() for name in ("organisation", "name", "code")}
    try:
        wanted: NewAdministrator = _NEW.load(given)
        offer(deps(), current_principal(), wanted, now())
    except ValidationError:
        return _form(given, _("请填写姓名和身份证号码，与证件上一致。")), 422
    except (Conflict, Invalid, NotFound, TooMany) as refused:
        return _form(given, _why(refused)), STATUS[type(refused)][0]
    return redirect(HOME, 303)


@blueprint.post(f"{HOME}/<administrator_id>/answer")
@guard(holder(rate="holder"))
def answer_one(administrator_id: str) -> AnyResponse | tuple[str, int]:
    """Accept, or decline."""
    accept = request.form.get("accept") == "1"
    try:
        answer(deps(), current_principal(), administrator_id, now(), accept=accept)
    except Conflict as refused:
        return _mine(_why(refused)), 409
    return redirect(HOME, 303)


@blueprint.get(f"{HOME}/<administrator_id>/end")
@guard(holder(fresh=True))
def before_end(administrator_id: str) -> str:
    """What comes of it, before it is done."""
    return _ending(administrator_id)


@blueprint.post(f"{HOME}/<administrator_id>/end")
@guard(holder(rate="holder", fresh=True))
def end_one(administrator_id: str) -> AnyResponse | tuple[str, int]:
    """Remove that administrator, or take the offer back."""
    try:
        remove(deps(), current_principal(), administrator_id, now())
    except Conflict as refused:
        return _ending(administrator_id, _why(refused)), 409
    return redirect(HOME, 303)


def _mine(refused: str = "") -> str:
    found = administrators(deps(), current_principal(), now())
    asked = [one for one in found if one.mine and one.state == "offered"]
    others = sorted((one for one in found if one not in asked), key=_organisation)
    return _page(
        "administrators/mine.html",
        asked=asked,
        organisations=[(key, list(some)) for key, some in groupby(others, key=_organisation)],
        limit=numbers.ADMINISTRATORS_MAX,
        refused_why=refused,
    )


def _form(given: Mapping[str, Any], refused: str = "") -> str:
    found = administrators(deps(), current_principal(), now())
    organisations = {
        one.organisation_code: one.organisation for one in found if one.state == "active"
    }
    return _page(
        "administrators/new.html", given=given, organisations=organisations, refused_why=refused
    )


def _ending(administrator_id: str, refused: str = "") -> str:
    found = administrators(deps(), current_principal(), now())
    (one,) = [one for one in found if one.id == administrator_id] or (None,)
    if one is None:
        raise NotFound("没有找到这位管理员或这份邀请，请返回“证照管理员”重新选择。")
    return _page("administrators/end.html", one=one, refused_why=refused)


def _organisation(one: AdministratorView) -> tuple[str, str]:
    return one.organisation_code, one.organisation


def _page(template: str, **values: Any) -> str:
    return render_template(template, csrf_token=request.cookies.get(CSRF_COOKIE, ""), **values)


def _why(refused: Conflict | Invalid | NotFound | TooMany) -> str:
    """In the language of the page; the server's own sentence is Chinese."""
    sentences: dict[str, str] = {
        "holder_code": _("证件号码不对，请核对各位数字。"),
        "frozen": _("您的亮码已冻结，请先在“我的”里解冻。"),
        "administrator_exists": _("这个人已是管理员，或正等对方接受。"),
        "too_many_administrators": _(
            "一个单位最多 %(limit)s 位管理员（含等对方接受的），请先移除一位。",
            limit=numbers.ADMINISTRATORS_MAX,
        ),
        "last_administrator": _("单位至少要有一位管理员，请先添加另一位，对方接受后再移除。"),
        "too_many_offers": _("一天内发出的授权太多，请明天再试。"),
    }
    return sentences.get(refused.slug, refused.detail)
