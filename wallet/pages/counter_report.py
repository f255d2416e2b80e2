"""反映窗口拒收 at the counter: staff report a desk for whom it refused, with the item's rule in sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.matters import find_matters, matter_of
from wallet.counter.assist import assistance_view
from wallet.errors import Invalid, NotFound, TooMany
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.pages.report_words import kind_words, wrong_words
from wallet.relying.desk_refusals.listed import reports_at_counters
from wallet.relying.desk_refusals.report import report_refusal
from wallet.relying.desk_refusals.schemas import NewDeskRefusalSchema
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("counter_report_pages", __name__)
_COUNTER: Final = staff("counter")
_NEW: Final = NewDeskRefusalSchema()
_Answer = Response | str | tuple[str, int]


@blueprint.get(f"{COUNTER}/<assistance_id>/report")
@guard(_COUNTER)
def choose(assistance_id: str) -> str:
    """Which matter, its rule, and what happened."""
    given = {"item": request.args.get("item", ""), "on": local_day(now()).isoformat()}
    return _form(assistance_id, given)


@blueprint.post(f"{COUNTER}/<assistance_id>/report")
@guard(staff("counter", rate="holder"))
def send(assistance_id: str) -> _Answer:
    """Send it to the managing units above."""
    names = ("item", "kind", "on", "desk", "told")
    given = {name: " ".join(request.form.get(name, "").split()) for name in names}
    try:
        new = _NEW.load(given | {"assistance": assistance_id})
        report_refusal(deps(), current_principal(), new, now())
    except (ValidationError, Invalid) as refused:
        named = refused.messages_dict if isinstance(refused, ValidationError) else refused.errors
        return _form(assistance_id, given, set(named or ())), 422
    except TooMany:
        why = _("今天已反映 %(n)s 件，请明天再写，或拨打 12345。", n=numbers.REPORTS_PER_DAY)
        return _form(assistance_id, given, refused_why=why), 429
    return redirect(f"{COUNTER}/{assistance_id}/report?sent=1", 303)


def _form(
    assistance_id: str,
    given: Mapping[str, str],
    wrong: set[str] | None = None,
    refused_why: str = "",
) -> str:
    session = assistance_view(deps(), current_principal(), assistance_id, now())
    code = given["item"]
    matter = matter_of(deps(), code) if code.isascii() and code.isprintable() else None
    if code and matter is None:
        raise NotFound("没有这个事项，请从列表中重新选择。", "item_unknown")
    types = {one.type_code for one in session.licences}
    matters, _more = find_matters(deps(), types, "", numbers.MATTERS_AT_COUNTER)
    return render_console(
        "counter",
        "home",
        "counter/report.html",
        session=session,
        before=reports_at_counters(deps(), current_principal(), session.id, now()),
        matters=matters,
        matter=matter,
        given=given,
        kinds=kind_words(),
        wrong=wrong_words(wrong or set()),
        refused_why=refused_why,
        sent="sent" in request.args,
        today=local_day(now()),
        crumbs=[(_("帮办代办"), COUNTER), (session.holder, f"{COUNTER}/{session.id}")],
    )
