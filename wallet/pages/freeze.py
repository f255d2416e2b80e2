"""The holder's page for a lost phone: stop all showing, and let it go on again."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from wallet.base.clock import SHANGHAI
from wallet.showing.freeze import freeze, unfreeze
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("freeze_pages", __name__)


@blueprint.get("/wallet/freeze")
@guard(holder())
def lost_phone() -> str:
    """What freezing does, and the one button that the account needs now."""
    since = current_principal().frozen_at
    return render_template(
        "holder/freeze.html",
        since=f"{since.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if since else None,
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )


@blueprint.post("/wallet/freeze")
@guard(holder(rate="holder"))
def stop_showing() -> Response:
    """Freeze the account, at once and without another question."""
    freeze(deps(), current_principal(), now())
    return make_response(redirect(url_for(".lost_phone"), 303))


@blueprint.post("/wallet/freeze/end")
@guard(holder(rate="holder", fresh=True))
def show_again() -> Response:
    """Let the account show again, once whoever asks has proved who they are."""
    unfreeze(deps(), current_principal(), now())
    return make_response(redirect(url_for(".lost_phone"), 303))
