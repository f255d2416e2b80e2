"""The catalogue, public, and the drafts of its entries."""

from __future__ import annotations

from typing import Any

from wallet.base.clock import local_day
from wallet.catalogue.basis.published import with_standing
from wallet.catalogue.draft_schemas import (
    DraftContentSchema,
    DraftPageSchema,
    DraftQuerySchema,
    DraftReviewSchema,
    DraftSchema,
    NewDraftSchema,
)
from wallet.catalogue.drafts import OPEN, draft, drafts, id_of, rewrite_draft, submit_draft
from wallet.catalogue.model import LicenceTypeVersion
from wallet.catalogue.publish import publish_draft
from wallet.catalogue.read import published_type, published_types, published_versions
from wallet.catalogue.register import Draft
from wallet.catalogue.review import review_draft
from wallet.catalogue.schemas import (
    LicenceTypePageSchema,
    LicenceTypeSchema,
    PublishedVersionPageSchema,
)
from wallet.catalogue.type_drafts import TYPES, write_draft
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import client, guard, public, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("catalogue", __name__, description="发证目录 · Licence types")
_WRITERS = staff("issuer") | client("issuing")
_READERS = _WRITERS | staff("manager")


@blueprint.route("/catalogue")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, LicenceTypePageSchema)
@guard(public())
def catalogue(query: dict[str, Any]) -> dict[str, Any]:
    """The catalogue: which licence types may be issued, and what is printed on them."""
    page, today = published_types(deps(), query["limit"], query["cursor"]), local_day(now())
    return {**page, "items": [with_standing(entry, today) for entry in page["items"]]}


@blueprint.route("/catalogue/<code>")
@blueprint.response(200, LicenceTypeSchema)
@guard(public())
def licence_type(code: str) -> dict[str, Any]:
    """One licence type."""
    return with_standing(published_type(deps(), code), local_day(now()))


@blueprint.route("/catalogue/<code>/versions")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, PublishedVersionPageSchema)
@guard(public())
def versions(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The published versions of one licence type, and since when each counts."""
    return published_versions(deps(), LicenceTypeVersion, code, query["limit"], query["cursor"])


@blueprint.route("/catalogue-drafts")
@blueprint.arguments(DraftQuerySchema, location="query")
@blueprint.response(200, DraftPageSchema)
@guard(_READERS)
def draft_list(query: dict[str, Any]) -> dict[str, Any]:
    """Drafts of the own unit, for a managing unit those of its subtree."""
    states = OPEN if query["state"] is None else [query["state"]]
    page, next_cursor = drafts(
        deps(), TYPES, current_principal(), states, query["limit"], query["cursor"]
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/catalogue-drafts", methods=["POST"])
@blueprint.arguments(NewDraftSchema)
@blueprint.response(201, DraftSchema)
@guard(_WRITERS)
def new_draft(new: dict[str, Any]) -> Draft:
    """Begin the next version of a type, or a new type."""
    return write_draft(deps(), current_principal(), new["code"], new["content"], now())


@blueprint.route("/catalogue-drafts/<draft_id>")
@blueprint.response(200, DraftSchema)
@guard(_READERS)
def one_draft(draft_id: str) -> Draft:
    """One version with its content, and who did what to it, when and why."""
    return draft(deps(), TYPES, current_principal(), id_of(draft_id))


@blueprint.route("/catalogue-drafts/<draft_id>", methods=["PUT"])
@blueprint.arguments(DraftContentSchema)
@blueprint.response(200, DraftSchema)
@guard(_WRITERS)
def change_draft(new: dict[str, Any], draft_id: str) -> Draft:
    """Replace the content of a draft, or of one that was returned."""
    return rewrite_draft(deps(), TYPES, current_principal(), id_of(draft_id), new["content"], now())


@blueprint.route("/catalogue-drafts/<draft_id>/submission", methods=["POST"])
@blueprint.response(200, DraftSchema)
@guard(_WRITERS)
def submission(draft_id: str) -> Draft:
    """Hand a draft to the managing unit."""
    return submit_draft(deps(), TYPES, current_principal(), id_of(draft_id), now())


@blueprint.route("/catalogue-drafts/<draft_id>/review", methods=["POST"])
@blueprint.arguments(DraftReviewSchema)
@blueprint.response(200, DraftSchema)
@guard(staff("manager"))
def review(decided: dict[str, str], draft_id: str) -> Draft:
    """Pass a submitted draft, or return it with a reason; never the own one."""
    return review_draft(
        deps(),
        TYPES,
        current_principal(),
        id_of(draft_id),
        decided["decision"],
        decided["reason"],
        now(),
    )


@blueprint.route("/catalogue-drafts/<draft_id>/publication", methods=["POST"])
@blueprint.response(200, DraftSchema)
@guard(staff("manager"))
def publication(draft_id: str) -> Draft:
    """Publish a reviewed draft."""
    return publish_draft(deps(), current_principal(), id_of(draft_id), now())
