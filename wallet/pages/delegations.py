"""授权代办: what one lets others show, and what others let one show; offer, answer, end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import local_day
from wallet.errors import Conflict, Invalid, NotFound, TooMany
from wallet.licences.delegations.answer import answer, end
from wallet.licences.delegations.choices import givable
from wallet.licences.delegations.listed import DelegationView, delegation, delegations
from wallet.licences.delegations.offer import NewDelegation, offer
from wallet.licences.held import HeldLicence
from wallet.pages.delegation_form import (
    NEW_DELEGATION,
    PERIOD,
    PERIODS,
    body_of,
    code_types,
    delegation_refusal,
    listed,
    matters_for,
    wrong_licences,
    wrong_person,
    wrong_scope,
)
from wallet.pages.uses import described
from wallet.showing.filters import WantedUses
from wallet.showing.uses import uses
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("delegation_pages", __name__)

HOME: Final = "/wallet/delegations"
_ENDED_ON_A_PAGE: Final = 30
_USES_SHOWN: Final = 5


@blueprint.get(HOME)
@guard(holder())
def mine() -> str:
    """Those that count or will, or wait for an answer."""
    page = delegations(deps(), current_principal(), now(), numbers.PAGE_LIMIT_MAX, living=True)
    waiting = [one for one in page.items if one.side == "received" and one.state == "offered"]
    return _page(
        "delegations/mine.html",
        waiting=waiting,
        given=[one for one in page.items if one.side == "given"],
        received=[one for one in page.items if one.side == "received" and one not in waiting],
    )


@blueprint.get(f"{HOME}/ended")
@guard(holder())
def ended() -> str:
    """Those that are over, newest first."""
    cursor = request.args.get("cursor")
    page = delegations(deps(), current_principal(), now(), _ENDED_ON_A_PAGE, cursor, living=False)
    return _page("delegations/ended.html", ended=page.items, next_cursor=page.next_cursor)


@blueprint.get(f"{HOME}/new")
@guard(holder(fresh=True))
def new() -> str:
    """To whom, and which licences; `licence` names the one that the holder comes from."""
    given = MultiDict({"licences": request.args.get("licence", "")})
    return _who(given)


@blueprint.post(f"{HOME}/new")
@guard(holder(rate="holder", fresh=True))
def offer_one() -> AnyResponse | str | tuple[str, int]:
    """The next step: matters and days, then all of it once more, then the offer itself."""
    given, step = request.form, request.form.get("step", "")
    wrong = _wrong_who(given)
    if wrong or step == "who":
        return (_who(given, wrong), 422) if wrong else _who(given)
    if step == "scope":
        return _scope(given)
    wrong = wrong_scope(given)
    if wrong:
        return _scope(given, wrong), 422
    new: NewDelegation = NEW_DELEGATION.load(body_of(given))
    if step != "offer":
        return _confirm(given, new)
    try:
        made = offer(deps(), current_principal(), new, now())
    except (Conflict, Invalid, NotFound, TooMany) as refused:
        return _scope(given, refused=delegation_refusal(refused)), STATUS[type(refused)][0]
    return redirect(f"{HOME}/{made}?offered=1", 303)


@blueprint.get(f"{HOME}/<delegation_id>")
@guard(holder())
def one(delegation_id: str) -> str:
    """What it is, what became of it, and what can be done."""
    return _one(delegation(deps(), current_principal(), delegation_id, now()))


@blueprint.post(f"{HOME}/<delegation_id>/answer")
@guard(holder())
def answer_one(delegation_id: str) -> AnyResponse | tuple[str, int]:
    """Accept, or decline."""
    principal, accept = current_principal(), request.form.get("accept") == "1"
    try:
        answer(deps(), principal, delegation_id, now(), accept=accept)
    except Conflict as refused:
        found = delegation(deps(), principal, delegation_id, now())
        return _one(found, refused=delegation_refusal(refused)), 409
    return redirect(f"{HOME}/{delegation_id}", 303)


@blueprint.post(f"{HOME}/<delegation_id>/end")
@guard(holder())
def end_one(delegation_id: str) -> AnyResponse:
    """End it, or take the offer back."""
    end(deps(), current_principal(), delegation_id, now())
    return redirect(f"{HOME}/{delegation_id}", 303)


def _page(template: str, **values: Any) -> str:
    return render_template(
        template, csrf_token=request.cookies.get(CSRF_COOKIE, ""), today=local_day(now()), **values
    )


def _one(found: DelegationView, refused: str = "") -> str:
    under = WantedUses(under=found.id)
    used = uses(deps(), current_principal(), now(), _USES_SHOWN, None, under)
    return _page(
        "delegations/one.html",
        one=found,
        uses=[described(use) for use in used.items],
        more=used.next_cursor is not None,
        refused_why=refused,
        offered="offered" in request.args,
    )


def _who(given: Mapping[str, Any], wrong: Mapping[str, str] | None = None) -> str:
    return _page(
        "delegations/who.html",
        given=given,
        wrong=wrong or {},
        holders=givable(deps(), current_principal(), now()),
        code_types=code_types(),
    )


def _scope(
    given: Mapping[str, Any], wrong: Mapping[str, str] | None = None, refused: str = ""
) -> str:
    chosen = _chosen(given)
    return _page(
        "delegations/scope.html",
        given=given,
        wrong=wrong or {},
        refused_why=refused,
        licences=chosen,
        matters=matters_for(chosen),
        periods=PERIODS,
        period=given.get("days", str(PERIOD)),
    )


def _confirm(given: Mapping[str, Any], new: NewDelegation) -> str:
    chosen = _chosen(given)
    named = set(new.items or ())
    return _page(
        "delegations/confirm.html",
        given=given,
        new=new,
        licences=chosen,
        items=None
        if new.items is None
        else [one for one in matters_for(chosen) if one.code in named],
        code_type=code_types().get(new.code_type, ""),
    )


def _chosen(given: Mapping[str, Any]) -> list[HeldLicence]:
    wanted = set(listed(given, "licences"))
    mine = givable(deps(), current_principal(), now())
    return [held for some in mine.values() for held in some if held.identifier in wanted]


def _wrong_who(given: Mapping[str, Any]) -> dict[str, str]:
    return wrong_person(given) | wrong_licences(given, _chosen(given))
