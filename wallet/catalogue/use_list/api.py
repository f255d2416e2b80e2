"""The use list, public, and the drafts of its items."""

from __future__ import annotations

from typing import Any

from wallet.base.clock import local_day
from wallet.catalogue.basis.published import with_standing
from wallet.catalogue.draft_schemas import DraftPageSchema, DraftQuerySchema, DraftReviewSchema
from wallet.catalogue.drafts import OPEN, draft, drafts, id_of, rewrite_draft, submit_draft
from wallet.catalogue.read import published_versions
from wallet.catalogue.register import Draft
from wallet.catalogue.review import review_draft
from wallet.catalogue.schemas import PublishedVersionPageSchema
from wallet.catalogue.use_list.draft_schemas import (
    ItemDraftContentSchema,
    ItemDraftSchema,
    NewItemDraftSchema,
    PublicationSchema,
    WithdrawalSchema,
)
from wallet.catalogue.use_list.drafts import ITEMS, write_item
from wallet.catalogue.use_list.publish import publish_item, withdraw_item
from wallet.catalogue.use_list.read import use_item, use_items
from wallet.catalogue.use_list.schemas import UseItemPageSchema, UseItemSchema
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, public, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("use_list", __name__, description="用证事项清单 · Use items")
_WRITERS = staff("responsible")
_READERS = _WRITERS | staff("manager")


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


@blueprint.route("/items/<code>/versions")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, PublishedVersionPageSchema)
@guard(public())
def versions(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The published versions of one item, and since when each counts."""
    use_item(deps(), code)
    return published_versions(deps(), ITEMS.versions, code, query["limit"], query["cursor"])


@blueprint.route("/items/<code>/withdrawal", methods=["POST"])
@blueprint.arguments(WithdrawalSchema)
@blueprint.response(204)
@guard(staff("manager"))
def withdrawal(given: dict[str, str], code: str) -> None:
    """Take an item off the use list for good; no grant for it stands any longer."""
    withdraw_item(deps(), current_principal(), code, given["reason"], now())


@blueprint.route("/item-drafts")
@blueprint.arguments(DraftQuerySchema, location="query")
@blueprint.response(200, DraftPageSchema)
@guard(_READERS)
def draft_list(query: dict[str, Any]) -> dict[str, Any]:
    """Drafts of the own unit's items, for a managing unit those of its subtree."""
    states = OPEN if query["state"] is None else [query["state"]]
    page, next_cursor = drafts(
        deps(), ITEMS, current_principal(), states, query["limit"], query["cursor"]
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/item-drafts", methods=["POST"])
@blueprint.arguments(NewItemDraftSchema)
@blueprint.response(201, ItemDraftSchema)
@guard(_WRITERS)
def new_draft(new: dict[str, Any]) -> Draft:
    """Begin the next version of an item of the unit, or a new item."""
    return write_item(deps(), current_principal(), new["code"], new["content"], now())


@blueprint.route("/item-drafts/<draft_id>")
@blueprint.response(200, ItemDraftSchema)
@guard(_READERS)
def one_draft(draft_id: str) -> Draft:
    """One version with its content, and who did what to it, when and why."""
    return draft(deps(), ITEMS, current_principal(), id_of(draft_id))


@blueprint.route("/item-drafts/<draft_id>", methods=["PUT"])
@blueprint.arguments(ItemDraftContentSchema)
@blueprint.response(200, ItemDraftSchema)
@guard(_WRITERS)
def change_draft(new: dict[str, Any], draft_id: str) -> Draft:
    """Replace the content of a draft, or of one that was returned."""
    return rewrite_draft(deps(), ITEMS, current_principal(), id_of(draft_id), new["content"], now())


@blueprint.route("/item-drafts/<draft_id>/submission", methods=["POST"])
@blueprint.response(200, ItemDraftSchema)
@guard(_WRITERS)
def submission(draft_id: str) -> Draft:
    """Hand a draft to the managing unit."""
    return submit_draft(deps(), ITEMS, current_principal(), id_of(draft_id), now())


@blueprint.route("/item-drafts/<draft_id>/review", methods=["POST"])
@blueprint.arguments(DraftReviewSchema)
@blueprint.response(200, ItemDraftSchema)
@guard(staff("manager"))
def review(decided: dict[str, str], draft_id: str) -> Draft:
    """Pass a submitted draft, or return it with a reason; never the own one."""
    return review_draft(
        deps(),
        ITEMS,
        current_principal(),
        id_of(draft_id),
        decided["decision"],
        decided["reason"],
        now(),
    )


@blueprint.route("/item-drafts/<draft_id>/publication", methods=["POST"])
@blueprint.arguments(PublicationSchema)
@blueprint.response(200, ItemDraftSchema)
@guard(staff("manager"))
def publication(given: dict[str, Any], draft_id: str) -> Draft:
    """Publish a reviewed draft, at once or from a day on."""
    principal = current_principal()
    return publish_item(deps(), principal, id_of(draft_id), now(), given["counts_from"])
