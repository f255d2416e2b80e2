"""The holder's pages: the wallet, one licence, the inbox. Scripts draw the code itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for

from wallet.base.clock import SHANGHAI, local_day
from wallet.licences.delivery.inbox import inbox, read_entry, unread
from wallet.licences.delivery.news import InboxNews
from wallet.licences.documents.document import licence_document
from wallet.licences.held import HeldLicence, find_held, held_licence, held_licences
from wallet.numbers import CARDS_SHOWN
from wallet.pages.counter_words import told_act_words, told_evidence_words
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("holder_pages", __name__)

USES_ON_A_PAGE = 30
NEWS_ON_A_PAGE = 30


@blueprint.get("/wallet")
@guard(holder())
def wallet() -> str:
    """The cards, a page of them."""
    cursor = request.args.get("cursor")
    page, following = held_licences(deps(), current_principal(), now(), CARDS_SHOWN, cursor)
    return _cards(page, first=cursor is None, next_cursor=following)


@blueprint.post("/wallet")
@guard(holder())
def find_in_wallet() -> str:
    """The cards that a search finds; a POST, since what is looked for may be a number of a person."""
    asked = request.form.get("q", "").strip()
    found, more = find_held(deps(), current_principal(), now(), asked, CARDS_SHOWN)
    return _cards(found, first=not asked, asked=asked, more=more)


def _cards(licences: list[HeldLicence], *, first: bool, **values: Any) -> str:
    principal = current_principal()
    return render_template(
        "holder/wallet.html",
        licences=licences,
        first=first,
        frozen=principal.frozen_at is not None,
        unread=unread(deps(), principal, now()),
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
        **values,
    )


@blueprint.get("/wallet/inbox")
@guard(holder())
def my_inbox() -> str:
    """What became of the own licences, by day."""
    page = inbox(deps(), current_principal(), now(), NEWS_ON_A_PAGE, request.args.get("cursor"))
    return render_template(
        "holder/inbox.html",
        days=_news_by_day(page.items),
        evidence_words=told_evidence_words(),
        act_words=told_act_words(),
        next_cursor=page.next_cursor,
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )


@blueprint.post("/wallet/inbox/<entry_id>")
@guard(holder())
def open_entry(entry_id: str) -> Response:
    """Open an entry: it has been read, and here is the licence, or the history of uses."""
    opened = read_entry(deps(), current_principal(), entry_id, now())
    where = url_for(".my_inbox")
    if opened.of_report:
        where = "/wallet/reports"
    elif opened.of_use:
        where = url_for("use_pages.use_history")
    elif opened.licence is not None:
        where = f"/wallet/{quote(opened.licence)}"
    elif opened.of_acting:
        where = "/wallet/administrators"
    elif opened.delegation is not None:
        where = f"/wallet/delegations/{opened.delegation}"
    return Response(status=303, headers={"Location": where})


@blueprint.get("/wallet/<identifier>")
@guard(holder())
def licence(identifier: str) -> str:
    """One licence with its face fields; a stranger's is 404."""
    held, fields = held_licence(deps(), current_principal(), identifier, now())
    changed_on = local_day(held.change.at) if held.change else None
    return render_template(
        "holder/licence.html",
        licence=held,
        fields=fields,
        changed_on=changed_on,
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
    )


@blueprint.get("/wallet/<identifier>.pdf")
@guard(holder(rate="holder"))
def licence_pdf(identifier: str) -> Response:
    """One licence as a sealed PDF; what stands against it is a page."""
    document = licence_document(deps(), current_principal(), identifier, now())
    return pdf_download(document.pdf, document.name)


def _news_by_day(
    entries: Iterable[InboxNews],
) -> list[tuple[date, list[tuple[InboxNews, str, str, str]]]]:
    """Entries newest first → (local day, each with its times of delivery, of reading and of the use)."""
    days = groupby(entries, key=lambda news: local_day(news.delivered_at))
    return [(day, [_timed(news) for news in group]) for day, group in days]


def _timed(news: InboxNews) -> tuple[InboxNews, str, str, str]:
    delivered = news.delivered_at.astimezone(SHANGHAI)
    read = news.read_at.astimezone(SHANGHAI) if news.read_at else None
    same_day = read is not None and read.date() == delivered.date()
    return (
        news,
        f"{delivered:%H:%M}",
        "" if read is None else f"{read:%H:%M}" if same_day else f"{read:%Y-%m-%d %H:%M}",
        f"{news.use.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if news.use else "",
    )
