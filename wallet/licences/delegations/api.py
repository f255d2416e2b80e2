"""Delegations: offered, answered, ended, and listed for both sides."""

from __future__ import annotations

from typing import Any

from wallet.licences.delegations.answer import answer, end
from wallet.licences.delegations.listed import (
    DelegationPage,
    DelegationView,
    delegation,
    delegations,
)
from wallet.licences.delegations.offer import NewDelegation, offer
from wallet.licences.delegations.schemas import (
    AnswerSchema,
    DelegationPageSchema,
    DelegationQuerySchema,
    DelegationSchema,
    NewDelegationSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("delegations", __name__, description="授权代办 · Delegations")


@blueprint.route("/me/delegations")
@blueprint.arguments(DelegationQuerySchema, location="query")
@blueprint.response(200, DelegationPageSchema)
@guard(holder(rate="holder"))
def my_delegations(query: dict[str, Any]) -> DelegationPage:
    """Those that this account gave, also for an organisation, and those that it received."""
    limit, cursor, side = query["limit"], query["cursor"], query["side"]
    return delegations(deps(), current_principal(), now(), limit, cursor, side)


@blueprint.route("/me/delegations", methods=["POST"])
@blueprint.arguments(NewDelegationSchema)
@blueprint.response(201, DelegationSchema)
@guard(holder(rate="holder", fresh=True))
def offer_delegation(new: NewDelegation) -> DelegationView:
    """Let somebody show own licences, once they have accepted; nobody is told whether they are known."""
    offered = offer(deps(), current_principal(), new, now())
    return delegation(deps(), current_principal(), offered, now())


@blueprint.route("/me/delegations/<delegation_id>")
@blueprint.response(200, DelegationSchema)
@guard(holder())
def my_delegation(delegation_id: str) -> DelegationView:
    """One of them."""
    return delegation(deps(), current_principal(), delegation_id, now())


@blueprint.route("/me/delegations/<delegation_id>/answer", methods=["POST"])
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, DelegationSchema)
@guard(holder())
def answer_delegation(answered: dict[str, bool], delegation_id: str) -> DelegationView:
    """Accept or decline what was offered to this account."""
    answer(deps(), current_principal(), delegation_id, now(), accept=answered["accept"])
    return delegation(deps(), current_principal(), delegation_id, now())


@blueprint.route("/me/delegations/<delegation_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(holder())
def end_delegation(delegation_id: str) -> None:
    """End it, from either side, at once."""
    end(deps(), current_principal(), delegation_id, now())
