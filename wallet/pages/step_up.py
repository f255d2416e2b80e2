"""Before what is sensitive: whoever is signed in proves again who they are, and goes on."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request

from wallet import numbers
from wallet.errors import StepUpRequired
from wallet.holders.names import masked_name
from wallet.pages.sign_in import to_provider
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import now
from wallet.web.guards import guard, person
from wallet.web.oidc.ways import provider_for, who_is
from wallet.web.principal import current_principal, require_fresh
from wallet.web.problems import STEP_UP
from wallet.web.way_back import onward

blueprint = Blueprint("step_up_pages", __name__)


@blueprint.get(STEP_UP)
@guard(person(while_locked=True))
def step_up() -> str | Response:
    """Say what is asked for and how; who has just signed in goes on at once."""
    principal = current_principal()
    try:
        require_fresh(principal, now())
    except StepUpRequired:
        return render_template(
            "account/step_up.html",
            name=masked_name(principal.name, "person") if principal.locked else principal.name,
            minutes=numbers.STEP_UP_FRESH // 60,
            locked=principal.locked,
            has_provider=provider_for(principal) is not None,
            onward=onward(),
            csrf_token=request.cookies.get(CSRF_COOKIE, ""),
        )
    return make_response(redirect(onward()))


@blueprint.get(f"{STEP_UP}/provider")
@guard(person(while_locked=True))
def ask_provider() -> Response:
    """Send the browser to the provider, which asks even whom it knows."""
    principal = current_principal()
    return to_provider(who_is(principal), onward(), session=principal.session, anew=True)
