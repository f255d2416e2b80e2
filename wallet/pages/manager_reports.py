"""群众反映: desks in sight that refused, each to be answered with a sentence."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.pages.console import acting_as, render_console
from wallet.pages.report_words import kind_words
from wallet.relying.desk_refusals.answer import answer_report
from wallet.relying.desk_refusals.listed import reports
from wallet.relying.desk_refusals.schemas import DeskRefusalAnswerSchema
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff

blueprint = Blueprint("manager_report_pages", __name__)
REPORTS: Final = "/manager/reports"
_ANSWER: Final = DeskRefusalAnswerSchema()


@blueprint.get(REPORTS)
@guard(staff("manager"))
def home() -> str:
    """Newest first, those that are open with a field for the answer."""
    return _page()


@blueprint.post(f"{REPORTS}/<report_id>/answer")
@guard(staff("manager"))
def answer(report_id: str) -> AnyResponse | tuple[str, int]:
    """Answer one; whom it happened to is told."""
    given = {"answer": " ".join(request.form.get("answer", "").split())}
    try:
        sentence = _ANSWER.load(given)["answer"]
    except ValidationError:
        return _page(_("请写明答复，最多 500 个字。")), 422
    answer_report(deps(), acting_as("manager"), report_id, sentence, now())
    return redirect(REPORTS, 303)


def _page(refused_why: str = "") -> str:
    cursor = request.args.get("cursor")
    page, following = reports(deps(), acting_as("manager"), numbers.PAGE_LIMIT, cursor, now())
    return render_console(
        "manager",
        "home",
        "manager/reports.html",
        reports=page,
        kinds=kind_words(),
        refused_why=refused_why,
        first=REPORTS if cursor else None,
        next=f"{REPORTS}?cursor={following}" if following else None,
    )
