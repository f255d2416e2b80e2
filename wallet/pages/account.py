"""Sign-in, the home of every role, the own account, and how pages speak to a visitor."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_babel import gettext as _

from verify.languages import keep_choice
from wallet.organisations.place import open_place
from wallet.organisations.units.responsible import responsible_of
from wallet.pages.console import MENUS
from wallet.pages.unit_words import role_words
from wallet.web.cookies import CSRF_COOKIE, desk_cookie
from wallet.web.deps import deps, now
from wallet.web.guards import guard, public, signed_in
from wallet.web.principal import Principal, current_principal, optional_principal
from wallet.web.way_back import onward

blueprint = Blueprint("account_pages", __name__)


@blueprint.get("/")
@guard(public())
def home() -> str | Response:
    """Sign-in for nobody; for others `next`, else the page of their role, else their account."""
    principal, to = optional_principal(), onward()
    if principal is None:
        place = open_place(deps().vault, desk_cookie(), now())
        return render_template("account/sign_in.html", onward=to, place=place)
    if to != "/":
        return make_response(redirect(to))
    if principal.kind == "holder":
        return make_response(redirect("/wallet"))
    if "desk" in principal.roles:
        return make_response(redirect("/desk"))
    for role, menu in MENUS.items():
        if role in principal.roles:
            return make_response(redirect(menu.entries[0].address))
    return _account_page(principal)


@blueprint.get("/account")
@guard(signed_in())
def account() -> str:
    """Name, unit, roles, sign out."""
    return _account_page(current_principal())


@blueprint.get("/preferences")
@guard(public())
def preferences() -> Response:
    """Keep the language and elder mode (大字版) in cookies, and go back to `next`, a local path."""
    return keep_choice(https=deps().config.https)


def _account_page(principal: Principal) -> str:
    roles = role_words()
    holder = principal.kind == "holder"
    return render_template(
        "account/account.html",
        name=principal.name,
        unit=principal.unit_name,
        responsible=responsible_of(deps(), principal) if principal.kind == "staff" else None,
        roles=[_("持证主体")] if holder else [roles.get(r, r) for r in sorted(principal.roles)],
        is_holder=holder,
        has_desk="desk" in principal.roles,
        consoles=[menu for role, menu in MENUS.items() if role in principal.roles],
        demo=deps().config.demo,
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )
