"""Emergency slips: issued in blocks, printed, entered afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, url_for

from wallet.counter.slips.enter import Entry, NewEntry, enter_slip, spoil_slip
from wallet.counter.slips.issue import issue_slips, slips_document
from wallet.counter.slips.listed import unit_slips
from wallet.counter.slips.schemas import (
    BlockPageSchema,
    EntrySchema,
    IssuedBlockSchema,
    NewBlockSchema,
    NewEntrySchema,
    SpoiltSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("slips", __name__, description="应急单 · Emergency slips")
_COUNTER = staff("counter")


@blueprint.route("/slip-blocks", methods=["POST"])
@blueprint.arguments(NewBlockSchema)
@blueprint.response(201, IssuedBlockSchema)
@guard(_COUNTER)
def new_block(body: dict[str, int]) -> dict[str, Any]:
    """Issue numbered slips to the own unit, for the day when the database is away."""
    made = issue_slips(deps(), current_principal(), body["count"], now())
    return vars(made) | {"pdf": url_for("slips.block_pdf", block=made.id)}


@blueprint.route("/slip-blocks")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, BlockPageSchema)
@guard(_COUNTER | staff("manager"))
def blocks(query: dict[str, Any]) -> dict[str, Any]:
    """The slips of the own unit, for managers also of those below, and what became of each."""
    page, cursor = unit_slips(deps(), current_principal(), query["limit"], query["cursor"])
    return {"items": page, "next_cursor": cursor}


@blueprint.route("/slip-blocks/<block>.pdf")
@blueprint.response(200, content_type="application/pdf")
@guard(_COUNTER)
def block_pdf(block: str) -> Response:
    """The slips of a block, to be printed and put in the drawer."""
    return pdf_download(slips_document(deps(), current_principal(), block, now()), block)


@blueprint.route("/slips/<number>/entry", methods=["POST"])
@blueprint.arguments(NewEntrySchema)
@blueprint.response(201, EntrySchema)
@guard(_COUNTER)
def enter(new: NewEntry, number: str) -> Entry:
    """Enter what stood on a slip, once."""
    return enter_slip(deps(), current_principal(), replace(new, number=number), now())


@blueprint.route("/slips/<number>/spoilt", methods=["POST"])
@blueprint.arguments(SpoiltSchema)
@blueprint.response(204)
@guard(_COUNTER)
def spoil(body: dict[str, str], number: str) -> None:
    """Note that a slip was spoilt or lost, and why."""
    spoil_slip(deps(), current_principal(), number, body["reason"], now())
