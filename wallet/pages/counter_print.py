"""Annotated copies 加注件 at the counter: of one licence or several in one go, printed in two sizes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import quote, urlencode
from uuid import uuid4

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from verify.languages import chosen_language
from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.matters import Matter, find_matters
from wallet.counter.assist import AssistanceView, assistance_view
from wallet.counter.copies import copies_for_counter
from wallet.counter.document import copy_document
from wallet.counter.print_copy import print_copies
from wallet.counter.schemas import NewCopySchema
from wallet.counter.serial import grouped
from wallet.errors import Conflict, DomainError, Invalid, NotFound
from wallet.licences.held import HeldLicence
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER, session_page
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("counter_print_pages", __name__)
_COUNTER = staff("counter")
_COPY = NewCopySchema()
_Answer = AnyResponse | str | tuple[str, int]


@blueprint.get(f"{COUNTER}/<assistance_id>/copy")
@guard(_COUNTER)
def prepare(assistance_id: str) -> str:
    """The form of copies of the licences that were chosen, filled in where their matter is known; what the person holds,
    where none was."""
    found = _session(assistance_id)
    chosen = _chosen(found, request.args.getlist("licence"))
    if not chosen:
        return session_page(found, choose=True)
    item = request.args.get("item")
    matter = next((one for one in _matters(chosen) if one.code == item), None)
    given = {
        "purpose": (matter.name if matter else found.matter)[: numbers.COPY_PURPOSE_MAX],
        "recipient": matter.unit[: numbers.COPY_RECIPIENT_MAX] if matter else "",
        "item": matter.code if matter else "",
        "valid_until": min(_last_day(chosen), _usual_day()).isoformat(),
        "key": uuid4().hex,
    }
    return _form(found, chosen, given)


@blueprint.post(f"{COUNTER}/<assistance_id>/copy")
@guard(_COUNTER)
def make(assistance_id: str) -> _Answer:
    """Print them and go to their page; the form's own key makes a double click one print."""
    found = _session(assistance_id)
    licences = request.form.getlist("licence")
    chosen = _chosen(found, licences)
    if len(chosen) != len(licences) or not chosen:
        raise NotFound("此人没有这件证照，请在列表中重新选择。")
    names = ("purpose", "recipient", "item", "recipient_unit", "valid_until", "key")
    given = {name: " ".join(request.form.get(name, "").split()) for name in names}
    given["single_use"] = request.form.get("single_use", "")
    body = {name: given[name] or None for name in ("item", "recipient_unit", "valid_until")} | {
        name: given[name] for name in ("purpose", "recipient")
    }
    body_hash = hashlib.sha256(repr([licences, sorted(given.items())]).encode()).digest()
    try:
        new = _COPY.load(body | {"licences": licences, "single_use": bool(given["single_use"])})
        copies = print_copies(
            deps(), current_principal(), found.id, new, given["key"][:64], body_hash, now()
        )
    except ValidationError as refused:
        wrong = _wrong(set(refused.messages_dict))
        return _form(found, chosen, given, wrong, wrong.get("licences", "")), 422
    except Invalid as refused:
        why = _refusal(found, refused) if refused.about else ""
        return _form(found, chosen, given, _wrong(set(refused.errors)), why), 422
    except Conflict as refused:
        return _form(found, chosen, given, {}, _refusal(found, refused)), 409
    return redirect(f"{COUNTER}/copies/{copies[0].serial}?session={quote(found.id)}", 303)


@blueprint.get(f"{COUNTER}/copies/<serial>")
@guard(_COUNTER)
def printed(serial: str) -> str:
    """What was printed in one go: the serials, and the document in two sizes; `session` is where to go back to."""
    copies = copies_for_counter(deps(), current_principal(), serial, now())
    return render_console(
        "counter",
        "home",
        "counter/printed.html",
        session=request.args.get("session", ""),
        copies=copies,
        grouped=grouped,
        crumbs=[(_("帮办代办"), COUNTER)],
    )


@blueprint.get(f"{COUNTER}/copies/<serial>.pdf")
@guard(_COUNTER)
def pdf(serial: str) -> Response:
    """The document, in `large` print and of all that were printed `together` where that is asked for."""
    large, together = ("large" in request.args, "together" in request.args)
    document = copy_document(
        deps(), current_principal(), serial, now(), large=large, together=together
    )
    return pdf_download(document, serial)


def _session(assistance_id: str) -> AssistanceView:
    return assistance_view(deps(), current_principal(), assistance_id, now())


def _chosen(found: AssistanceView, licences: Sequence[str]) -> list[HeldLicence]:
    held = {one.identifier: one for one in found.licences}
    return [held[one] for one in dict.fromkeys(licences) if one in held]


def _form(
    found: AssistanceView,
    chosen: Sequence[HeldLicence],
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    refused_why: str = "",
) -> str:
    back = f"{COUNTER}/{found.id}"
    query = urlencode({"licence": [one.identifier for one in chosen]}, doseq=True)
    return render_console(
        "counter",
        "home",
        "counter/copy.html",
        session=found,
        licences=chosen,
        matters=_matters(chosen),
        given=given,
        wrong=wrong or {},
        refused_why=refused_why,
        action=f"{back}/copy?{query}",
        last=_last_day(chosen),
        today=local_day(now()),
        crumbs=[(_("帮办代办"), COUNTER), (found.holder, back)],
    )


def _matters(chosen: Sequence[HeldLicence]) -> list[Matter]:
    """The matters that can use every one of them."""
    types = {one.type_code for one in chosen}
    return find_matters(deps(), types, "", numbers.MATTERS_AT_COUNTER, every=True)[0]


def _last_day(chosen: Sequence[HeldLicence]) -> date:
    most = local_day(now()) + timedelta(days=numbers.COPY_DAYS_MAX)
    return min([most, *(one.valid_until for one in chosen if one.valid_until)])


def _usual_day() -> date:
    return local_day(now()) + timedelta(days=numbers.COPY_DAYS_USUAL)


def _wrong(members: set[str]) -> dict[str, str]:
    words: dict[str, str] = {
        "purpose": _("请写明用途，最多 %(n)s 字。", n=numbers.COPY_PURPOSE_MAX),
        "recipient": _("请写明给谁，最多 %(n)s 字。", n=numbers.COPY_RECIPIENT_MAX),
        "valid_until": _(
            "请填今天起 %(n)s 天之内、证照有效期之内的日期。", n=numbers.COPY_DAYS_MAX
        ),
        "item": _("没有这个事项，或它不用这种证照。"),
        "recipient_unit": _("没有这个单位，请核对统一社会信用代码，或不填。"),
        "licences": _("一次最多打印 %(n)s 件。", n=numbers.COPIES_TOGETHER_MAX),
    }
    return {member: words[member] for member in words if member in members}


def _refusal(found: AssistanceView, refused: DomainError) -> str:
    """What is in the way, and of which licence where there are several."""
    words: dict[str, str] = {
        "glyph_missing": _(
            "有字库没有的字：在用途或接收人里的，请换一种写法；在证照上的，请联系管理员安装字库。"
        ),
        "too_many_copies": _(
            "这件证照 %(days)s 天内已打印 %(n)s 份，请先撤回不再用的。",
            days=numbers.COPIES_WITHIN_DAYS,
            n=numbers.COPIES_MAX,
        ),
        "no_seal": _("发证单位还没有电子印章，不能打印加注件。请改用“转交窗口，不用手机”。"),
        "seal_expired": _(
            "发证单位电子印章的证书不在有效期内，不能打印加注件。请改用“转交窗口，不用手机”。"
        ),
        "copy_item": _("没有这个事项，或它不用这种证照。"),
        "copy_days": _("请填今天起 %(n)s 天之内、证照有效期之内的日期。", n=numbers.COPY_DAYS_MAX),
    }
    sentence = words.get(refused.slug)
    english = chosen_language() == "en"
    # The detail names the characters.
    if sentence is None or (refused.slug == "glyph_missing" and not english):
        return refused.detail
    named = [
        one.type_name_en if english else one.type_name for one in _chosen(found, [refused.about])
    ]
    return _("%(which)s：%(why)s", which=named[0], why=sentence) if named else sentence
