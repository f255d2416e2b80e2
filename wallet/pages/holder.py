"""The holder's pages: the wallet, one licence, the use history. Scripts draw the code itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, render_template, request

from verify.languages import chosen_language
from verify.verdict import REASONS, sentence
from wallet.base.clock import SHANGHAI, local_day
from wallet.licences.documents.document import licence_document
from wallet.licences.held import held_licence, held_licences
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.showing.uses import UseEntry, uses
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("holder_pages", __name__)

USES_ON_A_PAGE = 30


@blueprint.get("/wallet")
@guard(holder())
def wallet() -> str:
    """The cards."""
    licences, _next = held_licences(deps(), current_principal(), now(), PAGE_LIMIT_MAX)
    return render_template("holder/wallet.html", licences=licences)


@blueprint.get("/wallet/uses")
@guard(holder())
def use_history() -> str:
    """Every use of the holder's data, by day."""
    page = uses(deps(), current_principal(), now(), USES_ON_A_PAGE, request.args.get("cursor"))
    return render_template(
        "holder/uses.html", days=_by_day(page.items), next_cursor=page.next_cursor
    )


@blueprint.get("/wallet/<identifier>")
@guard(holder())
def licence(identifier: str) -> str:
    """One licence with its face fields; a stranger's is 404."""
    held, fields = held_licence(deps(), current_principal(), identifier, now())
    changed_on = local_day(held.change.at) if held.change else None
    return render_template(
        "holder/licence.html", licence=held, fields=fields, changed_on=changed_on
    )


@blueprint.get("/wallet/<identifier>.pdf")
@guard(holder(rate="holder"))
def licence_pdf(identifier: str) -> Response:
    """One licence as a sealed PDF; what stands against it is a page."""
    document = licence_document(deps(), current_principal(), identifier, now())
    return pdf_download(document.pdf, document.name)


def _by_day(entries: Iterable[UseEntry]) -> list[tuple[date, list[dict[str, object]]]]:
    """Entries newest first → (local day, what the page says of each use)."""
    days = groupby(entries, key=lambda entry: entry.at.astimezone(SHANGHAI).date())
    return [(day, [_described(entry) for entry in group]) for day, group in days]


def _described(entry: UseEntry) -> dict[str, object]:
    language = chosen_language()
    english = language == "en"
    reason = next((known for known in REASONS if known == entry.reason), None)
    return {
        "at": entry.at,
        "time": f"{entry.at.astimezone(SHANGHAI):%H:%M}",
        "unit": entry.unit,
        "terminal": entry.terminal,
        "item": entry.item_name_en if english else entry.item_name,
        "licence_type": entry.licence_type_en if english else entry.licence_type,
        "fields": entry.fields_en if english else entry.fields,
        "outcome": entry.outcome,
        "mismatch": entry.served == "person_mismatch",
        "shown_by": entry.shown_by,
        "offline": entry.offline,
        "sentence": sentence(reason, language) if reason else "",
    }
