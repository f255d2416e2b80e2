"""Assisted sessions, annotated copies, and their revocation."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, request, url_for

from wallet.counter.assist import (
    NewAssistance,
    assistance_view,
    begin_assistance,
    end_assistance,
)
from wallet.counter.copies import own_copies, revoke_copy
from wallet.counter.document import copy_document
from wallet.counter.print_copy import NewCopies, print_copies
from wallet.counter.schemas import (
    AssistanceSchema,
    CopyQuerySchema,
    CopySchema,
    MatterQuerySchema,
    NewAssistanceSchema,
    NewCopySchema,
    OwnCopyPageSchema,
    RevocationSchema,
    assistance_members,
)
from wallet.licences.schemas import IdempotencyHeaderSchema
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, holder, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint(
    "counter", __name__, description="帮办代办与加注件 · Assisted service and copies"
)
_COUNTER = staff("counter")


@blueprint.route("/assistances", methods=["POST"])
@blueprint.arguments(NewAssistanceSchema)
@blueprint.response(201, AssistanceSchema)
@guard(_COUNTER)
def new_assistance(new: NewAssistance) -> dict[str, Any]:
    """Begin to serve a holder who is at the counter; it ends by itself."""
    return assistance_members(begin_assistance(deps(), current_principal(), new, now()))


@blueprint.route("/assistances/<assistance_id>")
@blueprint.arguments(MatterQuerySchema, location="query")
@blueprint.response(200, AssistanceSchema)
@guard(_COUNTER)
def assistance(query: dict[str, str | None], assistance_id: str) -> dict[str, Any]:
    """An open session of one's own; with `item` only the licences that this matter can use."""
    view = assistance_view(deps(), current_principal(), assistance_id, now(), query["item"])
    return assistance_members(view)


@blueprint.route("/assistances/<assistance_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(_COUNTER)
def delete_assistance(assistance_id: str) -> None:
    """End it."""
    end_assistance(deps(), current_principal(), assistance_id, now())


@blueprint.route("/assistances/<assistance_id>/copies", methods=["POST"])
@blueprint.arguments(IdempotencyHeaderSchema, location="headers")
@blueprint.arguments(NewCopySchema)
@blueprint.response(201, CopySchema)
@guard(_COUNTER)
def new_copy(headers: dict[str, str], new: NewCopies, assistance_id: str) -> dict[str, Any]:
    """Print an annotated copy of a licence, or one of each of several; the same key and body are the same copies."""
    body_hash = hashlib.sha256(request.get_data()).digest()
    printed = print_copies(
        deps(), current_principal(), assistance_id, new, headers["key"], body_hash, now()
    )
    copies = [vars(one) | {"pdf": _pdf(one.serial)} for one in printed]
    together = 1 if len(copies) > 1 else None
    return copies[0] | {"pdf": _pdf(printed[0].serial, together), "copies": copies}


@blueprint.route("/copies/<serial>.pdf")
@blueprint.arguments(CopyQuerySchema, location="query")
@blueprint.response(200, content_type="application/pdf")
@guard(_COUNTER)
def copy_pdf(query: dict[str, bool], serial: str) -> Response:
    """The sealed document of a copy that is good."""
    document = copy_document(deps(), current_principal(), serial, now(), together=query["together"])
    return pdf_download(document, serial)


@blueprint.route("/copies/<serial>/revocation", methods=["POST"])
@blueprint.arguments(RevocationSchema)
@blueprint.response(204)
@guard(_COUNTER | holder())
def revoke(body: dict[str, str], serial: str) -> None:
    """Revoke a copy: no desk accepts it any more."""
    revoke_copy(deps(), current_principal(), serial, body["reason"], now())


@blueprint.route("/me/copies")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, OwnCopyPageSchema)
@guard(holder())
def my_copies(query: dict[str, Any]) -> dict[str, Any]:
    """The copies of the licences that the account holds or may show."""
    page, next_cursor = own_copies(
        deps(), current_principal(), query["limit"], query["cursor"], now()
    )
    return {"items": page, "next_cursor": next_cursor}


def _pdf(serial: str, together: int | None = None) -> str:
    return url_for("counter.copy_pdf", serial=serial, together=together)
