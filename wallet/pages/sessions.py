"""Where an account is signed in, and signing out: here, at one other place, everywhere."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request

from wallet.pages.console import shanghai
from wallet.web.cookies import CSRF_COOKIE, clear_session_cookies
from wallet.web.deps import deps, now
from wallet.web.devices import device_name
from wallet.web.guards import guard, person, signed_in
from wallet.web.oidc.exchange import logout_address
from wallet.web.oidc.ways import provider_for
from wallet.web.principal import current_principal
from wallet.web.session_list import end_other_sessions, end_own_session, own_sessions
from wallet.web.sessions import end_session

blueprint = Blueprint("session_pages", __name__)


@blueprint.get("/account/sessions")
@guard(person())
def my_sessions() -> str:
    """The list."""
    principal = current_principal()
    found = own_sessions(deps(), principal, now())
    return render_template(
        "account/sessions.html",
        sessions=[
            {
                "id": one.id,
                "device": device_name(one.device),
                "on_phone": one.device.endswith(("android", "iphone", "harmonyos")),
                "started": shanghai(one.started_at),
                "seen": shanghai(one.seen_at),
                "is_this": one.is_this,
            }
            for one in found.items
        ],
        more=found.more,
        ended=request.args.get("ended", type=int),
        is_holder=principal.kind == "holder",
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )


@blueprint.post("/account/sessions/end")
@guard(person())
def end_sessions() -> Response:
    """Sign out at the place that `session` names, else everywhere but here, or `everywhere`."""
    principal = current_principal()
    session = request.form.get("session")
    if session == str(principal.session):
        return _leave()
    if session is not None:
        end_own_session(deps(), principal, session, now())
        return make_response(redirect("/account/sessions?ended=1", 303))
    ended = end_other_sessions(deps(), principal, now())
    if request.form.get("everywhere"):
        return _leave()
    return make_response(redirect(f"/account/sessions?ended={ended}", 303))


@blueprint.post("/sign-out")
@guard(signed_in(while_locked=True))
def sign_out() -> Response:
    """End this session, and where there was a provider, sign out at the provider as well."""
    return _leave()


def _leave() -> Response:
    return leave(end_session(deps(), current_principal(), now()))


def leave(id_token: str) -> Response:
    """The way out for whose session has ended; `id_token` is that of its provider, empty without."""
    principal = current_principal()
    provider = provider_for(principal)
    elsewhere = ""
    if provider is not None and id_token:
        elsewhere = logout_address(provider, id_token, f"{deps().config.public_url}/")
    if elsewhere:
        # The content policy lets no form lead to another host, so a page does.
        response = make_response(render_template("account/signed_out.html", elsewhere=elsewhere))
    else:
        response = make_response(redirect("/"))
    clear_session_cookies(response)
    return response
