"""转交窗口 in an assisted session: licences are chosen, the desk's number typed, its name read out; then what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from wallet.counter.assist import AssistanceView, assistance_view
from wallet.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.relying.desk_numbers.send import NumberedDesk
from wallet.relying.hand_overs.hand_over import (
    HandOverView,
    answer_for,
    desk_in_house,
    hand_over,
    hand_over_view,
    take_back_hand_over,
)
from wallet.relying.hand_overs.schemas import NewHandOverSchema
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("counter_hand_over_pages", __name__)
_COUNTER: Final = staff("counter")
_NEW = NewHandOverSchema()
_ONE: Final = f"{COUNTER}/<assistance_id>/hand-overs/<hand_over_id>"
_Answer = Response | str | tuple[str, int]


@blueprint.get(f"{COUNTER}/<assistance_id>/hand-over")
@guard(_COUNTER)
def form(assistance_id: str) -> str:
    """Where licences are chosen and the number is typed; `licence` is one that is chosen already."""
    session = assistance_view(deps(), current_principal(), assistance_id, now())
    return _form(session, set(request.args.getlist("licence")), "")


@blueprint.post(f"{COUNTER}/<assistance_id>/hand-over")
@guard(_COUNTER)
def send(assistance_id: str) -> _Answer:
    """Whose number it is, to be read out; once that is confirmed, hand over. The form's own key makes a double click one."""
    principal = current_principal()
    session = assistance_view(deps(), principal, assistance_id, now())
    chosen = request.form.getlist("licences")
    number = "".join(request.form.get("number", "").split())
    key = request.form.get("key", "")[:64] or uuid4().hex
    try:
        new = _NEW.load({"licences": chosen, "number": number})
        if "confirmed" not in request.form:
            desk = desk_in_house(deps(), principal, session.id, number, now())
            return _form(session, set(chosen), number, desk=desk, key=key)
        body_hash = hashlib.sha256(repr((sorted(chosen), number)).encode()).digest()
        one = hand_over(deps(), principal, session.id, new, key, body_hash, now())
    except ValidationError as refused:
        return _form(session, set(chosen), number, _wrong(set(refused.messages_dict))), 422
    except (Conflict, Invalid, NotFound, TooMany) as refused:
        return (
            _form(session, set(chosen), number, refused_why=_refusal(refused)),
            STATUS[type(refused)][0],
        )
    return redirect(f"{COUNTER}/{session.id}/hand-overs/{one.id}", 303)


@blueprint.get(_ONE)
@guard(_COUNTER)
def one(assistance_id: str, hand_over_id: str) -> str:
    """What became of it, and what the desk asks, to be read out to the person."""
    return _shown(
        hand_over_view(deps(), current_principal(), assistance_id, hand_over_id, now()),
        assistance_id,
    )


@blueprint.post(f"{_ONE}/consent")
@guard(_COUNTER)
def answer(assistance_id: str, hand_over_id: str) -> _Answer:
    """Answer as the person has said."""
    allow = request.form.get("allow") == "1"
    try:
        answer_for(deps(), current_principal(), assistance_id, hand_over_id, now(), allow=allow)
    except Conflict as refused:
        return _again(assistance_id, hand_over_id, refused)
    return redirect(f"{COUNTER}/{assistance_id}/hand-overs/{hand_over_id}", 303)


@blueprint.post(f"{_ONE}/withdrawal")
@guard(_COUNTER)
def withdraw(assistance_id: str, hand_over_id: str) -> _Answer:
    """Take it back."""
    try:
        take_back_hand_over(deps(), current_principal(), assistance_id, hand_over_id, now())
    except Conflict as refused:
        return _again(assistance_id, hand_over_id, refused)
    return redirect(f"{COUNTER}/{assistance_id}/hand-overs/{hand_over_id}", 303)


def _again(assistance_id: str, hand_over_id: str, refused: Conflict) -> tuple[str, int]:
    found = hand_over_view(deps(), current_principal(), assistance_id, hand_over_id, now())
    return _shown(found, assistance_id, _refusal(refused)), 409


def _shown(found: HandOverView, assistance_id: str, refused_why: str = "") -> str:
    return render_console(
        "counter",
        "home",
        "counter/handed_over.html",
        session_id=assistance_id,
        one=found,
        state_words=_state_words(),
        refused_why=refused_why,
        crumbs=[(_("帮办代办"), COUNTER), (_("此人"), f"{COUNTER}/{assistance_id}")],
    )


def _form(
    session: AssistanceView,
    chosen: set[str],
    number: str,
    wrong: Mapping[str, str] | None = None,
    refused_why: str = "",
    desk: NumberedDesk | None = None,
    key: str = "",
) -> str:
    return render_console(
        "counter",
        "home",
        "counter/hand_over.html",
        session=session,
        chosen=chosen,
        number=number,
        wrong=wrong or {},
        refused_why=refused_why,
        desk=desk,
        key=key,
        crumbs=[(_("帮办代办"), COUNTER), (session.holder, f"{COUNTER}/{session.id}")],
    )


def _state_words() -> dict[str, str]:
    return {
        "waiting": _("已转交，等窗口取用"),
        "asked": _("窗口在问，请念给本人听"),
        "used": _("窗口已用"),
        "withdrawn": _("已收回，没有出示"),
        "refused": _("本人不允许，没有出示"),
        "expired": _("已过时，没有出示"),
    }


def _wrong(members: set[str]) -> dict[str, str]:
    words: dict[str, str] = {
        "licences": _("请选择要转交的证照。"),
        "number": _("请照窗口屏幕输入 6 位数字。"),
    }
    return {member: words[member] for member in words if member in members}


def _refusal(refused: DomainError) -> str:
    words: dict[str, str] = {
        "desk_number_unknown": _("没有这个窗口号，请照窗口屏幕上的 6 位数字再输一遍。"),
        "desk_elsewhere": _(
            "这个窗口不在本大厅，不能转交。请打印加注件，或请此人带证件原件到那个窗口。"
        ),
        "too_many_licences": _("一次转交不了这么多，请减少后再试。"),
        "assistance_ended": _("这次帮办代办已结束，请重新核对身份后再办。"),
        "already_used": _("窗口已用，收不回了。"),
        "consent_expired": _("已超过 90 秒，没有出示，请重新转交。"),
        "withdrawn": _("已收回，请重新转交。"),
    }
    if isinstance(refused, TooMany):
        said: str = _("请稍候再试。")
        return said
    return words.get(refused.slug, refused.detail)
