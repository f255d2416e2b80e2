"""The pages of an issuing unit's staff: what asks for attention, the search, one licence."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from verify.jws import decode_bytes, encode_bytes
from wallet import numbers
from wallet.base.clock import read_day
from wallet.licences.batches.overview import sent_files
from wallet.licences.documents.document import licence_document
from wallet.licences.documents.sealing import Sealing, sealing_of
from wallet.licences.examine import examine
from wallet.licences.in_step.alarms import alarms
from wallet.licences.of_unit import issued_counts
from wallet.licences.review import count_in_review
from wallet.licences.search import STATUSES, Wanted, search_licences
from wallet.pages.console import acting_as, render_console, shanghai
from wallet.pages.issuer_alarms import page_of
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("issuer_pages", __name__)
blueprint.add_app_template_filter(shanghai)
SEARCH: Final = "/issuer/licences"
_SOUGHT: Final = "issuer.sought"
"""Context under which what was looked for is sealed into the address of its results."""
_SOUGHT_MAX: Final = 200
_LATEST: Final = 5
"""Files on the home page."""


@blueprint.get("/issuer")
@guard(staff("issuer"))
def home() -> str:
    """The search, what asks for attention, the latest files, and what the unit issues."""
    files, _next = sent_files(deps(), current_principal(), _LATEST)
    told = alarms(deps(), acting_as("issuer"), now())
    return render_console(
        "issuer",
        "home",
        "issuer/home.html",
        in_review=count_in_review(deps(), current_principal()),
        alarms=[(alarm, page_of(alarm)) for alarm in told[: numbers.ALARMS_SHOWN]],
        more=max(0, len(told) - numbers.ALARMS_SHOWN),
        files=files,
        types=issued_counts(deps(), current_principal()),
    )


@blueprint.post("/issuer/search")
@guard(staff("issuer"))
def search() -> AnyResponse:
    """To the results: what was looked for may be a person's number or name, so no address or log has
    it in the clear, and the results can be opened again."""
    asked = {name: request.form.get(name, "").strip() for name in ("type", "status", "from", "to")}
    text = request.form.get("text", "").strip()[:_SOUGHT_MAX]
    if text:
        asked["q"] = encode_bytes(deps().vault.seal(text, _SOUGHT))
    chosen = {name: value for name, value in asked.items() if value}
    return redirect(f"{SEARCH}?{urlencode(chosen)}" if chosen else SEARCH, 303)


@blueprint.get(SEARCH)
@guard(staff("issuer"))
def licences() -> str:
    """The unit's licences that the address asks for, the latest first."""
    wanted, cursor = _wanted(), request.args.get("cursor")
    found = search_licences(deps(), current_principal(), wanted, now(), numbers.PAGE_LIMIT, cursor)
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    return render_console(
        "issuer",
        "licences",
        "issuer/licences.html",
        wanted=wanted,
        statuses=status_words(),
        found=found,
        narrowed=wanted != Wanted(),
        first=f"{SEARCH}?{urlencode(kept)}" if cursor else None,
        next=f"{SEARCH}?{urlencode(kept | {'cursor': found.next_cursor})}"
        if found.next_cursor
        else None,
    )


@blueprint.route("/issuer/licences/<identifier>", methods=["GET", "POST"])
@guard(staff("issuer"))
def licence(identifier: str) -> str:
    """One licence; a POST shows what is masked else, which is recorded."""
    found = examine(deps(), current_principal(), identifier, now(), reveal=request.method == "POST")
    unit_id = current_principal().unit_id
    assert unit_id is not None  # staff belong to one
    return render_console(
        "issuer",
        "licences",
        "issuer/licence.html",
        licence=found,
        delivered=delivery_words(),
        sealing=_sealing(sealing_of(deps(), unit_id, found.type_id, now())),
        crumbs=[(_("证照查询"), SEARCH)],
        note=_note(),
    )


@blueprint.get("/issuer/licences/<identifier>.pdf")
@guard(staff("issuer"))
def licence_pdf(identifier: str) -> Response:
    """The sealed document, as the unit gives it out; who took it is recorded."""
    document = licence_document(deps(), current_principal(), identifier, now())
    return pdf_download(document.pdf, document.name)


def _note() -> str:
    """What has just been done to the licence, as the address says."""
    notes: dict[tuple[str, str], str] = {
        ("changed", "1"): _("状态已变更，对此后的每一次核验生效。"),
        ("reviewed", "pass"): _("审核通过，已签发。"),
        ("reviewed", "return"): _("已退回，这一版不再签发。"),
    }
    return next((note for told, note in notes.items() if told in request.args.items()), "")


def status_words() -> dict[str, str]:
    """The statuses that a search may ask for, with their words."""
    words = {
        "valid": _("有效"),
        "suspended": _("暂停使用"),
        "expired": _("已过期"),
        "revoked": _("已终止"),
        "not_yet_valid": _("尚未生效"),
        "pending": _("待签发"),
        "in_review": _("待审核"),
        "returned": _("审核退回"),
    }
    return {status: words[status] for status in STATUSES}


def delivery_words() -> dict[str, dict[str, str]]:
    """What deliveries tell, in words: what of (`acts`), and how far each is (`states`)."""
    return {
        "acts": {
            "issue": _("签发"),
            "suspend": _("暂停"),
            "resume": _("恢复"),
            "withdraw": _("撤回"),
            "annul": _("撤销"),
            "revoke": _("吊销"),
            "cancel": _("注销"),
            "remind": _("到期提醒"),
            "expire": _("到期"),
        },
        "states": {
            "waiting": _("等待发送"),
            "accepted": _("渠道已接收"),
            "delivered": _("已送达"),
            "read": _("已阅读"),
            "dead": _("发送失败，请联系管理员"),
            "dropped": _("已放弃发送"),
            "exempt": _("免予送达"),
        },
    }


def _sealing(sealing: Sealing) -> str:
    words: dict[str, str] = {
        "sealed": _("有，证书用到 %(day)s", day=sealing.ends_on),
        "exempt": _("免予盖章：%(basis)s", basis=sealing.basis),
        "lapsed": _("证书不在有效期内，暂不能盖章"),
        "none": _("本单位还没有电子印章"),
        "unreadable": _("暂时打不开，请联系管理员"),
    }
    return words[sealing.state]


def _wanted() -> Wanted:
    """What the address asks for; what it has that is none of ours does not matter."""
    status = request.args.get("status", "")
    return Wanted(
        text=_sought(request.args.get("q", "")),
        type=request.args.get("type", ""),
        status=status if status in STATUSES else "",
        issued_from=_day("from"),
        issued_to=_day("to"),
    )


def _sought(sealed: str) -> str:
    try:
        return deps().vault.open(decode_bytes(sealed), _SOUGHT) if sealed else ""
    except (ValueError, InvalidTag):
        return ""


def _day(name: str) -> date | None:
    try:
        return read_day(request.args.get(name))
    except ValueError:
        return None
