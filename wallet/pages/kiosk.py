"""自助打印: a screen in the hall on which a person prints copies, once staff have released it."""

from __future__ import annotations

import hmac
import unicodedata
from typing import Final
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.counter.assist import assistance_view
from wallet.counter.kiosk.print_here import document_here, offered_here, print_here
from wallet.counter.kiosk.release import (
    Released,
    Waiting,
    begin_kiosk,
    end_kiosk,
    look_at_kiosk,
    release_kiosk,
    take_back_kiosk,
    touch_kiosk,
)
from wallet.errors import Conflict, Invalid, NotFound, NotPermitted
from wallet.pages.counter import COUNTER, session_page
from wallet.web.cookies import (
    CSRF_FIELD,
    clear_kiosk_cookie,
    kiosk_cookie,
    set_kiosk_cookie,
)
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import guard, public, staff
from wallet.web.principal import current_principal
from wallet.web.sessions import csrf_token

blueprint = Blueprint("kiosk_pages", __name__)
KIOSK: Final = "/kiosk"
# Nobody's session is read: a screen that staff forgot to sign out of acts for nobody but whom it was released for.
_ANYBODY: Final = public(identify=False)
_LOOKS_AGAIN: Final = 3
_REFUSAL_STANDS: Final = 20
"""Seconds."""


@blueprint.after_request
def back_to_the_start(answer: Response) -> Response:
    """A refusal stands for a while, since nobody in the hall can go anywhere else."""
    if answer.status_code >= 400 and request.path.startswith(KIOSK):
        answer.headers.setdefault("Refresh", f"{_REFUSAL_STANDS}; url={KIOSK}")
    return answer


@blueprint.get(KIOSK)
@guard(_ANYBODY)
def screen() -> Response:
    """The start, the number, or what the person holds; without a touch it goes back to the start by itself."""
    itself = "left" in request.args
    state = (look_at_kiosk if itself else touch_kiosk)(deps(), kiosk_cookie(), now())
    if isinstance(state, Released):
        item, printed = request.args.get("item", ""), request.args.get("printed", "")
        return _serving(state, item, printed=printed, touched=not itself)
    return _start(state)


@blueprint.post(KIOSK)
@guard(public(rate="public", identify=False))
def begin() -> AnyResponse:
    """Show a number for staff to type; what the screen was for before is over."""
    end_kiosk(deps(), kiosk_cookie(), now())
    answer = redirect(KIOSK, 303)
    set_kiosk_cookie(answer, begin_kiosk(deps(), now()))
    return answer


@blueprint.post(f"{KIOSK}/touch")
@guard(_ANYBODY)
def touch() -> tuple[str, int]:
    """Somebody is choosing: the page stays where it is, and the screen awake."""
    _check_form()
    if not isinstance(touch_kiosk(deps(), kiosk_cookie(), now()), Released):
        raise NotFound("这次自助打印已结束。", "kiosk_over")
    return "", 204


@blueprint.post(f"{KIOSK}/copies")
@guard(_ANYBODY)
def make() -> AnyResponse:
    """Print what was chosen; the form's own key makes a double tap one print."""
    _check_form()
    state = touch_kiosk(deps(), kiosk_cookie(), now())
    if not isinstance(state, Released):
        return redirect(KIOSK, 303)
    chosen, item = request.form.getlist("licence"), request.form.get("item", "")
    try:
        session = assistance_view(deps(), state.principal, state.assistance_id, now())
        key = request.form.get("key", "")[:40]
        serial = print_here(deps(), state, session, chosen, item, key, now())
    except (Invalid, Conflict, NotFound) as refused:
        words: dict[str, str] = {
            "copy_licences": _("请先选要打印的证照。"),
            "copies_together": _("一次最多打印 %(n)s 件。", n=numbers.COPIES_TOGETHER_MAX),
            "copy_item": _("请选择用得上这些证照的事项。"),
            "no_seal": _("发证单位还没有电子印章，这件证照不能打印，请找工作人员。"),
            "seal_expired": _("发证单位的电子印章不在有效期内，这件证照不能打印，请找工作人员。"),
            "glyph_missing": _("这件证照上有打印不出的字，请找工作人员。"),
        }
        answer = _serving(state, item, refused_why=words.get(refused.slug, refused.detail))
        answer.status_code = 409 if isinstance(refused, Conflict) else 422
        return answer
    return redirect(f"{KIOSK}?printed={serial}", 303)


@blueprint.get(f"{KIOSK}/copies.pdf")
@guard(_ANYBODY)
def pdf() -> Response:
    """The document of what was printed here."""
    state = touch_kiosk(deps(), kiosk_cookie(), now())
    if not isinstance(state, Released):
        raise NotFound("没有找到这份加注件。")
    serial = request.args.get("serial", "")
    document = document_here(deps(), state, serial, now(), large="large" in request.args)
    return _left_nowhere(pdf_download(document, serial))


@blueprint.post(f"{KIOSK}/end")
@guard(_ANYBODY)
def end() -> AnyResponse:
    """Done: nothing remains on this screen."""
    _check_form()
    end_kiosk(deps(), kiosk_cookie(), now())
    answer = redirect(KIOSK, 303)
    clear_kiosk_cookie(answer)
    return answer


@blueprint.post(f"{COUNTER}/<assistance_id>/kiosk")
@guard(staff("counter"))
def release(assistance_id: str) -> AnyResponse | tuple[str, int]:
    """Release the screen with the number that it shows."""
    number = "".join(unicodedata.normalize("NFKC", request.form.get("number", "")).split())
    try:
        release_kiosk(deps(), current_principal(), assistance_id, number, now())
    except NotFound as refused:
        if refused.slug != "kiosk_unknown":
            raise
        session = assistance_view(deps(), current_principal(), assistance_id, now())
        why = _("没有这个自助机号码。请看自助机上现在的号码，或在自助机上重新点“开始”。")
        return session_page(session, refused_why=why), 422
    return redirect(f"{COUNTER}/{assistance_id}", 303)


@blueprint.post(f"{COUNTER}/<assistance_id>/kiosk/end")
@guard(staff("counter"))
def take_back(assistance_id: str) -> AnyResponse:
    """Take back the screen that was released; the session goes on."""
    take_back_kiosk(deps(), current_principal(), assistance_id, now())
    return redirect(f"{COUNTER}/{assistance_id}", 303)


def _start(state: Waiting | None) -> Response:
    answer = make_response(render_template("kiosk/start.html", waiting=state))
    if isinstance(state, Waiting):
        answer.headers["Refresh"] = str(_LOOKS_AGAIN)
    else:
        clear_kiosk_cookie(answer)
    return _left_nowhere(answer)


def _serving(
    state: Released, item: str, *, refused_why: str = "", printed: str = "", touched: bool = True
) -> Response:
    try:
        session = assistance_view(deps(), state.principal, state.assistance_id, now())
    except (Conflict, NotFound):  # staff ended it a moment ago
        return _start(None)
    matters, licences = offered_here(deps(), session, item)
    # One second later than the rule, so that coming back finds the screen over.
    left = int((state.ends_at - now()).total_seconds()) + 1
    answer = make_response(
        render_template(
            "kiosk/choose.html",
            session=session,
            licences=licences,
            matters=matters,
            matter=next((one for one in matters if one.code == item), None),
            key=uuid4().hex,
            refused_why=refused_why,
            printed=printed,
            chosen=request.form.getlist("licence"),
            touched=touched,
            left=left,
            idle=numbers.KIOSK_IDLE // 60,
            csrf_token=csrf_token(deps().config.secret_key, kiosk_cookie()),
        )
    )
    answer.headers["Refresh"] = f"{left}; url={KIOSK}?left"
    return _left_nowhere(answer)


def _check_form() -> None:
    expected = csrf_token(deps().config.secret_key, kiosk_cookie())
    given = request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise NotPermitted("页面已过期，请刷新后再试。", slug="csrf_failed")


def _left_nowhere(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
