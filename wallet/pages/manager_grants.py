"""用证授权: what the units below may use, what went beyond it, and the suspension of a grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.labels import field_labels
from wallet.errors import Conflict, DomainError, NotPermitted
from wallet.pages.console import acting_as, render_console
from wallet.relying.beyond.bind import bind_clients, bindable_clients
from wallet.relying.beyond.look_ups import let_look_up
from wallet.relying.beyond.rule import own_rule
from wallet.relying.beyond.schemas import LookUpsSchema, SuspensionSchema
from wallet.relying.beyond.sight import GrantView, alerts_page, grant_view, grants_page
from wallet.relying.beyond.suspend import close_alert, resume_grant, suspend_grant
from wallet.relying.beyond.traffic import traffic_of
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff

blueprint = Blueprint("manager_grant_pages", __name__)
GRANTS: Final = "/manager/grants"
_SUSPENSION = SuspensionSchema()
_LOOK_UPS = LookUpsSchema()


@blueprint.get(GRANTS)
@guard(staff("manager"))
def home() -> str:
    """Open alerts, and the grants of the units in sight."""
    who, cursor = acting_as("manager"), request.args.get("cursor")
    kept = "".join(f"{name}=1&" for name in ("suspended", "ending") if name in request.args)
    ending = local_day(now()) if "ending" in request.args else None
    grants, following = grants_page(
        deps(), who, "suspended" in request.args, numbers.PAGE_LIMIT, cursor, ending
    )
    alerts, more = alerts_page(deps(), who, False, numbers.ALARMS_SHOWN, None)
    return _render(
        "manager_grants/grants.html",
        grants=grants,
        alerts=alerts,
        more=more,
        causes=_causes(),
        rule=own_rule(deps(), who),
        filtered=bool(kept),
        first=f"{GRANTS}?{kept}".rstrip("?&") if cursor else None,
        next=f"{GRANTS}?{kept}cursor={following}" if following else None,
    )


@blueprint.post("/manager/alerts/<alert_id>/closure")
@guard(staff("manager"))
def close(alert_id: str) -> AnyResponse:
    """An alert has been seen to."""
    close_alert(deps(), acting_as("manager"), alert_id, now())
    return redirect(GRANTS, 303)


@blueprint.get(f"{GRANTS}/<grant_id>")
@guard(staff("manager", fresh=True))
def one(grant_id: str) -> str:
    """One grant, with the form that suspends it or lifts its suspension."""
    return _one(grant_view(deps(), acting_as("manager"), grant_id))


@blueprint.post(f"{GRANTS}/<grant_id>")
@guard(staff("manager", fresh=True))
def change(grant_id: str) -> AnyResponse | tuple[str, int]:
    """Suspend it, lift the suspension, or say how many holders may be looked up a day."""
    who = acting_as("manager")
    found = grant_view(deps(), who, grant_id)
    try:
        if request.form.get("act") == "resume":
            resume_grant(deps(), who, grant_id, now())
        elif request.form.get("act") == "look-ups":
            let_look_up(deps(), who, grant_id, _look_ups(request.form), now())
        else:
            given = _SUSPENSION.load({"reason": request.form.get("reason", "").strip()})
            suspend_grant(deps(), who, grant_id, given["reason"], now())
    except ValidationError:
        if request.form.get("act") == "look-ups":
            most = numbers.LOOK_UPS_PER_DAY_MAX
            return _one(
                found, look_ups_wrong=_("请填 1 至 %(most)s，不允许就留空。", most=most)
            ), 422
        return _one(found, wrong=_("请写明为什么暂停，最多 200 个字。")), 422
    except Conflict as refused:
        return _one(grant_view(deps(), who, grant_id), refused_why=_refusal(refused)), 409
    except NotPermitted as refused:
        return _one(found, refused_why=_refusal(refused)), 403
    return redirect(f"{GRANTS}/{grant_id}", 303)


@blueprint.post(f"{GRANTS}/<grant_id>/clients")
@guard(staff("manager", fresh=True))
def bind(grant_id: str) -> AnyResponse | tuple[str, int]:
    """Say which machine clients of the party work under it."""
    who = acting_as("manager")
    try:
        bind_clients(deps(), who, grant_id, request.form.getlist("clients"), now())
    except NotPermitted as refused:
        return _one(grant_view(deps(), who, grant_id), refused_why=_refusal(refused)), 403
    return redirect(f"{GRANTS}/{grant_id}", 303)


def _refusal(refused: DomainError) -> str:
    words: dict[str, str] = {
        "grant_suspended": _("这项授权已经暂停。"),
        "grant_not_suspended": _("这项授权没有暂停。"),
        "own_unit": _("本单位的用证授权由上级管理单位管理。"),
        "suspended_above": _("上级提出异议而暂停的，由上级恢复。"),
    }
    return words.get(refused.slug, refused.detail)


def _look_ups(form: Mapping[str, str]) -> int | None:
    """How many a day, None where the field was left empty; raises ValidationError."""
    said = form.get("per_day", "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdecimal()):
        raise ValidationError("per_day")
    given = _LOOK_UPS.load({"may_look_up": True, "per_day": int(said[:9])})
    per_day: int = given["per_day"]
    return per_day


def _one(grant: GrantView, wrong: str = "", refused_why: str = "", look_ups_wrong: str = "") -> str:
    return _render(
        "manager_grants/grant.html",
        grant=grant,
        traffic=traffic_of(deps(), acting_as("manager"), grant.id, now()),
        clients=bindable_clients(deps(), acting_as("manager"), grant.id),
        days=numbers.TRAFFIC_DAYS,
        labels=field_labels(grant.declared, grant.fields),
        labels_en=field_labels(grant.declared, grant.fields, "en"),
        wrong=wrong,
        look_ups_wrong=look_ups_wrong,
        refused_why=refused_why,
        crumbs=[(_("用证授权"), GRANTS)],
    )


def _render(template: str, **values: object) -> str:
    return render_console("manager", "grants", template, today=local_day(now()), **values)


def _causes() -> dict[str, str]:
    return {
        "item": _("没有登记的事项"),
        "type": _("没有登记的证照"),
        "fields": _("超出登记的信息"),
        "quota": _("超过当日次数"),
        "network": _("没有登记的网络"),
        "hours": _("登记的时段以外"),
        "look_up": _("没有获准按姓名和号码查询"),
        "look_up_quota": _("超过当日查询次数"),
        "suspended": _("暂停期间用证"),
        "ended": _("到期后用证"),
        "not_begun": _("生效前用证"),
        "rule": _("已按规则暂停"),
        "secret": _("接入系统密钥不对"),
        "secret_in_url": _("密钥写在了网址里，请换密钥"),
        "assertion": _("接入系统断言无效"),
        "assertion_expired": _("接入系统断言已过期"),
        "assertion_replayed": _("接入系统断言重复使用"),
    }
