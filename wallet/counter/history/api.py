"""A served person's history and notices on paper."""

from __future__ import annotations

from flask import Response

from wallet.counter.history.gather import HistoryWanted, served_history
from wallet.counter.history.print_history import HistoryForm, print_history
from wallet.counter.history.schemas import (
    HistoryPrintSchema,
    HistoryQuerySchema,
    ServedHistorySchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint(
    "served_history", __name__, description="打印的使用记录与消息 · The history on paper"
)
_COUNTER = staff("counter")


@blueprint.route("/assistances/<assistance_id>/history")
@blueprint.arguments(HistoryQuerySchema, location="query")
@blueprint.response(200, ServedHistorySchema)
@guard(_COUNTER)
def history(wanted: HistoryWanted, assistance_id: str) -> dict[str, object]:
    """How much a print of the served person's history would hold."""
    found = served_history(deps(), current_principal(), assistance_id, wanted, now())
    counted = {name: len(getattr(found, name)) for name in ("uses", "copies", "notices")}
    return {**counted, "more": found.more}


@blueprint.route("/assistances/<assistance_id>/history", methods=["POST"])
@blueprint.arguments(HistoryPrintSchema)
@blueprint.response(200, content_type="application/pdf")
@guard(_COUNTER)
def print_(wanted: tuple[HistoryWanted, HistoryForm], assistance_id: str) -> Response:
    """The document; the notices on it are told on paper by that."""
    which, form = wanted
    pdf = print_history(deps(), current_principal(), assistance_id, which, form, now())
    return pdf_download(pdf, "使用记录和消息")
