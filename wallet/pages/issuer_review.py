"""An issuing unit's staff look at a licence before it is sealed, where its type asks for that."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet.errors import Conflict, Invalid
from wallet.licences.examine import examine
from wallet.licences.review import decide_review
from wallet.licences.review_schemas import ReviewDecisionSchema
from wallet.pages.console import render_console
from wallet.pages.issuer import SEARCH
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import flatten_messages

blueprint = Blueprint("issuer_review_pages", __name__)
_DECISIONS = ("pass", "return")
_SCHEMA = ReviewDecisionSchema()


@blueprint.get("/issuer/licences/<identifier>/review")
@guard(staff("issuer"))
def form(identifier: str) -> str:
    """Everything that is to be sealed, shown without a mask, and the two decisions."""
    return _form(identifier)


@blueprint.post("/issuer/licences/<identifier>/review")
@guard(staff("issuer"))
def decide(identifier: str) -> AnyResponse | tuple[str, int]:
    """Pass it, which issues it, or return it with a reason; the same sent twice is done once."""
    decision, reason = request.form.get("decision", ""), request.form.get("reason", "").strip()
    if decision not in _DECISIONS:
        return _form(identifier, wrong={"decision": _("请选择通过或退回。")}), 422
    if decision == "return" and not reason:
        return _form(identifier, decision, wrong={"reason": _("退回须写明理由。")}), 422
    try:
        _SCHEMA.load({"decision": decision} | ({"reason": reason} if reason else {}))
    except ValidationError as error:
        [sentence, *_more] = flatten_messages(error.messages)["reason"]
        return _form(identifier, decision, wrong={"reason": sentence}), 422
    try:
        decide_review(deps(), current_principal(), identifier, decision, reason, now())
    except (Conflict, Invalid) as refused:
        return _form(identifier, decision, refused=refused.detail), 409
    return redirect(f"{SEARCH}/{quote(identifier)}?reviewed={decision}", 303)


def _form(
    identifier: str, decision: str = "", wrong: dict[str, str] | None = None, refused: str = ""
) -> str:
    found = examine(deps(), current_principal(), identifier, now(), reveal=True)
    address = f"{SEARCH}/{quote(identifier)}"
    return render_console(
        "issuer",
        "licences",
        "issuer/review.html",
        licence=found,
        decision=decision,
        reason=request.form.get("reason", ""),
        wrong=wrong or {},
        refused_why=refused,
        crumbs=[(_("证照查询"), SEARCH), (found.face.number_masked, address)],
    )
