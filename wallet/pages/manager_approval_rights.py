"""开放审批权限: which managing units below decide on social scenarios themselves."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.pages.application_words import application_refusal
from wallet.pages.console import acting_as, render_console
from wallet.relying.onboarding.rights import approval_rights, end_right, open_right
from wallet.relying.onboarding.schemas import NewRightSchema
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff

blueprint = Blueprint("manager_approval_right_pages", __name__)
RIGHTS: Final = "/manager/approval-rights"
_RIGHT: Final = NewRightSchema()


@blueprint.get(RIGHTS)
@guard(staff("manager", fresh=True))
def home() -> str:
    """The managing units below, and to which of them the right is opened."""
    return _page()


@blueprint.post(f"{RIGHTS}/<unit>")
@guard(staff("manager", fresh=True))
def change(unit: str) -> AnyResponse | tuple[str, int]:
    """Open it to one until a day, or end it."""
    who = acting_as("manager")
    try:
        if request.form.get("act") == "end":
            end_right(deps(), who, unit, now())
        else:
            given = _RIGHT.load({"ends_on": request.form.get("ends_on", "").strip() or None})
            open_right(deps(), who, unit, given["ends_on"], now())
    except (ValidationError, Invalid):
        return _page(_("请填不早于今天的日期，或不填。")), 422
    except Conflict:
        return _page(_("没有向这个单位开放审批权限。")), 409
    except NotPermitted as refused:
        if refused.slug == "not_decider":
            return _page(_("本单位自己还没有社会化用证的审批权限。")), 403
        return _page(application_refusal(refused)), 403
    return redirect(RIGHTS, 303)


def _page(refused_why: str = "") -> str:
    return render_console(
        "manager",
        "applications",
        "manager_applications/rights.html",
        rights=approval_rights(deps(), acting_as("manager"), now()),
        refused_why=refused_why,
        crumbs=[(_("用证申请"), "/manager/applications")],
    )
