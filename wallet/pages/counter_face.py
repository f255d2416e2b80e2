"""照面: what a licence of the served person says, for whoever serves to read."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from flask_babel import gettext as _

from wallet.counter.acts.look import look_at
from wallet.counter.assist import assistance_view
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("counter_face_pages", __name__)
_COUNTER: Final = staff("counter")


@blueprint.post(f"{COUNTER}/<assistance_id>/face")
@guard(_COUNTER)
def look(assistance_id: str) -> str:
    """The face of the licence that the form names: each look is on record, so it is no address to come back to."""
    principal, at = current_principal(), now()
    face = look_at(deps(), principal, assistance_id, request.form.get("licence", ""), at)
    session = assistance_view(deps(), principal, assistance_id, at)
    return render_console(
        "counter",
        "home",
        "counter/face.html",
        session=session,
        licence=face.licence,
        fields=face.fields,
        crumbs=[(_("帮办代办"), COUNTER), (session.holder, f"{COUNTER}/{session.id}")],
    )
