"""帮办代办 The counter: a card is read, a session begins and ends, and a copy is revoked by its serial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.catalogue.matters import find_matters
from wallet.counter.acts.listed import session_acts
from wallet.counter.assist import (
    AssistanceView,
    assistance_view,
    begin_assistance,
    end_assistance,
)
from wallet.counter.copies import revoke_copy
from wallet.counter.kiosk.release import serves_session
from wallet.counter.schemas import NewAssistanceSchema, NewCopySchema, RevocationSchema
from wallet.counter.serial import grouped
from wallet.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from wallet.pages.console import render_console
from wallet.pages.counter_words import act_words, evidence_words
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("counter_pages", __name__)
COUNTER: Final = "/counter"
_COUNTER: Final = staff("counter")
_NEW, _COPY, _REVOCATION = NewAssistanceSchema(), NewCopySchema(), RevocationSchema()
_RESIDENT_ID: Final = "111"
_Answer = AnyResponse | str | tuple[str, int]


@blueprint.get(COUNTER)
@guard(_COUNTER)
def home() -> str:
    """Where a card is read or a number typed, to begin a session."""
    return _home({"evidence": "card_seen"})


@blueprint.post(COUNTER)
@guard(_COUNTER)
def begin() -> _Answer:
    """Begin it and go to its page."""
    given = {name: _line(name) for name in ("code", "name", "evidence", "reference", "matter")}
    body = {
        "holder": {"code_type": _RESIDENT_ID, "code": given["code"], "name": given["name"]},
        "evidence": {"kind": given["evidence"], "reference": given["reference"]},
        "matter": given["matter"],
    }
    try:
        session = begin_assistance(deps(), current_principal(), _NEW.load(body), now())
    except ValidationError:
        return _home(given, _("请填写证件号码和办什么事，并选择凭据。")), 422
    except (Invalid, NotFound, TooMany) as refused:
        return _home(given, _refusal(refused)), STATUS[type(refused)][0]
    return redirect(f"{COUNTER}/{session.id}", 303)


@blueprint.get(f"{COUNTER}/<assistance_id>")
@guard(_COUNTER)
def session(assistance_id: str) -> _Answer:
    """Whom the session is for, and what that person holds."""
    item = request.args.get("item") or None
    try:
        found = _session(assistance_id, item)
    except Conflict as refused:
        return _home({"evidence": "card_seen"}, _refusal(refused)), 409
    return session_page(found, item=item)


@blueprint.post(f"{COUNTER}/<assistance_id>/end")
@guard(_COUNTER)
def end(assistance_id: str) -> AnyResponse:
    """End it."""
    end_assistance(deps(), current_principal(), assistance_id, now())
    return redirect(f"{COUNTER}?ended={quote(assistance_id)}", 303)


@blueprint.get(f"{COUNTER}/revocation")
@guard(_COUNTER)
def find() -> str:
    """Where a copy that somebody brings back, or has lost, is revoked by its serial."""
    return _revocation({})


@blueprint.post(f"{COUNTER}/revocation")
@guard(_COUNTER)
def revoke() -> _Answer:
    """Revoke it."""
    given = {name: _line(name) for name in ("serial", "reason")}
    try:
        reason = _REVOCATION.load({"reason": given["reason"]})["reason"]
        serial = revoke_copy(deps(), current_principal(), given["serial"], reason, now())
    except ValidationError:
        return _revocation(given, _("请写明为什么撤回，最多 200 个字。")), 422
    except NotFound:
        return _revocation(given, _("没有找到这份加注件，请核对编号。")), 404
    return _revocation({}, done=serial)


def session_page(
    found: AssistanceView, *, choose: bool = False, item: str | None = None, refused_why: str = ""
) -> str:
    """The page of a session; with `choose` it says that licences are to be ticked first, with `item` it shows those that
    this matter can use, with `refused_why` what could not be done."""
    every = found if item is None else _session(found.id)
    types = {one.type_code for one in every.licences}
    matters, _more = find_matters(deps(), types, "", numbers.MATTERS_AT_COUNTER)
    acts = session_acts(deps(), current_principal(), found.id, now())
    waiting = next((one.id for one in acts.acts if one.state == "waiting"), None)
    return _render(
        "counter/session.html",
        session=found,
        acts=acts,
        kiosk=serves_session(deps(), current_principal(), found.id, now()),
        waiting=waiting,
        act_names=act_words(),
        choose=choose,
        refused_why=refused_why,
        matters=matters,
        item=item or "",
    )


def _home(given: Mapping[str, str], refused_why: str = "") -> str:
    return _render(
        "counter/home.html",
        given=given,
        evidence=evidence_words(),
        refused_why=refused_why,
        ended=request.args.get("ended", ""),
        crumbs=[],
    )


def _revocation(given: Mapping[str, str], refused_why: str = "", done: str = "") -> str:
    return _render(
        "counter/revocation.html",
        section="revocation",
        given=given,
        refused_why=refused_why,
        done=grouped(done),
        crumbs=[],
    )


def _session(assistance_id: str, item: str | None = None) -> AssistanceView:
    return assistance_view(deps(), current_principal(), assistance_id, now(), item)


def _refusal(refused: DomainError) -> str:
    words: dict[str, str] = {
        "holder_unknown": _("库中没有这位持证人，请核对证件号码和姓名，或按传统方式办理。"),
        "holder_code": _("身份证号码不对，请核对各位数字与校验位。"),
        "name_required": _("没有读卡时请填写姓名。"),
        "reference_required": _("请写明凭据，如监护证明、签字单的编号。"),
        "assistance_ended": _("这次帮办代办已结束，请重新核对身份后再办。"),
    }
    if isinstance(refused, TooMany):
        said: str = _("请稍候再试。")
        return said
    return words.get(refused.slug, refused.detail)


def _line(name: str) -> str:
    return " ".join(request.form.get(name, "").split())


def _crumbs() -> list[tuple[str, str]]:
    return [(_("帮办代办"), COUNTER)]


def _render(template: str, *, section: str = "home", **values: Any) -> str:
    values.setdefault("crumbs", _crumbs())
    return render_console("counter", section, template, **values)
