"""Desk numbers: drawn and served by desks, typed by holders."""

from __future__ import annotations

from typing import Any

from wallet.relying.desk_numbers.draw import DrawnNumber, draw_number, end_number, take_code
from wallet.relying.desk_numbers.schemas import (
    DrawnNumberSchema,
    NumberedDeskSchema,
    NumberForSchema,
    NumberSchema,
    TakenCodeSchema,
)
from wallet.relying.desk_numbers.send import NumberedDesk, look_number_up, send_to_desk
from wallet.relying.desks import desk_of
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import client, guard, holder, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("desk_numbers", __name__, description="窗口号 · Desk numbers")
_DESK = staff("desk", rate="desk") | client("relying", rate="desk")


@blueprint.route("/desk-numbers", methods=["POST"])
@blueprint.arguments(NumberForSchema)
@blueprint.response(201, DrawnNumberSchema)
@guard(_DESK)
def draw(body: dict[str, Any]) -> DrawnNumber:
    """Draw a number for this desk, in the place of the one it had."""
    return draw_number(deps(), desk_of(current_principal(), body.get("terminal")), now())


@blueprint.route("/desk-numbers/next", methods=["POST"])
@blueprint.arguments(NumberForSchema)
@blueprint.response(200, TakenCodeSchema)
@guard(_DESK)
def take_next(body: dict[str, Any]) -> dict[str, str | None]:
    """Take the next code that a holder has sent to this desk; then verify it as if it were scanned."""
    return {"text": take_code(deps(), desk_of(current_principal(), body.get("terminal")), now())}


@blueprint.route("/desk-numbers/<number>", methods=["DELETE"])
@blueprint.response(204)
@guard(_DESK)
def end(number: str) -> None:
    """Give this desk's number back before its time."""
    end_number(deps(), current_principal(), number)


@blueprint.route("/desk-numbers/<number>")
@blueprint.response(200, NumberedDeskSchema)
@guard(holder(rate="holder"))
def look_up(number: str) -> NumberedDesk:
    """Whose number it is, for the holder to confirm."""
    return look_number_up(deps(), current_principal(), number, now())


@blueprint.route("/me/codes/<showing_id>/desk", methods=["POST"])
@blueprint.arguments(NumberSchema)
@blueprint.response(204)
@guard(holder(rate="holder"))
def send(body: dict[str, Any], showing_id: str) -> None:
    """Send a showing to the desk with that number, and to no other."""
    send_to_desk(deps(), current_principal(), showing_id, body["number"], now())
