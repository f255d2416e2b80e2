"""回执: what was done in a session, to be read and printed."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from wallet.counter.receipt import receipt, receipt_document
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("counter_receipt_pages", __name__)
_COUNTER: Final = staff("counter")


@blueprint.get(f"{COUNTER}/<assistance_id>/receipt")
@guard(_COUNTER)
def read(assistance_id: str) -> str:
    """What stands on it, and the document in two sizes."""
    found = receipt(deps(), current_principal(), assistance_id, now())
    crumbs = [(_("帮办代办"), COUNTER)]
    if found.ended_at is None:
        crumbs.append((found.holder, f"{COUNTER}/{found.id}"))
    return render_console("counter", "home", "counter/receipt.html", receipt=found, crumbs=crumbs)


@blueprint.get(f"{COUNTER}/<assistance_id>/receipt.pdf")
@guard(_COUNTER)
def pdf(assistance_id: str) -> Response:
    """The document, in large print where that is asked for."""
    large = "large" in request.args
    made = receipt_document(deps(), current_principal(), assistance_id, now(), large=large)
    return pdf_download(made, "帮办代办回执")
