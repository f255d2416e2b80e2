"""Choose what to show, and a code without a script: the server draws it, the page asks again by itself."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from flask import Blueprint, Response, render_template, request

from verify.languages import chosen_language
from wallet.base.clock import SHANGHAI
from wallet.base.qr import draw_qr
from wallet.errors import Conflict, Invalid
from wallet.licences.held import held_by_id
from wallet.numbers import ASKED_AGAIN, DRAWN_AGAIN
from wallet.relying.consent import answer
from wallet.relying.desk_numbers.send import sent_to
from wallet.showing.choose import choose
from wallet.showing.follow import ShowingState, showing_state
from wallet.showing.show import LICENCES_MAX, LiveCode, next_code, open_showing, own_showing
from wallet.showing.withdraw import withdraw
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("holder_code_pages", __name__)

_WIDEST: Final = 374
"""CSS pixels of a drawn code with its margin: what a phone of 390 has room for."""


@blueprint.get("/wallet/together")
@guard(holder())
def together() -> str:
    """Choose several licences for one code, or a matter that says which."""
    asked = request.args.get("q", "").strip()
    choice = choose(deps(), current_principal(), request.args.get("item"), asked, now())
    return render_template(
        "holder/together.html", choice=choice, asked=asked, csrf_token=_csrf_token()
    )


@blueprint.post("/wallet/code")
@guard(holder(rate="holder"))
def open_drawn() -> Response:
    """Open a showing of the chosen licences, and go to its page."""
    chosen = request.form.getlist("licence")
    if not 1 <= len(chosen) <= LICENCES_MAX:
        raise Invalid(f"请选择 1 至 {LICENCES_MAX} 本证照。")
    item = request.form.get("item") or None
    code = open_showing(deps(), current_principal(), chosen, now(), item)
    return _to_page(code.id)


@blueprint.get("/wallet/code/<showing_id>")
@guard(holder(rate="holder"))
def drawn(showing_id: str) -> str:
    """The showing as it is now: its next code, or what became of it. The code is in no address."""
    principal = current_principal()
    showing = own_showing(deps(), principal, showing_id)
    state, code, refused = _look(showing_id)
    used = None if state.used_at is None else state.used_at.astimezone(SHANGHAI)
    english = chosen_language() == "en"
    return render_template(
        "holder/code.html",
        showing_id=showing_id,
        licences=held_by_id(deps(), principal, showing.licence_ids, now()),
        state=state,
        sent_to=sent_to(deps(), showing.jti, now()) if code else None,
        refused=refused,
        code=code,
        drawing=None if code is None else draw_qr(code.text),
        widest=_WIDEST,
        again=ASKED_AGAIN if state.ask else DRAWN_AGAIN,
        drawn_at=f"{now().astimezone(SHANGHAI):%H:%M:%S}",
        answer_by=f"{state.ask.ends_at.astimezone(SHANGHAI):%H:%M:%S}" if state.ask else "",
        used_at="" if used is None else f"{used:%Y-%m-%d %H:%M:%S}",
        item=state.item_en if english else state.item,
        fields=state.fields_en if english else state.fields,
        csrf_token=_csrf_token(),
    )


@blueprint.post("/wallet/code/<showing_id>/consent")
@guard(holder(rate="holder"))
def answer_drawn(showing_id: str) -> Response:
    """Answer what a desk asks for; the page then says what came of it, or what was quicker."""
    allow = request.form.get("allow") == "1"
    with suppress(Conflict):
        answer(deps(), current_principal(), showing_id, now(), allow=allow)
    return _to_page(showing_id)


@blueprint.post("/wallet/code/<showing_id>/withdraw")
@guard(holder(rate="holder"))
def withdraw_drawn(showing_id: str) -> Response:
    """Withdraw a showing; the page then says so, or which desk was quicker."""
    with suppress(Conflict):
        withdraw(deps(), current_principal(), showing_id, now())
    return _to_page(showing_id)


def _look(showing_id: str) -> tuple[ShowingState, LiveCode | None, Conflict | None]:
    """What became of a showing; its next code while it waits, or why there is none."""
    principal = current_principal()
    state = showing_state(deps(), principal, showing_id, now())
    if state.state != "waiting":
        return state, None, None
    try:
        return state, next_code(deps(), principal, showing_id, now()), None
    except Conflict as refused:
        # A desk may have been quicker just now.
        state = showing_state(deps(), principal, showing_id, now())
        return state, None, refused if state.state == "waiting" else None


def _to_page(showing_id: str) -> Response:
    return Response(status=303, headers={"Location": f"/wallet/code/{showing_id}"})


def _csrf_token() -> str:
    return request.cookies.get(CSRF_COOKIE, "")
