"""Applications of relying units, social relying parties and platforms, and what managing units do with them."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from wallet.relying.onboarding.apply import (
    rewrite_application,
    submit_application,
    withdraw_application,
    write_application,
)
from wallet.relying.onboarding.decide import (
    answer_filing,
    approve_application,
    file_scenario,
    review_application,
)
from wallet.relying.onboarding.listed import ApplicationView, application_view, applications_page
from wallet.relying.onboarding.proofs import MEDIA_TYPES, add_proof, proof_file, remove_proof
from wallet.relying.onboarding.rights import approval_rights, end_right, open_right
from wallet.relying.onboarding.schemas import (
    ApplicationContentSchema,
    ApplicationPageSchema,
    ApplicationQuerySchema,
    ApplicationReviewSchema,
    ApplicationSchema,
    ApprovalSchema,
    FilingAnswerSchema,
    NewApplicationSchema,
    NewFilingSchema,
    NewProofSchema,
    NewRightSchema,
    ProofQuerySchema,
    RightPageSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.downloads import download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint(
    "onboarding", __name__, description="用证申请 · Applications to use licences"
)
_PARTY = staff("responsible")
_DECIDING = staff("manager", fresh=True)
_FILE = {"schema": {"type": "string", "format": "binary"}}
_READERS = _PARTY | staff("manager")


@blueprint.route("/applications")
@blueprint.arguments(ApplicationQuerySchema, location="query")
@blueprint.response(200, ApplicationPageSchema)
@guard(_READERS)
def applications(query: dict[str, Any]) -> dict[str, Any]:
    """Applications of the own unit and, for managers, of the units below."""
    page, next_cursor = applications_page(
        deps(), current_principal(), query["state"], query["limit"], query["cursor"], now()
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/applications", methods=["POST"])
@blueprint.arguments(NewApplicationSchema)
@blueprint.response(201, ApplicationSchema)
@guard(_PARTY)
def new_application(body: dict[str, Any]) -> ApplicationView:
    """Begin an application of the own unit."""
    made = write_application(deps(), current_principal(), body["item"], body["content"], now())
    return _one(made)


@blueprint.route("/applications/<application_id>")
@blueprint.response(200, ApplicationSchema)
@guard(_READERS)
def application(application_id: str) -> ApplicationView:
    """One application with its content, proofs, steps and filing."""
    return _one(application_id)


@blueprint.route("/applications/<application_id>", methods=["PUT"])
@blueprint.arguments(ApplicationContentSchema)
@blueprint.response(200, ApplicationSchema)
@guard(_PARTY)
def change_application(body: dict[str, Any], application_id: str) -> ApplicationView:
    """Replace its content, before it is handed in or after it was returned."""
    rewrite_application(deps(), current_principal(), application_id, body["content"], now())
    return _one(application_id)


@blueprint.route("/applications/<application_id>/submission", methods=["POST"])
@blueprint.response(200, ApplicationSchema)
@guard(_PARTY)
def submit(application_id: str) -> ApplicationView:
    """Hand it in."""
    submit_application(deps(), current_principal(), application_id, now())
    return _one(application_id)


@blueprint.route("/applications/<application_id>/withdrawal", methods=["POST"])
@blueprint.response(200, ApplicationSchema)
@guard(_PARTY)
def withdraw(application_id: str) -> ApplicationView:
    """Take it back."""
    withdraw_application(deps(), current_principal(), application_id, now())
    return _one(application_id)


@blueprint.route("/applications/<application_id>/proofs", methods=["POST"])
@blueprint.arguments(ProofQuerySchema, location="query")
@blueprint.response(201, NewProofSchema)
@blueprint.doc(requestBody={"required": True, "content": dict.fromkeys(MEDIA_TYPES, _FILE)})
@guard(_PARTY)
def new_proof(query: dict[str, str], application_id: str) -> dict[str, str]:
    """Add a PDF, JPEG or PNG, which is the body of the request."""
    who = current_principal()
    return {"id": add_proof(deps(), who, application_id, query["name"], request.get_data(), now())}


@blueprint.route("/applications/<application_id>/proofs/<proof_id>")
@blueprint.response(200, content_type="application/octet-stream")
@guard(_READERS)
def proof(application_id: str, proof_id: str) -> Response:
    """A file of an application; that it was read goes on record."""
    found = proof_file(deps(), current_principal(), application_id, proof_id, now())
    return download([found.file], "proof", found.name, found.media_type)


@blueprint.route("/applications/<application_id>/proofs/<proof_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(_PARTY)
def delete_proof(application_id: str, proof_id: str) -> None:
    """Delete a file, before the application is handed in or after it was returned."""
    remove_proof(deps(), current_principal(), application_id, proof_id, now())


@blueprint.route("/applications/<application_id>/review", methods=["POST"])
@blueprint.arguments(ApplicationReviewSchema)
@blueprint.response(200, ApplicationSchema)
@guard(_DECIDING)
def review(body: dict[str, Any], application_id: str) -> ApplicationView:
    """Pass it on, return it or reject it; asks for a step-up."""
    review_application(deps(), current_principal(), application_id, now=now(), **body)
    return _one(application_id)


@blueprint.route("/applications/<application_id>/approval", methods=["POST"])
@blueprint.arguments(ApprovalSchema)
@blueprint.response(200, ApplicationSchema)
@guard(_DECIDING)
def approve(body: dict[str, Any], application_id: str) -> ApplicationView:
    """Approve, return or reject what another has reviewed; asks for a step-up."""
    approve_application(deps(), current_principal(), application_id, now=now(), **body)
    return _one(application_id)


@blueprint.route("/applications/<application_id>/filing", methods=["POST"])
@blueprint.arguments(NewFilingSchema)
@blueprint.response(200, ApplicationSchema)
@guard(_DECIDING)
def file(body: dict[str, Any], application_id: str) -> ApplicationView:
    """File an approved social scenario, from which moment on it is granted; asks for a step-up."""
    file_scenario(deps(), current_principal(), application_id, now=now(), **body)
    return _one(application_id)


@blueprint.route("/applications/<application_id>/filing/answer", methods=["POST"])
@blueprint.arguments(FilingAnswerSchema)
@blueprint.response(200, ApplicationSchema)
@guard(_DECIDING)
def answer(body: dict[str, str], application_id: str) -> ApplicationView:
    """Note a filing, or object, which suspends what was granted by it; asks for a step-up."""
    answer_filing(
        deps(), current_principal(), application_id, body["answer"], body["reason"], now()
    )
    return _one(application_id)


@blueprint.route("/approval-rights")
@blueprint.response(200, RightPageSchema)
@guard(staff("manager"))
def rights() -> dict[str, Any]:
    """Which managing units below decide on social scenarios."""
    return {"items": approval_rights(deps(), current_principal(), now()), "next_cursor": None}


@blueprint.route("/approval-rights/<unit>", methods=["PUT"])
@blueprint.arguments(NewRightSchema)
@blueprint.response(204)
@guard(_DECIDING)
def new_right(body: dict[str, Any], unit: str) -> None:
    """Let a managing unit below decide on them from today on; asks for a step-up."""
    open_right(deps(), current_principal(), unit, body["ends_on"], now())


@blueprint.route("/approval-rights/<unit>", methods=["DELETE"])
@blueprint.response(204)
@guard(_DECIDING)
def delete_right(unit: str) -> None:
    """End that; asks for a step-up."""
    end_right(deps(), current_principal(), unit, now())


def _one(application_id: str) -> ApplicationView:
    return application_view(deps(), current_principal(), application_id, now())
