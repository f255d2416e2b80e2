"""Acts in an assisted session, and the second staff member's answer to them."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from wallet.counter.acts.at_once import end_delegation_for, freeze_for
from wallet.counter.acts.confirm import (
    Confirmation,
    confirm_act,
    confirmation,
    confirmations,
    decline_act,
)
from wallet.counter.acts.listed import ActView, served_delegations, session_act
from wallet.counter.acts.look import look_at
from wallet.counter.acts.paper import revoke_copy_for, served_copies
from wallet.counter.acts.prepare import prepare_delegation, prepare_unfreeze, withdraw_act
from wallet.counter.acts.schemas import (
    ActSchema,
    AssistanceReceiptSchema,
    ConfirmationAnswerSchema,
    ConfirmationPageSchema,
    ConfirmationSchema,
    FaceSchema,
    NewLookSchema,
)
from wallet.counter.receipt import Receipt, receipt, receipt_document
from wallet.counter.schemas import OwnCopyPageSchema, RevocationSchema
from wallet.licences.delegations.listed import DelegationPage
from wallet.licences.delegations.offer import NewDelegation
from wallet.licences.delegations.schemas import DelegationPageSchema, NewDelegationSchema
from wallet.licences.held_schemas import held_members
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint(
    "assisted_acts", __name__, description="帮办代办中的授权与停用 · Acts in an assisted session"
)
_COUNTER = staff("counter")
_CONFIRMING = staff("counter", fresh=True)


@blueprint.route("/assistances/<assistance_id>/freeze", methods=["POST"])
@blueprint.response(201, ActSchema)
@guard(_COUNTER)
def freeze(assistance_id: str) -> ActView:
    """Stop the codes of the served person, at once."""
    return _act(assistance_id, freeze_for(deps(), current_principal(), assistance_id, now()))


@blueprint.route("/assistances/<assistance_id>/unfreeze", methods=["POST"])
@blueprint.response(201, ActSchema)
@guard(_COUNTER)
def unfreeze(assistance_id: str) -> ActView:
    """Prepare that they may be shown again; a colleague confirms it."""
    return _act(assistance_id, prepare_unfreeze(deps(), current_principal(), assistance_id, now()))


@blueprint.route("/assistances/<assistance_id>/delegations")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, DelegationPageSchema)
@guard(_COUNTER)
def served(query: dict[str, Any], assistance_id: str) -> DelegationPage:
    """The delegations of the served person that count or may yet."""
    limit, cursor = query["limit"], query["cursor"]
    return served_delegations(deps(), current_principal(), assistance_id, now(), limit, cursor)


@blueprint.route("/assistances/<assistance_id>/delegations", methods=["POST"])
@blueprint.arguments(NewDelegationSchema)
@blueprint.response(201, ActSchema)
@guard(_COUNTER)
def delegate(new: NewDelegation, assistance_id: str) -> ActView:
    """Prepare a delegation of the served person; a colleague confirms it, then its delegate accepts it."""
    made = prepare_delegation(deps(), current_principal(), assistance_id, new, now())
    return _act(assistance_id, made)


@blueprint.route("/assistances/<assistance_id>/delegations/<delegation_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(_COUNTER)
def end(assistance_id: str, delegation_id: str) -> None:
    """End a delegation that the served person gave or received, at once."""
    end_delegation_for(deps(), current_principal(), assistance_id, delegation_id, now())


@blueprint.route("/assistances/<assistance_id>/copies")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, OwnCopyPageSchema)
@guard(_COUNTER)
def copies(query: dict[str, Any], assistance_id: str) -> dict[str, Any]:
    """The copies that were printed for the served person, wherever that was."""
    limit, cursor = query["limit"], query["cursor"]
    page, following = served_copies(
        deps(), current_principal(), assistance_id, limit, cursor, now()
    )
    return {"items": page, "next_cursor": following}


@blueprint.route("/assistances/<assistance_id>/copies/<serial>/revocation", methods=["POST"])
@blueprint.arguments(RevocationSchema)
@blueprint.response(204)
@guard(_COUNTER)
def revoke(body: dict[str, str], assistance_id: str, serial: str) -> None:
    """Revoke one of them, at once."""
    reason = body["reason"]
    revoke_copy_for(deps(), current_principal(), assistance_id, serial, reason, now())


@blueprint.route("/assistances/<assistance_id>/acts/<act_id>")
@blueprint.response(200, ActSchema)
@guard(_COUNTER)
def act(assistance_id: str, act_id: str) -> ActView:
    """What has become of an act."""
    return _act(assistance_id, act_id)


@blueprint.route("/assistances/<assistance_id>/acts/<act_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(_COUNTER)
def withdraw(assistance_id: str, act_id: str) -> None:
    """Take back an act that waits."""
    withdraw_act(deps(), current_principal(), assistance_id, act_id, now())


@blueprint.route("/assistances/<assistance_id>/receipt")
@blueprint.response(200, AssistanceReceiptSchema)
@guard(_COUNTER)
def read_receipt(assistance_id: str) -> Receipt:
    """What was done in it, as the receipt says it; also on the day on which it has ended."""
    return receipt(deps(), current_principal(), assistance_id, now())


@blueprint.route("/assistances/<assistance_id>/receipt.pdf")
@blueprint.response(200, content_type="application/pdf")
@guard(_COUNTER)
def receipt_pdf(assistance_id: str) -> Response:
    """The receipt to be printed; with `large` in large print."""
    large = "large" in request.args
    made = receipt_document(deps(), current_principal(), assistance_id, now(), large=large)
    return pdf_download(made, "帮办代办回执")


@blueprint.route("/confirmations")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, ConfirmationPageSchema)
@guard(_COUNTER)
def waiting(query: dict[str, Any]) -> dict[str, Any]:
    """What colleagues of the same unit ask this staff member to confirm."""
    page, next_cursor = confirmations(
        deps(), current_principal(), query["limit"], query["cursor"], now()
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/confirmations/<act_id>")
@blueprint.response(200, ConfirmationSchema)
@guard(_COUNTER)
def one(act_id: str) -> Confirmation:
    """One of them, also once it is settled."""
    return confirmation(deps(), current_principal(), act_id, now())


@blueprint.route("/confirmations/<act_id>", methods=["POST"])
@blueprint.arguments(ConfirmationAnswerSchema)
@blueprint.response(200, ConfirmationSchema)
@guard(_CONFIRMING)
def answer(answered: dict[str, str], act_id: str) -> Confirmation:
    """Confirm it, and so do it; or decline it."""
    if answered["answer"] == "confirm":
        confirm_act(deps(), current_principal(), act_id, answered["seen"], now())
    else:
        reason = answered["reason"]
        decline_act(deps(), current_principal(), act_id, answered["seen"], reason, now())
    return confirmation(deps(), current_principal(), act_id, now())


def _act(assistance_id: str, act_id: str) -> ActView:
    return session_act(deps(), current_principal(), assistance_id, act_id, now())


@blueprint.route("/assistances/<assistance_id>/looks", methods=["POST"])
@blueprint.arguments(NewLookSchema)
@blueprint.response(200, FaceSchema)
@guard(_COUNTER)
def look(body: dict[str, str], assistance_id: str) -> dict[str, Any]:
    """The face of a licence of the served person, who is told of it."""
    face = look_at(deps(), current_principal(), assistance_id, body["licence"], now())
    return held_members(face.licence) | {"fields_": face.fields}
