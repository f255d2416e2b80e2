"""停用与授权 in an assisted session: codes are stopped, delegations end, and what a colleague is to confirm is prepared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from wallet.base.clock import local_day
from wallet.counter.acts.at_once import end_delegation_for, freeze_for
from wallet.counter.acts.listed import served_delegations, session_acts
from wallet.counter.acts.prepare import prepare_delegation, prepare_unfreeze, withdraw_act
from wallet.counter.assist import AssistanceView, assistance_view
from wallet.errors import Conflict, Invalid, NotFound, TooMany
from wallet.licences.held import HeldLicence
from wallet.pages.console import render_console
from wallet.pages.counter import COUNTER
from wallet.pages.counter_words import act_refusal
from wallet.pages.delegation_form import (
    NEW_DELEGATION,
    PERIOD,
    PERIODS,
    body_of,
    code_types,
    listed,
    matters_for,
    wrong_licences,
    wrong_person,
    wrong_scope,
)
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("counter_act_pages", __name__)
_COUNTER: Final = staff("counter")


@blueprint.post(f"{COUNTER}/<assistance_id>/freeze")
@guard(_COUNTER)
def stop(assistance_id: str) -> AnyResponse:
    """Stop the person's codes, at once; that they are stopped already is as good."""
    try:
        freeze_for(deps(), current_principal(), assistance_id, now())
    except Conflict as refused:
        if refused.slug != "already_frozen":
            raise
    return _back(assistance_id)


@blueprint.post(f"{COUNTER}/<assistance_id>/unfreeze")
@guard(_COUNTER)
def go_on(assistance_id: str) -> AnyResponse:
    """Prepare that they may be shown again; that they may already is as good."""
    try:
        prepare_unfreeze(deps(), current_principal(), assistance_id, now())
    except Conflict as refused:
        if refused.slug != "not_frozen":
            raise
    return _back(assistance_id)


@blueprint.post(f"{COUNTER}/<assistance_id>/acts/<act_id>/withdrawal")
@guard(_COUNTER)
def withdraw(assistance_id: str, act_id: str) -> AnyResponse:
    """Take back what waits; what a colleague has answered meanwhile stands on the session's page."""
    try:
        withdraw_act(deps(), current_principal(), assistance_id, act_id, now())
    except Conflict as refused:
        if refused.slug != "act_settled":
            raise
    return _back(assistance_id)


@blueprint.get(f"{COUNTER}/<assistance_id>/delegations")
@guard(_COUNTER)
def delegations(assistance_id: str) -> str:
    """Those that count or may yet, each to be ended."""
    found = _session(assistance_id)
    page = served_delegations(deps(), current_principal(), found.id, now())
    return _render("counter/delegations.html", found, delegations=page.items)


@blueprint.post(f"{COUNTER}/<assistance_id>/delegations/<delegation_id>/end")
@guard(_COUNTER)
def end(assistance_id: str, delegation_id: str) -> AnyResponse:
    """End one, at once."""
    end_delegation_for(deps(), current_principal(), assistance_id, delegation_id, now())
    return redirect(f"{COUNTER}/{assistance_id}/delegations", 303)


@blueprint.get(f"{COUNTER}/<assistance_id>/delegations/new")
@guard(_COUNTER)
def new(assistance_id: str) -> str:
    """The form of a delegation."""
    return _form(_session(assistance_id), MultiDict({"code_type": "111"}))


@blueprint.post(f"{COUNTER}/<assistance_id>/delegations/new")
@guard(_COUNTER)
def delegate(assistance_id: str) -> AnyResponse | tuple[str, int]:
    """Prepare it, for a colleague to confirm."""
    found, given = _session(assistance_id), request.form
    chosen = [one for one in _givable(found) if one.identifier in listed(given, "licences")]
    wrong = wrong_person(given) | wrong_licences(given, chosen) | wrong_scope(given)
    if wrong:
        return _form(found, given, wrong), 422
    asked = NEW_DELEGATION.load(body_of(given))
    try:
        prepare_delegation(deps(), current_principal(), found.id, asked, now())
    except (Conflict, Invalid, NotFound, TooMany) as refused:
        return _form(found, given, refused_why=act_refusal(refused)), STATUS[type(refused)][0]
    return _back(found.id)


def _form(
    found: AssistanceView,
    given: Mapping[str, Any],
    wrong: Mapping[str, str] | None = None,
    refused_why: str = "",
) -> str:
    licences = _givable(found)
    return _render(
        "counter/delegate.html",
        found,
        given=given,
        wrong=wrong or {},
        refused_why=refused_why,
        licences=licences,
        code_types=code_types(),
        matters=matters_for(licences),
        periods=PERIODS,
        period=given.get("days", str(PERIOD)),
        today=local_day(now()),
        acts=session_acts(deps(), current_principal(), found.id, now()),
    )


def _givable(found: AssistanceView) -> list[HeldLicence]:
    return [one for one in found.licences if one.status not in ("expired", "revoked")]


def _session(assistance_id: str) -> AssistanceView:
    return assistance_view(deps(), current_principal(), assistance_id, now())


def _back(assistance_id: str) -> AnyResponse:
    return redirect(f"{COUNTER}/{assistance_id}#acts", 303)


def _render(template: str, found: AssistanceView, **values: Any) -> str:
    crumbs = [(_("帮办代办"), COUNTER), (found.holder, f"{COUNTER}/{found.id}")]
    return render_console("counter", "home", template, session=found, crumbs=crumbs, **values)
