"""上门办理: whom to visit on one day, prepared at the counter, confirmed by a colleague, opened on a phone at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import local_day
from wallet.counter.visits.prepare import confirm_visits, prepare_visits, strike_visit
from wallet.counter.visits.schemas import BeginVisitSchema, NewVisitsSchema
from wallet.counter.visits.visit import begin_visit, visit_list, visit_lists
from wallet.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.pages.counter_words import evidence_words
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("counter_visit_pages", __name__)
VISITS: Final = f"{COUNTER}/visits"
_COUNTER: Final = staff("counter")
_CONFIRMING: Final = staff("counter", fresh=True)
_NEW, _BEGIN = NewVisitsSchema(), BeginVisitSchema()
_RESIDENT_ID: Final = "111"
_PAGE: Final = 20
_Answer = AnyResponse | str | tuple[str, int]


@blueprint.get(VISITS)
@guard(_COUNTER)
def home() -> str:
    """The lists of the unit, and the form of a new one."""
    return _home({"day": local_day(now()).isoformat()})


@blueprint.post(VISITS)
@guard(_COUNTER)
def prepare() -> _Answer:
    """Prepare a list and go to it."""
    given = {"day": request.form.get("day", "").strip(), "persons": request.form.get("persons", "")}
    try:
        persons = [_person(line) for line in given["persons"].splitlines() if line.strip()]
        asked = _NEW.load({"day": given["day"] or None, "persons": persons})
        principal = current_principal()
        list_id = prepare_visits(deps(), principal, asked["day"], asked["persons"], now())
    except ValidationError as refused:
        return _home(given, _wrong(refused)), 422
    except Invalid as refused:
        return _home(given, _refusal(refused)), 422
    return redirect(f"{VISITS}/{list_id}", 303)


@blueprint.get(f"{VISITS}/<list_id>")
@guard(_COUNTER)
def one(list_id: str) -> str:
    """A list: at the door each entry is served from here."""
    return _one(list_id)


@blueprint.post(f"{VISITS}/<list_id>/confirmation")
@guard(_CONFIRMING)
def confirm(list_id: str) -> _Answer:
    """Confirm a colleague's list."""
    try:
        confirm_visits(deps(), current_principal(), list_id, now())
    except Conflict as refused:
        return _one(list_id, _refusal(refused)), 409
    return redirect(f"{VISITS}/{list_id}", 303)


@blueprint.post(f"{VISITS}/<list_id>/<visit_id>/strike")
@guard(_COUNTER)
def strike(list_id: str, visit_id: str) -> AnyResponse:
    """Strike an entry."""
    strike_visit(deps(), current_principal(), list_id, visit_id, now())
    return redirect(f"{VISITS}/{list_id}", 303)


@blueprint.post(f"{VISITS}/<list_id>/<visit_id>")
@guard(_COUNTER)
def begin(list_id: str, visit_id: str) -> _Answer:
    """Begin to serve this person, and go to the session."""
    given = {name: request.form.get(name, "").strip() for name in ("kind", "reference")}
    if not visit_list(deps(), current_principal(), list_id, now()).own:
        raise NotFound("没有这份上门名单，请回到上门办理页面重新选择。", "visits_unknown")
    try:
        seen = _BEGIN.load({"evidence": given})["evidence"]
        session = begin_visit(
            deps(), current_principal(), list_id, visit_id, seen["kind"], seen["reference"], now()
        )
    except ValidationError:
        return _one(list_id, _("请选择凭据。")), 422
    except (Conflict, Invalid, NotFound, TooMany) as refused:
        if refused.slug == "visits_unknown":
            raise
        return _one(list_id, _refusal(refused)), STATUS[type(refused)][0]
    return redirect(f"{COUNTER}/{session.id}", 303)


def _person(line: str) -> dict[str, str]:
    code, _gap, rest = " ".join(line.split()).partition(" ")
    name, _gap, matter = rest.partition(" ")
    return {"code_type": _RESIDENT_ID, "code": code, "name": name, "matter": matter}


def _home(given: Mapping[str, str], refused_why: str = "") -> str:
    cursor = request.args.get("cursor")
    lists, following = visit_lists(deps(), current_principal(), _PAGE, cursor, now())
    return render_console(
        "counter",
        "visits",
        "counter/visits.html",
        given=given,
        refused_why=refused_why,
        lists=lists,
        most=numbers.VISITS_MAX,
        first=VISITS if cursor else None,
        next=f"{VISITS}?cursor={following}" if following else None,
        crumbs=[],
    )


def _one(list_id: str, refused_why: str = "") -> str:
    found = visit_list(deps(), current_principal(), list_id, now())
    return render_console(
        "counter",
        "visits",
        "counter/visit_list.html",
        found=found,
        refused_why=refused_why,
        evidence=evidence_words(),
        today=found.day == local_day(now()),
        crumbs=[(_("上门办理"), VISITS)],
    )


def _wrong(refused: ValidationError) -> str:
    lines = refused.messages_dict.get("persons")
    sentence: str = _("请填今天起 %(n)s 天之内的日期。", n=numbers.VISIT_DAYS_AHEAD)
    if isinstance(lines, dict) and lines:
        at = min(int(line) for line in lines)
        sentence = _("第 %(n)s 位应为：证件号码 姓名 办什么事，用空格隔开。", n=at + 1)
    elif lines:
        sentence = _("请写 1 至 %(n)s 人，每行一位。", n=numbers.VISITS_MAX)
    return sentence


def _refusal(refused: DomainError) -> str:
    words: dict[str, str] = {
        "visit_day": _("请填今天起 %(n)s 天之内的日期。", n=numbers.VISIT_DAYS_AHEAD),
        "holder_code": _("身份证号码不对，请核对各位数字与校验位。"),
        "holder_unknown": _("库中没有这位持证人，请核对证件号码和姓名，或按传统方式办理。"),
        "reference_required": _("请写明凭据，如监护证明、签字单的编号。"),
        "visits_over": _("这份上门名单已过期，请重新准备。"),
        "visits_unconfirmed": _("名单还没有经同事确认，请先请同事确认。"),
        "visits_early": _("还没有到名单上的日子，请当天再办。"),
        "visit_struck": _("此人已从名单中划去，不能再上门办理。"),
        "visit_under_way": _("此人正在办理，请先结束那一次。"),
    }
    if refused.slug == "holder_code" and refused.about:
        sentence: str = _("第 %(n)s 位的身份证号码不对，请核对各位数字与校验位。", n=refused.about)
        return sentence
    return words.get(refused.slug, refused.detail)
