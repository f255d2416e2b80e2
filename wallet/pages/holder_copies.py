"""The copies on paper of what an account may show: where each is for, how often it was used, and its revocation."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from wallet.counter.copies import own_copies, revoke_copy
from wallet.counter.serial import grouped
from wallet.numbers import PAGE_LIMIT
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("holder_copy_pages", __name__)
COPIES = "/wallet/copies"


@blueprint.get(COPIES)
@guard(holder())
def copies() -> str:
    """A page of them, the latest first."""
    cursor = request.args.get("cursor")
    page, following = own_copies(deps(), current_principal(), PAGE_LIMIT, cursor, now())
    return render_template(
        "holder/copies.html",
        copies=[(copy, grouped(copy.serial)) for copy in page],
        next=f"{COPIES}?cursor={following}" if following else None,
        done=_("已撤回，任何窗口都不再接受。") if "revoked" in request.args else "",
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )


@blueprint.post(f"{COPIES}/<serial>/revocation")
@guard(holder(rate="holder"))
def revoke(serial: str) -> AnyResponse:
    """Revoke one, at once and for good."""
    revoke_copy(deps(), current_principal(), serial, _("持证人或代办人在手机上撤回"), now())
    return make_response(redirect(f"{COPIES}?revoked=1", 303))
