"""审批用证申请: a manager reviews, approves, files, or answers what was filed."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.pages.application_frame import APPLICATIONS, asked_types, crumbs, render_applications
from wallet.pages.application_words import application_refusal
from wallet.pages.console import acting_as
from wallet.pages.item_words import in_language
from wallet.relying.onboarding.decide import (
    answer_filing,
    approve_application,
    file_scenario,
    review_application,
)
from wallet.relying.onboarding.listed import ApplicationView, application_view
from wallet.relying.onboarding.schemas import FilingAnswerSchema, NewFilingSchema
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.problems import STATUS

blueprint = Blueprint("manager_application_decision_pages", __name__)
_DECIDING: Final = staff("manager", fresh=True)
_FILING: Final = NewFilingSchema()
_REASON: Final = FilingAnswerSchema()


@blueprint.get(f"{APPLICATIONS}/<application_id>/decision")
@guard(_DECIDING)
def decide(application_id: str) -> str:
    """The forms of whoever has the next step."""
    return _decision(_managed(application_id))


@blueprint.post(f"{APPLICATIONS}/<application_id>/decision")
@guard(_DECIDING)
def take(application_id: str) -> AnyResponse | tuple[str, int]:
    """Take it: review, approve, file, or answer a filing."""
    who, found = acting_as("manager"), _managed(application_id)
    decision, reason = request.form.get("decision", ""), _line("reason")
    seen = request.form.get("seen", type=int)
    if _REASON.validate({"answer": "noted", "reason": reason}):
        most = numbers.APPLICATION_REASON_MAX
        return _decision(found, _("意见最多 %(n)s 字，不能有看不见的控制字符。", n=most)), 422
    try:
        if decision in ("noted", "objected"):
            answer_filing(deps(), who, found.id, decision, reason, now())
        elif decision == "file":
            measures = _line("measures")
            if _FILING.validate({"measures": measures}):
                why = _("请写明怎样保护数据，最多 %(n)s 字。", n=numbers.FILING_MEASURES_MAX)
                return _decision(found, why), 422
            file_scenario(deps(), who, found.id, measures, now(), seen)
        elif found.state == "submitted" and decision in ("pass", "return", "reject"):
            review_application(deps(), who, found.id, decision, reason, now(), seen)
        elif decision in ("approve", "return", "reject"):
            approve_application(deps(), who, found.id, decision, reason, now(), seen)
        else:
            raise Conflict("", "application_state")
    except (Invalid, Conflict, NotPermitted) as refused:
        why = application_refusal(refused)
        return _decision(_managed(application_id), why), STATUS[type(refused)][0]
    return redirect(f"{APPLICATIONS}/{found.id}", 303)


def _line(name: str) -> str:
    return " ".join(request.form.get(name, "").split())


def _managed(application_id: str) -> ApplicationView:
    return application_view(deps(), acting_as("manager"), application_id, now())


def _decision(found: ApplicationView, refused_why: str = "") -> str:
    return render_applications(
        "manager_applications/decide.html",
        application=found,
        types=asked_types(found.content["types"]),
        refused_why=refused_why,
        given=request.form,
        crumbs=[*crumbs(), (in_language(vars(found), "unit_name"), f"{APPLICATIONS}/{found.id}")],
    )
