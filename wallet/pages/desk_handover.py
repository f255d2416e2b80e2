"""The desk is handed to the next clerk: first what was done and what is open, then the way out."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template, request

from verify.languages import chosen_language
from wallet.base.clock import SHANGHAI
from wallet.pages.sessions import leave
from wallet.relying.shifts.hand_over import hand_over
from wallet.relying.shifts.shift import read_shift
from wallet.web.cookies import CSRF_COOKIE, set_desk_cookie
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("desk_handover_pages", __name__)

_UNSENT_DIGITS: Final = 6


@blueprint.get("/desk/handover")
@guard(staff("desk"))
def look() -> str:
    """The day's counts at this desk, and what is open; the page adds what its computer has not told."""
    principal = current_principal()
    with deps().db.read() as tx:
        shift = read_shift(tx, principal, now())
    english = chosen_language() == "en"
    return render_template(
        "desk/handover.html",
        desk=[principal.unit_name, principal.terminal],
        name=principal.name,
        account=principal.account,
        shift=shift,
        questions=[
            (f"{one.at.astimezone(SHANGHAI):%H:%M:%S}", one.item_en if english else one.item)
            for one in shift.questions
        ],
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )


@blueprint.post("/desk/handover")
@guard(staff("desk"))
def hand_on() -> Response:
    """Hand it over, and sign out; this computer keeps which desk it is."""
    told = request.form.get("unsent", "")
    unsent = int(told) if told.isdecimal() and len(told) <= _UNSENT_DIGITS else 0
    handed = hand_over(deps(), current_principal(), unsent, now())
    response = leave(handed.id_token)
    set_desk_cookie(response, handed.place)
    return response
