"""The catalogue and the use list, public."""

from __future__ import annotations

from typing import Any

from wallet.catalogue.read import published_type, published_types, use_items
from wallet.catalogue.schemas import (
    LicenceTypePageSchema,
    LicenceTypeSchema,
    UseItemPageSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps
from wallet.web.guards import guard, public
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint(
    "catalogue", __name__, description="发证目录与用证事项清单 · Licence types and use items"
)


@blueprint.route("/catalogue")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, LicenceTypePageSchema)
@guard(public())
def catalogue(query: dict[str, Any]) -> dict[str, Any]:
    """The catalogue: which licence types may be issued, and what is printed on them."""
    return published_types(deps(), query["limit"], query["cursor"])


@blueprint.route("/catalogue/<code>")
@blueprint.response(200, LicenceTypeSchema)
@guard(public())
def licence_type(code: str) -> dict[str, Any]:
    """One licence type."""
    return published_type(deps(), code)


@blueprint.route("/items")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, UseItemPageSchema)
@guard(public())
def items(query: dict[str, Any]) -> dict[str, Any]:
    """The use list: which matters use which licence types, and the fields they may see."""
    return use_items(deps(), query["limit"], query["cursor"])
