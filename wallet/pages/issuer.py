"""The pages of an issuing unit's staff: what asks for attention, and its licences."""

from __future__ import annotations

from flask import Blueprint

from wallet.licences.of_unit import issued_counts
from wallet.pages.console import render_console, shanghai
from wallet.web.deps import deps
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("issuer_pages", __name__)
blueprint.add_app_template_filter(shanghai)


@blueprint.get("/issuer")
@guard(staff("issuer"))
def home() -> str:
    """The unit's types, and how many licences of each there are."""
    return render_console(
        "issuer", "home", "issuer/home.html", types=issued_counts(deps(), current_principal())
    )
