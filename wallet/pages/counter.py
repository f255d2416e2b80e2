"""帮办代办 The counter: a card is read, a session begins, copies are printed from it, and revoked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import local_day
from wallet.counter.acts.listed import session_acts
from wallet.counter.assist import (
    AssistanceView,
    assistance_view,
    begin_assistance,
    end_assistance,
)
from wallet.counter.copies import copy_for_counter, revoke_copy
from wallet.counter.document import copy_document
from wallet.counter.print_copy import print_copy
from wallet.counter.schemas import NewAssistanceSchema, NewCopySchema, RevocationSchema
from wallet.counter.serial import grouped
from wallet.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from wallet.licences.held import HeldLicence
from wallet.pages.console import render_console
from wallet.pages.counter_words import act_words, evidence_words
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
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
    try:
        found = _session(assistance_id)
    except Conflict as refused:
        return _home({"evidence": "card_seen"}, _refusal(refused)), 409
    return _shown(found)


@blueprint.post(f"{COUNTER}/<assistance_id>/end")
@guard(_COUNTER)
def end(assistance_id: str) -> AnyResponse:
    """End it."""
    end_assistance(deps(), current_principal(), assistance_id, now())
    return redirect(f"{COUNTER}?ended={quote(assistance_id)}", 303)


@blueprint.get(f"{COUNTER}/<assistance_id>/copy")
@guard(_COUNTER)
def prepare(assistance_id: str) -> str:
    """The form of a copy of one licence; what the person holds, where none is chosen."""
    found = _session(assistance_id)
    if request.args.get("licence", "") not in {one.identifier for one in found.licences}:
        return _shown(found)
    given = {"purpose": found.matter[: numbers.COPY_PURPOSE_MAX], "key": uuid4().hex}
    return _form(found, request.args.get("licence", ""), given)


@blueprint.post(f"{COUNTER}/<assistance_id>/copy")
@guard(_COUNTER)
def make(assistance_id: str) -> _Answer:
    """Print it and go to its page; the form's own key makes a double click one copy."""
    found = _session(assistance_id)
    names = ("licence", "purpose", "recipient", "item", "recipient_unit", "valid_until", "key")
    given = {name: _line(name) for name in names}
    body = {name: given[name] or None for name in ("item", "recipient_unit", "valid_until")} | {
        name: given[name] for name in ("licence", "purpose", "recipient")
    }
    single_use = "single_use" in request.form
    said = [*sorted(given.items()), single_use]
    body_hash = hashlib.sha256(repr(said).encode()).digest()
    try:
        new = _COPY.load(body | {"single_use": single_use})
        copy = print_copy(
            deps(), current_principal(), found.id, new, given["key"][:64], body_hash, now()
        )
    except ValidationError as refused:
        return _form(found, given["licence"], given, _wrong(set(refused.messages_dict))), 422
    except Invalid as refused:
        return _form(found, given["licence"], given, _wrong(set(refused.errors))), 422
    except Conflict as refused:
        return _form(found, given["licence"], given, {}, _refusal(refused)), 409
    return redirect(f"{COUNTER}/copies/{copy.serial}?session={quote(found.id)}", 303)


@blueprint.get(f"{COUNTER}/copies/<serial>")
@guard(_COUNTER)
def printed(serial: str) -> str:
    """What was printed: its serial, and the document in two sizes; `session` is where to go back to."""
    copy = copy_for_counter(deps(), current_principal(), serial, now())
    return _render(
        "counter/printed.html",
        session=request.args.get("session", ""),
        copy=copy,
        grouped=grouped(copy.serial),
    )


@blueprint.get(f"{COUNTER}/copies/<serial>.pdf")
@guard(_COUNTER)
def pdf(serial: str) -> Response:
    """The document, in large print where that is asked for."""
    large = "large" in request.args
    return pdf_download(
        copy_document(deps(), current_principal(), serial, now(), large=large), serial
    )


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


def _shown(found: AssistanceView) -> str:
    acts = session_acts(deps(), current_principal(), found.id, now())
    waiting = next((one.id for one in acts.acts if one.state == "waiting"), None)
    return _render(
        "counter/session.html", session=found, acts=acts, waiting=waiting, act_names=act_words()
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


def _form(
    found: AssistanceView,
    licence: str,
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    refused_why: str = "",
) -> str:
    held = next((one for one in found.licences if one.identifier == licence), None)
    if held is None:
        raise NotFound("此人没有这件证照，请在列表中重新选择。")
    return _render(
        "counter/copy.html",
        session=found,
        licence=held,
        given=given,
        wrong=wrong or {},
        refused_why=refused_why,
        last=_last_day(held),
        today=local_day(now()),
        crumbs=[*_crumbs(), (found.holder, f"{COUNTER}/{found.id}")],
    )


def _last_day(held: HeldLicence) -> date:
    most = local_day(now()) + timedelta(days=numbers.COPY_DAYS_MAX)
    return min(most, held.valid_until) if held.valid_until else most


def _revocation(given: Mapping[str, str], refused_why: str = "", done: str = "") -> str:
    return _render(
        "counter/revocation.html",
        section="revocation",
        given=given,
        refused_why=refused_why,
        done=grouped(done),
        crumbs=[],
    )


def _session(assistance_id: str) -> AssistanceView:
    return assistance_view(deps(), current_principal(), assistance_id, now())


def _wrong(members: set[str]) -> dict[str, str]:
    words: dict[str, str] = {
        "purpose": _("请写明用途，最多 %(n)s 字。", n=numbers.COPY_PURPOSE_MAX),
        "recipient": _("请写明给谁，最多 %(n)s 字。", n=numbers.COPY_RECIPIENT_MAX),
        "valid_until": _(
            "请填今天起 %(n)s 天之内、证照有效期之内的日期。", n=numbers.COPY_DAYS_MAX
        ),
        "item": _("没有这个事项，或它不用这种证照。"),
        "recipient_unit": _("没有这个单位，请核对统一社会信用代码，或不填。"),
    }
    return {member: words[member] for member in words if member in members}


def _refusal(refused: DomainError) -> str:
    words: dict[str, str] = {
        "holder_unknown": _("库中没有这位持证人，请核对证件号码和姓名，或按传统方式办理。"),
        "holder_code": _("身份证号码不对，请核对各位数字与校验位。"),
        "name_required": _("没有读卡时请填写姓名。"),
        "reference_required": _("请写明凭据，如监护证明、签字单的编号。"),
        "glyph_missing": _("用途或接收人里有字库没有的字，请换一种写法。"),
        "assistance_ended": _("这次帮办代办已结束，请重新核对身份后再办。"),
        "too_many_copies": _(
            "这件证照 %(days)s 天内已打印 %(n)s 份，请先撤回不再用的。",
            days=numbers.COPIES_WITHIN_DAYS,
            n=numbers.COPIES_MAX,
        ),
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
