"""The copies on paper of whoever is served at a counter, and their revocation."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from wallet.counter.acts.paper import revoke_copy_for, served_copies
from wallet.counter.assist import assistance_view
from wallet.counter.serial import grouped
from wallet.numbers import PAGE_LIMIT
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("counter_copy_pages", __name__)
_COUNTER = staff("counter")


@blueprint.get(f"{COUNTER}/<assistance_id>/copies")
@guard(_COUNTER)
def copies(assistance_id: str) -> str:
    """A page of them, the latest first."""
    principal, cursor = current_principal(), request.args.get("cursor")
    session = assistance_view(deps(), principal, assistance_id, now())
    page, following = served_copies(deps(), principal, session.id, PAGE_LIMIT, cursor, now())
    here = f"{COUNTER}/{session.id}/copies"
    return render_console(
        "counter",
        "home",
        "counter/copies.html",
        session=session,
        copies=[(copy, grouped(copy.serial)) for copy in page],
        first=here if cursor else None,
        next=f"{here}?cursor={following}" if following else None,
        done="revoked" in request.args,
        crumbs=[(_("帮办代办"), COUNTER), (session.holder, f"{COUNTER}/{session.id}")],
    )


@blueprint.post(f"{COUNTER}/<assistance_id>/copies/<serial>/revocation")
@guard(_COUNTER)
def revoke(assistance_id: str, serial: str) -> Response:
    """Revoke one, at once and for good."""
    reason = _("本人在窗口要求撤回")
    revoke_copy_for(deps(), current_principal(), assistance_id, serial, reason, now())
    return redirect(f"{COUNTER}/{assistance_id}/copies?revoked=1", 303)
