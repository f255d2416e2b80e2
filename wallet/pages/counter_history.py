"""使用记录和消息: a served person's history on paper, to take along or in the window of an envelope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from marshmallow import ValidationError

from wallet.base.clock import local_day
from wallet.counter.assist import assistance_view
from wallet.counter.history.gather import HistoryWanted, served_history
from wallet.counter.history.print_history import print_history
from wallet.counter.history.schemas import ADDRESS_LINES, HistoryPrintSchema
from wallet.errors import Conflict, Invalid
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("counter_history_pages", __name__)
_COUNTER: Final = staff("counter")
_PRINT: Final = HistoryPrintSchema()
_DAYS: Final = 90
_Answer = str | Response | tuple[str, int]


@blueprint.get(f"{COUNTER}/<assistance_id>/history")
@guard(_COUNTER)
def choose(assistance_id: str) -> str:
    """The last months, and how many notices nobody has opened."""
    today = local_day(now())
    since = today - timedelta(days=_DAYS - 1)
    return _form(assistance_id, {"from": since.isoformat(), "to": today.isoformat()})


@blueprint.post(f"{COUNTER}/<assistance_id>/history")
@guard(_COUNTER)
def print_(assistance_id: str) -> _Answer:
    """The document; the notices on it are told on paper by that."""
    given = {name: request.form.get(name, "").strip() for name in ("from", "to", "address")}
    chosen = {name: name in request.form for name in ("large", "again")}
    lines = [line.strip() for line in given["address"].splitlines() if line.strip()]
    body = {"from": given["from"] or None, "to": given["to"] or None, "address": lines, **chosen}
    try:
        wanted, form = _PRINT.load(body)
        pdf = print_history(deps(), current_principal(), assistance_id, wanted, form, now())
    except (ValidationError, Invalid) as refused:
        named = refused.messages_dict if isinstance(refused, ValidationError) else refused.errors
        return _form(assistance_id, given | chosen, _wrong(set(named or ()))), 422
    except Conflict as refused:
        if refused.slug != "glyph_missing":
            raise
        return _form(assistance_id, given | chosen, {}, refused.detail), 409
    return pdf_download(pdf, "使用记录和消息")


def _form(
    assistance_id: str,
    given: Mapping[str, Any],
    wrong: Mapping[str, str] | None = None,
    refused_why: str = "",
) -> str:
    staff_member = current_principal()
    session = assistance_view(deps(), staff_member, assistance_id, now())
    everything = HistoryWanted(None, None, again=True)
    notices = served_history(deps(), staff_member, session.id, everything, now()).notices
    return render_console(
        "counter",
        "home",
        "counter/history.html",
        session=session,
        given=given,
        wrong=wrong or {},
        refused_why=refused_why,
        untold=sum(news.printed_at is None for news in notices),
        told=sum(news.printed_at is not None for news in notices),
        today=local_day(now()),
        crumbs=[(_("帮办代办"), COUNTER), (session.holder, f"{COUNTER}/{session.id}")],
    )


def _wrong(members: set[str]) -> dict[str, str]:
    words: dict[str, str] = {
        "from": _("请填日期，如 2026-01-31。"),
        "to": _("请填日期，不早于开始的那天。"),
        "address": _("最多 %(n)s 行，每行 60 个字。", n=ADDRESS_LINES),
    }
    return {member: words[member] for member in words if member in members}
