"""A code goes to a desk's number without a script: its digits, then the desk's name, then it is sent."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request

from wallet.errors import Conflict, NotFound, TooMany
from wallet.numbers import DESK_NUMBER_DIGITS
from wallet.relying.desk_numbers.send import NumberedDesk, look_number_up, send_to_desk
from wallet.showing.show import own_showing
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("holder_number_pages", __name__)

_OTHER: Final = re.compile(r"\D")


@blueprint.get("/wallet/code/<showing_id>/desk")
@guard(holder(rate="holder"))
def enter(showing_id: str) -> Response:
    """The field for the digits."""
    own_showing(deps(), current_principal(), showing_id)
    return _page(showing_id)


@blueprint.post("/wallet/code/<showing_id>/desk")
@guard(holder(rate="holder"))
def send(showing_id: str) -> Response:
    """Say whose number it is; once that is confirmed, send the code there and go back to its page."""
    principal = current_principal()
    own_showing(deps(), principal, showing_id)
    number = _digits(request.form.get("number", ""))
    if len(number) != DESK_NUMBER_DIGITS:
        return _page(showing_id, number, wrong="digits")
    try:
        if "confirm" not in request.form:
            desk = look_number_up(deps(), principal, number, now())
            return _page(showing_id, number, desk=desk)
        send_to_desk(deps(), principal, showing_id, number, now())
    except NotFound as unknown:
        return _page(showing_id, number, wrong=unknown.slug)
    except TooMany:
        return _page(showing_id, number, wrong="too_many")
    except Conflict:
        pass  # it has been used or has ended: that is what its page says
    return make_response(redirect(f"/wallet/code/{showing_id}", 303))


def _digits(typed: str) -> str:
    """The digits, whatever stands between them; full-width ones too."""
    return _OTHER.sub("", unicodedata.normalize("NFKC", typed))[: 2 * DESK_NUMBER_DIGITS]


def _page(
    showing_id: str, number: str = "", *, desk: NumberedDesk | None = None, wrong: str = ""
) -> Response:
    page = render_template(
        "holder/code_number.html",
        showing_id=showing_id,
        number=number,
        desk=desk,
        wrong=wrong,
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )
    return make_response(page, 422 if wrong else 200)
