"""Show a licence: codes, their state, withdrawal, the freeze, and the history of uses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wallet.showing.filters import WantedUses
from wallet.showing.follow import ShowingState, showing_state
from wallet.showing.freeze import freeze, unfreeze
from wallet.showing.history import UsePage
from wallet.showing.schemas import (
    FreezeSchema,
    LiveCodeSchema,
    NewShowingSchema,
    ShowingStateSchema,
    UsePageSchema,
    UsesQuerySchema,
)
from wallet.showing.show import LiveCode, next_code, open_showing
from wallet.showing.uses import uses
from wallet.showing.withdraw import withdraw
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("showing", __name__, description="亮证亮码 · Showing licences as codes")


@blueprint.route("/me/codes", methods=["POST"])
@blueprint.arguments(NewShowingSchema)
@blueprint.response(201, LiveCodeSchema)
@guard(holder(rate="holder"))
def open_code(new: dict[str, Any]) -> LiveCode:
    """Open a showing and get its first code."""
    return open_showing(deps(), current_principal(), new["licences"], now(), new["item"])


@blueprint.route("/me/codes/<showing_id>/next", methods=["POST"])
@blueprint.response(201, LiveCodeSchema)
@guard(holder(rate="holder"))
def refresh_code(showing_id: str) -> LiveCode:
    """The next code of a showing: the same identity, new times."""
    return next_code(deps(), current_principal(), showing_id, now())


@blueprint.route("/me/codes/<showing_id>")
@blueprint.response(200, ShowingStateSchema)
@guard(holder(rate="holder"))
def code_state(showing_id: str) -> ShowingState:
    """What has become of a showing."""
    return showing_state(deps(), current_principal(), showing_id, now())


@blueprint.route("/me/codes/<showing_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(holder(rate="holder"))
def withdraw_code(showing_id: str) -> None:
    """Withdraw a showing: whatever of it was drawn is void."""
    withdraw(deps(), current_principal(), showing_id, now())


@blueprint.route("/me/freeze")
@blueprint.response(200, FreezeSchema)
@guard(holder())
def my_freeze() -> dict[str, datetime | None]:
    """Since when the account is frozen, if it is."""
    return {"frozen_at": current_principal().frozen_at}


@blueprint.route("/me/freeze", methods=["POST"])
@blueprint.response(204)
@guard(holder(rate="holder"))
def freeze_account() -> None:
    """Freeze the account: all its showings are void at once."""
    freeze(deps(), current_principal(), now())


@blueprint.route("/me/unfreeze", methods=["POST"])
@blueprint.response(204)
@guard(holder(rate="holder", fresh=True))
def unfreeze_account() -> None:
    """Let the account show again; asks for a step-up."""
    unfreeze(deps(), current_principal(), now())


@blueprint.route("/me/uses")
@blueprint.arguments(UsesQuerySchema, location="query")
@blueprint.response(200, UsePageSchema)
@guard(holder())
def my_uses(query: dict[str, Any]) -> UsePage:
    """Every use of the own licences, and of others' that this account showed: who, when, for what."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    return uses(deps(), current_principal(), now(), limit, cursor, WantedUses(**query))
