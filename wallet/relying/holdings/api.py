"""No repeat submission: what the library can supply, and where paper was wanted nonetheless."""

from __future__ import annotations

from typing import Any

from flask import request

from wallet.relying.desks import desk_of
from wallet.relying.holdings.found import Holdings
from wallet.relying.holdings.look_up import look_up
from wallet.relying.holdings.papers import papers_wanted
from wallet.relying.holdings.schemas import (
    HoldingsQuerySchema,
    HoldingsSchema,
    PaperWantedPageSchema,
    WantPaperSchema,
)
from wallet.relying.holdings.want_paper import want_paper
from wallet.showing.history import PaperAsked
from wallet.showing.schemas import PaperAskedSchema
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import client, guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("holdings", __name__, description="不重复提交 · No repeat submission")
_DESK = staff("desk", rate="desk") | client("relying", rate="desk")


@blueprint.route("/holdings", methods=["POST"])
@blueprint.arguments(HoldingsQuerySchema)
@blueprint.response(200, HoldingsSchema)
@guard(_DESK)
def holdings(query: dict[str, Any]) -> Holdings:
    """What the library can supply for an item and a holder, and what must still be asked."""
    principal = current_principal()
    # A program that judges nothing here need not say which of its terminals it is.
    desk = desk_of(principal, query["terminal"] or principal.name, request.remote_addr)
    return look_up(deps(), desk, query["item"], query["by"], now())


@blueprint.route("/holding-refusals")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, PaperWantedPageSchema)
@guard(staff("manager") | client("managing"))
def refusals(query: dict[str, Any]) -> dict[str, Any]:
    """Where desks of the own unit and of those below it wanted paper that the library holds."""
    page, next_cursor = papers_wanted(deps(), current_principal(), query["limit"], query["cursor"])
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/holdings/<look_up_id>/refusals", methods=["POST"])
@blueprint.arguments(WantPaperSchema)
@blueprint.response(201, PaperAskedSchema)
@guard(_DESK)
def refuse(body: dict[str, str], look_up_id: str) -> PaperAsked:
    """Record that the desk wants a material on paper although the library holds it."""
    return want_paper(deps(), current_principal(), look_up_id, now=now(), **body)
