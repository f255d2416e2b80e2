"""暂停规则: after how many requests beyond their grants the social relying parties below are suspended."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.pages.console import acting_as, render_console
from wallet.pages.manager_grants import GRANTS
from wallet.relying.beyond.rule import own_rule, set_rule
from wallet.relying.beyond.schemas import NewRuleSchema
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff

blueprint = Blueprint("manager_rule_pages", __name__)
_RULE: Final = NewRuleSchema()


@blueprint.get("/manager/suspension-rule")
@guard(staff("manager", fresh=True))
def rule() -> str:
    """The rule that holds below the own unit, to be changed."""
    holds = own_rule(deps(), acting_as("manager"))
    return _rule({"refusals": str(holds.refusals), "minutes": str(holds.minutes)})


@blueprint.post("/manager/suspension-rule")
@guard(staff("manager", fresh=True))
def change_rule() -> AnyResponse | tuple[str, int]:
    """Set it for the parties below."""
    given = {name: request.form.get(name, "").strip() for name in ("refusals", "minutes")}
    try:
        wanted = _RULE.load({name: _whole(text) for name, text in given.items()})
    except ValidationError as refused:
        return _rule(given, set(refused.messages_dict)), 422
    set_rule(deps(), acting_as("manager"), wanted["refusals"], wanted["minutes"], now())
    return redirect("/manager/suspension-rule?done=set", 303)


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else text


def _rule(given: dict[str, str], wrong: set[str] | None = None) -> str:
    return render_console(
        "manager",
        "grants",
        "manager_grants/rule.html",
        given=given,
        wrong=wrong or set(),
        most={
            "refusals": numbers.SUSPEND_AFTER_MAX,
            "minutes": numbers.SUSPEND_WITHIN_MINUTES_MAX,
        },
        note=_("已保存，马上按新规则。") if request.args.get("done") else "",
        crumbs=[(_("用证授权"), GRANTS)],
    )
