"""应急单: what to do when the database is away, slips to print beforehand, and what was written on them entered afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import SHANGHAI
from wallet.counter.serial import grouped
from wallet.counter.slips.enter import enter_slip, spoil_slip
from wallet.counter.slips.issue import issue_slips, slips_document
from wallet.counter.slips.listed import unit_slips
from wallet.counter.slips.number import read_number
from wallet.counter.slips.schemas import NewBlockSchema, NewEntrySchema, SpoiltSchema
from wallet.errors import Conflict, DomainError, Invalid, NotFound
from wallet.pages.console import acting_as, render_console
from wallet.pages.counter import COUNTER
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("counter_slip_pages", __name__)
SLIPS: Final = f"{COUNTER}/slips"
_COUNTER: Final = staff("counter")
_ENTRY, _SPOILT, _BLOCK = NewEntrySchema(), SpoiltSchema(), NewBlockSchema()
_Answer = AnyResponse | str | tuple[str, int]
_PAGE: Final = 5


@blueprint.get(SLIPS)
@guard(_COUNTER)
def home() -> str:
    """The procedure, the form of an entry, and what became of the unit's slips."""
    return _page({})


@blueprint.post(SLIPS)
@guard(_COUNTER)
def issue() -> _Answer:
    """Issue a block; it then stands at the top."""
    try:
        asked = _BLOCK.load({"count": _number(request.form.get("count", ""))})
        issue_slips(deps(), current_principal(), asked["count"], now())
    except ValidationError:
        why = _("一次印 1 至 %(n)s 张。", n=numbers.SLIPS_AT_ONCE_MAX)
        return _page({}, issue_refused=why), 422
    except Conflict as refused:
        return _page({}, issue_refused=_refusal(refused)), 409
    return redirect(f"{SLIPS}#blocks", 303)


@blueprint.get(f"{SLIPS}/<block>.pdf")
@guard(_COUNTER)
def pdf(block: str) -> Response:
    """A block, to be printed and put in the drawer."""
    return pdf_download(slips_document(deps(), current_principal(), block, now()), block)


@blueprint.post(f"{SLIPS}/entry")
@guard(_COUNTER)
def enter() -> _Answer:
    """Enter a slip, or note that it was spoilt."""
    names = ("number", "day", "time", "seen_by", "seen", "served", "item", "code", "name", "spoilt")
    given = {name: " ".join(request.form.get(name, "").split()) for name in names}
    try:
        if given["spoilt"]:
            reason = _SPOILT.load({"reason": given["seen"]})["reason"]
            number = spoil_slip(deps(), current_principal(), given["number"], reason, now())
        else:
            new = _ENTRY.load(_entry(given))
            new = replace(new, number=given["number"])
            number = enter_slip(deps(), current_principal(), new, now()).number
    except ValidationError as refused:
        return _page(given, entry_wrong=_wrong(set(refused.messages_dict))), 422
    except Invalid as refused:
        wrong = _wrong(set(refused.errors) or {"code"})
        return _page(given, entry_wrong=wrong), 422
    except (Conflict, NotFound) as refused:
        return _page(given, entry_refused=_refusal(refused)), STATUS[type(refused)][0]
    return redirect(f"{SLIPS}?entered={quote(number)}", 303)


def _entry(given: Mapping[str, str]) -> dict[str, object]:
    try:
        at = datetime.fromisoformat(f"{given['day']}T{given['time']}").replace(tzinfo=SHANGHAI)
        seen_at = at.isoformat()
    except ValueError:
        seen_at = ""
    return {
        "seen_at": seen_at,
        "seen_by": given["seen_by"],
        "seen": given["seen"],
        "served": given["served"] != "no",
        **{name: given[name] or None for name in ("item", "code", "name")},
    }


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else text


def _page(
    given: Mapping[str, str],
    *,
    entry_wrong: Mapping[str, str] | None = None,
    entry_refused: str = "",
    issue_refused: str = "",
) -> str:
    cursor = request.args.get("cursor")
    blocks, following = unit_slips(deps(), acting_as("counter"), _PAGE, cursor)
    return render_console(
        "counter",
        "slips",
        "counter/slips.html",
        given=given,
        wrong=entry_wrong or {},
        entry_refused=entry_refused,
        issue_refused=issue_refused,
        entered=grouped(read_number(request.args.get("entered", "")) or ""),
        blocks=blocks,
        grouped=grouped,
        days=numbers.SLIP_DAYS,
        most=numbers.SLIPS_AT_ONCE_MAX,
        first=SLIPS if cursor else None,
        next=f"{SLIPS}?cursor={following}" if following else None,
        crumbs=[],
    )


def _wrong(members: set[str]) -> dict[str, str]:
    words: dict[str, str] = {
        "seen_at": _("请填单子上的日期和时间，应在印发之后、现在之前。"),
        "seen_by": _("本单位没有这个账号，请核对。"),
        "seen": _("请照单子抄写，最多 %(n)s 字。", n=numbers.SLIP_SEEN_MAX),
        "reason": _("请写明为什么作废，最多 200 个字。"),
        "item": _("没有这个事项，请核对代码，或不填。"),
        "code": _("身份证号码不对，请核对各位数字与校验位。"),
    }
    return {member: words[member] for member in words if member in members}


def _refusal(refused: DomainError) -> str:
    words: dict[str, str] = {
        "slip_unknown": _("没有这张应急单，或不是印发给本单位的，请核对编号。"),
        "slip_settled": _("这张应急单已经登记或作废，不能再登记，请核对编号。"),
        "slips_left": _(
            "本单位最多留 %(n)s 张没有登记的应急单，请先登记或作废用过的。",
            n=numbers.SLIPS_BLANK_MAX,
        ),
    }
    return words.get(refused.slug, refused.detail)
