"""The use list, public."""

from __future__ import annotations

from typing import Any

from wallet.base.clock import local_day
from wallet.catalogue.basis.published import with_standing
from wallet.catalogue.use_list.read import use_item, use_items
from wallet.catalogue.use_list.schemas import UseItemPageSchema, UseItemSchema
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, public
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("use_list", __name__, description="用证事项清单 · Use items")


@blueprint.route("/items")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, UseItemPageSchema)
@guard(public())
def items(query: dict[str, Any]) -> dict[str, Any]:
    """The use list: which matters use which licence types, and the fields they may see."""
    page, today = use_items(deps(), query["limit"], query["cursor"]), local_day(now())
    return {**page, "items": [with_standing(entry, today) for entry in page["items"]]}


@blueprint.route("/items/<code>")
@blueprint.response(200, UseItemSchema)
@guard(public())
def item(code: str) -> dict[str, Any]:
    """One item of the use list."""
    return with_standing(use_item(deps(), code), local_day(now()))
