"""Hand-overs: licences of whoever is served, to a desk by its number."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import request

from wallet.licences.schemas import IdempotencyHeaderSchema
from wallet.relying.desk_numbers.schemas import NumberedDeskSchema
from wallet.relying.desk_numbers.send import NumberedDesk
from wallet.relying.hand_overs.hand_over import (
    HandOverView,
    NewHandOver,
    answer_for,
    desk_in_house,
    hand_over,
    hand_over_view,
    take_back_hand_over,
)
from wallet.relying.hand_overs.schemas import HandOverSchema, NewHandOverSchema
from wallet.relying.schemas import ConsentSchema
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("hand_overs", __name__, description="帮办转交 · Handing over at a counter")
_COUNTER = staff("counter")
_ONE = "/assistances/<assistance_id>/hand-overs/<hand_over_id>"


@blueprint.route("/assistances/<assistance_id>/desks/<number>")
@blueprint.response(200, NumberedDeskSchema)
@guard(_COUNTER)
def desk(assistance_id: str, number: str) -> NumberedDesk:
    """Whose number it is, of a desk in the house."""
    return desk_in_house(deps(), current_principal(), assistance_id, number, now())


@blueprint.route("/assistances/<assistance_id>/hand-overs", methods=["POST"])
@blueprint.arguments(IdempotencyHeaderSchema, location="headers")
@blueprint.arguments(NewHandOverSchema)
@blueprint.response(201, HandOverSchema)
@guard(_COUNTER)
def new_hand_over(headers: dict[str, str], new: NewHandOver, assistance_id: str) -> HandOverView:
    """Hand licences to that desk, and to no other; the same key and body are the same hand-over."""
    body_hash = hashlib.sha256(request.get_data()).digest()
    return hand_over(
        deps(), current_principal(), assistance_id, new, headers["key"], body_hash, now()
    )


@blueprint.route(_ONE)
@blueprint.response(200, HandOverSchema)
@guard(_COUNTER)
def one(assistance_id: str, hand_over_id: str) -> HandOverView:
    """What has become of it, and what the desk asks."""
    return hand_over_view(deps(), current_principal(), assistance_id, hand_over_id, now())


@blueprint.route(f"{_ONE}/consent", methods=["POST"])
@blueprint.arguments(ConsentSchema)
@blueprint.response(204)
@guard(_COUNTER)
def consent(body: dict[str, Any], assistance_id: str, hand_over_id: str) -> None:
    """Answer what the desk asks, as the served person has said."""
    principal, allow = current_principal(), body["allow"]
    answer_for(deps(), principal, assistance_id, hand_over_id, now(), allow=allow)


@blueprint.route(_ONE, methods=["DELETE"])
@blueprint.response(204)
@guard(_COUNTER)
def take_back(assistance_id: str, hand_over_id: str) -> None:
    """Take it back, as long as no desk has used it."""
    take_back_hand_over(deps(), current_principal(), assistance_id, hand_over_id, now())
