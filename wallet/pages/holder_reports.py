"""反映窗口拒收: a holder reports a desk that refused, with the item's rule in sight, and reads the answer."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.matters import find_matters, matter_of
from wallet.errors import Invalid, NotFound, TooMany
from wallet.pages.report_words import kind_words, wrong_words
from wallet.relying.desk_refusals.listed import reports
from wallet.relying.desk_refusals.report import report_refusal
from wallet.relying.desk_refusals.schemas import NewDeskRefusalSchema
from wallet.showing.filters import history_types
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("holder_report_pages", __name__)
REPORTS = "/wallet/reports"
_NEW = NewDeskRefusalSchema()
_FOUND = 20


@blueprint.get(REPORTS)
@guard(holder())
def listed() -> str:
    """The own reports with their answers; and what a new one may be about."""
    cursor = request.args.get("cursor")
    principal = current_principal()
    page, following = reports(deps(), principal, numbers.PAGE_LIMIT, cursor, now())
    types = [one.code for one in history_types(deps(), principal, now())]
    asked = " ".join(request.args.get("q", "").split())
    matters, more = find_matters(deps(), types, asked, _FOUND)
    return render_template(
        "holder/reports.html",
        reports=page,
        kinds=kind_words(),
        next=f"{REPORTS}?cursor={following}" if following else None,
        matters=matters,
        more=more,
        asked=asked,
        done=_("已送到管理单位，答复会送到“消息”。") if "sent" in request.args else "",
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )


@blueprint.get(f"{REPORTS}/new")
@guard(holder())
def new() -> str:
    """The rule of the item, and what happened."""
    given = {"item": request.args.get("item", ""), "on": local_day(now()).isoformat()}
    return _form(given)


@blueprint.post(f"{REPORTS}/new")
@guard(holder(rate="holder"))
def send() -> AnyResponse | tuple[str, int]:
    """Send it to the managing units above."""
    names = ("item", "kind", "on", "desk", "told")
    given = {name: " ".join(request.form.get(name, "").split()) for name in names}
    try:
        report_refusal(deps(), current_principal(), _NEW.load(given), now())
    except (ValidationError, Invalid) as refused:
        named = refused.messages_dict if isinstance(refused, ValidationError) else refused.errors
        return _form(given, set(named or ())), 422
    except TooMany:
        why = _("今天已反映 %(n)s 件，请明天再写，或拨打 12345。", n=numbers.REPORTS_PER_DAY)
        return _form(given, refused_why=why), 429
    return make_response(redirect(f"{REPORTS}?sent=1", 303))


def _form(given: Mapping[str, str], wrong: set[str] | None = None, refused_why: str = "") -> str:
    code = given["item"]
    matter = matter_of(deps(), code) if code.isascii() and code.isprintable() else None
    if matter is None:
        raise NotFound("没有这个事项，请从列表中重新选择。", "item_unknown")
    return render_template(
        "holder/report.html",
        matter=matter,
        given=given,
        kinds=kind_words(),
        wrong=wrong_words(wrong or set()),
        refused_why=refused_why,
        today=local_day(now()),
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )
