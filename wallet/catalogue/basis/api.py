"""Basis documents: what they are is everybody's to know, managing units keep them."""

from __future__ import annotations

from typing import Any, Final

from wallet.base.clock import local_day
from wallet.catalogue.basis.keep import NewDocument, add_document, change_document
from wallet.catalogue.basis.listed import BasisView, document, documents
from wallet.catalogue.basis.schemas import (
    DocumentChangeSchema,
    DocumentPageSchema,
    DocumentSchema,
    NewDocumentSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import client, guard, public, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("basis", __name__, description="依据文件 · Basis documents")
_KEEPING: Final = staff("manager", fresh=True) | client("managing")


@blueprint.route("/basis-documents")
@blueprint.response(200, DocumentPageSchema)
@guard(public(identify=False))
def all_documents() -> dict[str, Any]:
    """The documents that rules rest on, whether each is in force, and what cites it."""
    return {"items": documents(deps(), None, local_day(now())), "next_cursor": None}


@blueprint.route("/basis-documents", methods=["POST"])
@blueprint.arguments(NewDocumentSchema)
@blueprint.response(201, DocumentSchema)
@guard(_KEEPING)
def new_document(new: NewDocument) -> BasisView:
    """Register a document; asks people for a step-up."""
    add_document(deps(), current_principal(), new, now())
    return document(deps(), current_principal(), new.code, local_day(now()))


@blueprint.route("/basis-documents/<code>", methods=["PATCH"])
@blueprint.arguments(DocumentChangeSchema)
@blueprint.response(200, DocumentSchema)
@guard(_KEEPING)
def alter_document(change: dict[str, Any], code: str) -> BasisView:
    """Change its days or its name, or say which one takes its place; asks people for a step-up."""
    change_document(deps(), current_principal(), code, change, now())
    return document(deps(), current_principal(), code, local_day(now()))
