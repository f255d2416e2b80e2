"""Home service 上门: lists of whom to visit, and sessions begun from them."""

from __future__ import annotations

from typing import Any

from wallet.counter.schemas import AssistanceSchema, assistance_members
from wallet.counter.visits.prepare import confirm_visits, prepare_visits, strike_visit
from wallet.counter.visits.schemas import (
    BeginVisitSchema,
    NewVisitsSchema,
    OneVisitListSchema,
    VisitListPageSchema,
)
from wallet.counter.visits.visit import VisitListView, begin_visit, visit_list, visit_lists
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("visits", __name__, description="上门办理 · Home service")
_COUNTER = staff("counter")
_CONFIRMING = staff("counter", fresh=True)
_ENTRY = "/visit-lists/<list_id>/visits/<visit_id>"


@blueprint.route("/visit-lists", methods=["POST"])
@blueprint.arguments(NewVisitsSchema)
@blueprint.response(201, OneVisitListSchema)
@guard(_COUNTER)
def new_list(body: dict[str, Any]) -> VisitListView:
    """Prepare whom to visit on one day; a colleague confirms it."""
    principal = current_principal()
    list_id = prepare_visits(deps(), principal, body["day"], body["persons"], now())
    return visit_list(deps(), principal, list_id, now())


@blueprint.route("/visit-lists")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, VisitListPageSchema)
@guard(_COUNTER)
def lists(query: dict[str, Any]) -> dict[str, Any]:
    """The lists of the own unit."""
    page, cursor = visit_lists(deps(), current_principal(), query["limit"], query["cursor"], now())
    return {"items": page, "next_cursor": cursor}


@blueprint.route("/visit-lists/<list_id>")
@blueprint.response(200, OneVisitListSchema)
@guard(_COUNTER)
def one(list_id: str) -> VisitListView:
    """A list of the own unit with its entries."""
    return visit_list(deps(), current_principal(), list_id, now())


@blueprint.route("/visit-lists/<list_id>/confirmation", methods=["POST"])
@blueprint.response(204)
@guard(_CONFIRMING)
def confirm(list_id: str) -> None:
    """Confirm a colleague's list."""
    confirm_visits(deps(), current_principal(), list_id, now())


@blueprint.route(_ENTRY, methods=["DELETE"])
@blueprint.response(204)
@guard(_COUNTER)
def strike(list_id: str, visit_id: str) -> None:
    """Strike an entry of the own list."""
    strike_visit(deps(), current_principal(), list_id, visit_id, now())


@blueprint.route(f"{_ENTRY}/assistance", methods=["POST"])
@blueprint.arguments(BeginVisitSchema)
@blueprint.response(201, AssistanceSchema)
@guard(_COUNTER)
def begin(body: dict[str, Any], list_id: str, visit_id: str) -> dict[str, Any]:
    """Begin to serve this person at the door."""
    seen = body["evidence"]
    view = begin_visit(
        deps(), current_principal(), list_id, visit_id, seen["kind"], seen["reference"], now()
    )
    return assistance_members(view)
