"""What managing units see of the parties below them: grants in use, alerts, suspensions and their rule."""

from __future__ import annotations

from typing import Any

from wallet.base.clock import local_day
from wallet.relying.beyond.bind import bind_clients
from wallet.relying.beyond.look_ups import let_look_up
from wallet.relying.beyond.rule import Rule, own_rule, set_rule
from wallet.relying.beyond.schemas import (
    AlertPageSchema,
    AlertQuerySchema,
    GrantClientsSchema,
    GrantPageSchema,
    GrantQuerySchema,
    GrantSchema,
    LookUpsSchema,
    NewRuleSchema,
    RuleSchema,
    SuspensionSchema,
    TrafficSchema,
)
from wallet.relying.beyond.sight import GrantView, alerts_page, grant_view, grants_page
from wallet.relying.beyond.suspend import close_alert, resume_grant, suspend_grant
from wallet.relying.beyond.traffic import Traffic, traffic_of
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import Guard, client, guard, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("beyond", __name__, description="用证授权与告警 · Grants and alerts")


def _managing(*, fresh: bool = False) -> Guard:
    return staff("manager", fresh=fresh) | client("managing")


@blueprint.route("/grants")
@blueprint.arguments(GrantQuerySchema, location="query")
@blueprint.response(200, GrantPageSchema)
@guard(_managing())
def grants(query: dict[str, Any]) -> dict[str, Any]:
    """The grants of the own unit and of those below it."""
    page, next_cursor = grants_page(
        deps(),
        current_principal(),
        query["suspended"],
        query["limit"],
        query["cursor"],
        local_day(now()) if query["ending"] else None,
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/grants/<grant_id>/traffic")
@blueprint.response(200, TrafficSchema)
@guard(_managing())
def traffic(grant_id: str) -> Traffic:
    """How many codes were judged under a grant in the last seven local days, and what went beyond it."""
    return traffic_of(deps(), current_principal(), grant_id, now())


@blueprint.route("/grants/<grant_id>/suspension", methods=["PUT"])
@blueprint.arguments(SuspensionSchema)
@blueprint.response(200, GrantSchema)
@guard(_managing(fresh=True))
def suspend(body: dict[str, str], grant_id: str) -> GrantView:
    """Suspend a grant at once; asks people for a step-up."""
    suspend_grant(deps(), current_principal(), grant_id, body["reason"], now())
    return grant_view(deps(), current_principal(), grant_id)


@blueprint.route("/grants/<grant_id>/suspension", methods=["DELETE"])
@blueprint.response(200, GrantSchema)
@guard(_managing(fresh=True))
def resume(grant_id: str) -> GrantView:
    """Lift the suspension of a grant; asks people for a step-up."""
    resume_grant(deps(), current_principal(), grant_id, now())
    return grant_view(deps(), current_principal(), grant_id)


@blueprint.route("/grants/<grant_id>/look-ups", methods=["PUT"])
@blueprint.arguments(LookUpsSchema)
@blueprint.response(200, GrantSchema)
@guard(_managing(fresh=True))
def set_look_ups(body: dict[str, Any], grant_id: str) -> GrantView:
    """Say whether holders may be looked up by name and code under a grant; asks people for a step-up."""
    let_look_up(deps(), current_principal(), grant_id, body["per_day"], now())
    return grant_view(deps(), current_principal(), grant_id)


@blueprint.route("/grants/<grant_id>/clients", methods=["PUT"])
@blueprint.arguments(GrantClientsSchema)
@blueprint.response(204)
@guard(_managing(fresh=True))
def bind(body: dict[str, list[str]], grant_id: str) -> None:
    """Say which machine clients of the party work under a grant; asks people for a step-up."""
    bind_clients(deps(), current_principal(), grant_id, body["clients"], now())


@blueprint.route("/alerts")
@blueprint.arguments(AlertQuerySchema, location="query")
@blueprint.response(200, AlertPageSchema)
@guard(_managing())
def alerts(query: dict[str, Any]) -> dict[str, Any]:
    """What went beyond a grant at the own unit and those below it."""
    page, next_cursor = alerts_page(
        deps(), current_principal(), query["closed"], query["limit"], query["cursor"]
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/alerts/<alert_id>/closure", methods=["POST"])
@blueprint.response(204)
@guard(_managing())
def close(alert_id: str) -> None:
    """Say that an alert has been seen to."""
    close_alert(deps(), current_principal(), alert_id, now())


@blueprint.route("/suspension-rule")
@blueprint.response(200, RuleSchema)
@guard(_managing())
def rule() -> Rule:
    """How many requests beyond a grant suspend it, for social relying parties below the own unit."""
    return own_rule(deps(), current_principal())


@blueprint.route("/suspension-rule", methods=["PUT"])
@blueprint.arguments(NewRuleSchema)
@blueprint.response(200, RuleSchema)
@guard(_managing(fresh=True))
def new_rule(body: dict[str, int]) -> Rule:
    """Set that rule; asks people for a step-up."""
    set_rule(deps(), current_principal(), body["refusals"], body["minutes"], now())
    return own_rule(deps(), current_principal())
