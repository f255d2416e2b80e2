"""待确认: what colleagues of the unit have prepared, read and confirmed by a second staff member."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.counter.acts.confirm import confirm_act, confirmation, confirmations, decline_act
from wallet.counter.acts.schemas import ConfirmationAnswerSchema
from wallet.errors import Conflict, Invalid, NotFound, TooMany
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.pages.counter_words import act_refusal, act_words, evidence_words
from wallet.pages.delegation_form import code_types
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("counter_confirmation_pages", __name__)
CONFIRMATIONS: Final = f"{COUNTER}/confirmations"
_COUNTER: Final = staff("counter")
_CONFIRMING: Final = staff("counter", fresh=True)
_ANSWER: Final = ConfirmationAnswerSchema()


@blueprint.get(CONFIRMATIONS)
@guard(_COUNTER)
def waiting() -> str:
    """What waits, the oldest first."""
    cursor = request.args.get("cursor")
    page, next_cursor = confirmations(
        deps(), current_principal(), numbers.PAGE_LIMIT, cursor, now()
    )
    return _render(
        "counter/confirmations.html", waiting=page, cursor=cursor, next_cursor=next_cursor
    )


@blueprint.get(f"{CONFIRMATIONS}/<act_id>")
@guard(_CONFIRMING)
def one(act_id: str) -> str:
    """Who asks, for whom, on what evidence, and what will be done."""
    return _one(act_id)


@blueprint.post(f"{CONFIRMATIONS}/<act_id>")
@guard(_CONFIRMING)
def answer(act_id: str) -> AnyResponse | tuple[str, int]:
    """Confirm it, or decline it."""
    said = {name: request.form.get(name, "").strip() for name in ("answer", "seen", "reason")}
    try:
        given = _ANSWER.load(said)
        if given["answer"] == "confirm":
            confirm_act(deps(), current_principal(), act_id, given["seen"], now())
        else:
            seen, reason = given["seen"], given["reason"]
            decline_act(deps(), current_principal(), act_id, seen, reason, now())
    except ValidationError:
        most = numbers.DECLINE_REASON_MAX
        return _one(act_id, wrong=_("不同意时请写明原因，最多 %(n)s 字。", n=most)), 422
    except (Conflict, Invalid, TooMany) as refused:
        return _one(act_id, act_refusal(refused)), STATUS[type(refused)][0]
    except NotFound as refused:
        if refused.slug == "act_unknown":
            raise
        return _one(act_id, _("证照已有变化，不能照原样办理，请选择不同意。")), 409
    return redirect(f"{CONFIRMATIONS}/{act_id}", 303)


def _one(act_id: str, refused_why: str = "", wrong: str = "") -> str:
    return _render(
        "counter/confirmation.html",
        one=confirmation(deps(), current_principal(), act_id, now()),
        refused_why=refused_why,
        wrong=wrong,
        reason=request.form.get("reason", ""),
        reason_max=numbers.DECLINE_REASON_MAX,
        code_types=code_types(),
        crumbs=[(_("待确认"), CONFIRMATIONS)],
    )


def _render(template: str, **values: Any) -> str:
    values.setdefault("crumbs", [])
    return render_console(
        "counter",
        "confirmations",
        template,
        act_names=act_words(),
        evidence=evidence_words(),
        **values,
    )
