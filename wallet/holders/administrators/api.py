"""Administrators of organisations: asked, answered, removed, and listed."""

from __future__ import annotations

from typing import Any

from wallet.holders.administrators.change import NewAdministrator, answer, offer, remove
from wallet.holders.administrators.listed import administrators
from wallet.holders.administrators.schemas import (
    AdministratorAnswerSchema,
    AdministratorPageSchema,
    NewAdministratorSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = ApiBlueprint(
    "administrators", __name__, description="证照管理员 · Administrators of organisations"
)


@blueprint.route("/me/administrators")
@blueprint.response(200, AdministratorPageSchema)
@guard(holder(rate="holder"))
def my_administrators() -> dict[str, Any]:
    """Those of the organisations that this account acts for, and what it is asked to become."""
    return {"items": administrators(deps(), current_principal(), now()), "next_cursor": None}


@blueprint.route("/me/administrators", methods=["POST"])
@blueprint.arguments(NewAdministratorSchema)
@blueprint.response(201, AdministratorPageSchema)
@guard(holder(rate="holder", fresh=True))
def offer_administrator(new: NewAdministrator) -> dict[str, Any]:
    """Ask somebody to act for an organisation, once they accept; asks for a step-up."""
    offer(deps(), current_principal(), new, now())
    return {"items": administrators(deps(), current_principal(), now()), "next_cursor": None}


@blueprint.route("/me/administrators/<administrator_id>/answer", methods=["POST"])
@blueprint.arguments(AdministratorAnswerSchema)
@blueprint.response(204)
@guard(holder(rate="holder"))
def answer_administrator(answered: dict[str, bool], administrator_id: str) -> None:
    """Accept or decline to act for an organisation."""
    answer(deps(), current_principal(), administrator_id, now(), accept=answered["accept"])


@blueprint.route("/me/administrators/<administrator_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(holder(rate="holder", fresh=True))
def remove_administrator(administrator_id: str) -> None:
    """Remove one at once, never the last, or take an offer back; asks for a step-up."""
    remove(deps(), current_principal(), administrator_id, now())
