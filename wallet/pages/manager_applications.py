"""用证申请: a unit's responsible person applies to use licences, the managers above decide, file and look at filings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.use_list.read import use_item
from wallet.errors import Conflict, DomainError, Invalid, NotFound
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.pages.application_frame import APPLICATIONS, asked_types, crumbs, render_applications
from wallet.pages.application_words import (
    application_refusal,
    application_wrong,
    content_of_form,
    types_to_ask,
)
from wallet.pages.console import acting_as
from wallet.pages.item_words import published_type_words
from wallet.relying.onboarding.apply import (
    applicable_items,
    granted_content,
    may_apply,
    own_grants,
    rewrite_application,
    submit_application,
    withdraw_application,
    write_application,
)
from wallet.relying.onboarding.listed import (
    ApplicationView,
    application_view,
    applications_page,
    filings_to_note,
)
from wallet.relying.onboarding.proofs import add_proof, proof_file, remove_proof
from wallet.relying.onboarding.sight import EDITABLE, OVER, WAITING
from wallet.web.deps import deps, now
from wallet.web.downloads import download
from wallet.web.guards import guard, staff
from wallet.web.multipart import form_with_file
from wallet.web.principal import Principal, current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("manager_application_pages", __name__)
_SEEING: Final = staff("manager") | staff(RESPONSIBLE)
_Answer = AnyResponse | str | tuple[str, int]


@blueprint.get(APPLICATIONS)
@guard(_SEEING)
def home() -> str:
    """What waits for the managers, what was filed with them, and the applications of the own unit."""
    who, cursor = current_principal(), request.args.get("cursor")
    over = "over" in request.args
    page, following = applications_page(
        deps(), who, OVER if over else (*WAITING, *EDITABLE), numbers.PAGE_LIMIT, cursor, now()
    )
    kept = "over=1&" if over else ""
    return render_applications(
        "manager_applications/applications.html",
        page=page,
        over=over,
        filings=filings_to_note(deps(), who, now()) if "manager" in who.roles else [],
        may_apply=RESPONSIBLE in who.roles,
        granted=own_grants(deps(), who) if RESPONSIBLE in who.roles else [],
        soon=local_day(now()) + timedelta(days=numbers.EXPIRING_DAYS),
        managing="manager" in who.roles,
        first=f"{APPLICATIONS}?{kept}".rstrip("?&") if cursor else None,
        next=f"{APPLICATIONS}?{kept}cursor={following}" if following else None,
    )


@blueprint.get(f"{APPLICATIONS}/new")
@guard(staff(RESPONSIBLE))
def begin() -> str:
    """Which item it is for; once that is chosen, the form."""
    who, item = acting_as(RESPONSIBLE), request.args.get("item", "")
    if not may_apply(deps(), who, item):
        cursor = request.args.get("cursor")
        items, following = applicable_items(deps(), who, numbers.PAGE_LIMIT, cursor)
        return render_applications(
            "manager_applications/choose.html",
            items=items,
            first=f"{APPLICATIONS}/new" if cursor else None,
            next=f"{APPLICATIONS}/new?cursor={following}" if following else None,
            crumbs=crumbs(),
        )
    # To renew is to apply for the same again, or for more or less of it.
    return _form(item, granted_content(deps(), who, item) or {"types": []}, None)


@blueprint.post(f"{APPLICATIONS}/new")
@guard(staff(RESPONSIBLE))
def write_new() -> _Answer:
    """Keep a new application and go to its page, where proofs are added."""
    item = request.form.get("item", "")
    content = content_of_form(request.form, _types(item))
    try:
        made = write_application(deps(), acting_as(RESPONSIBLE), item, content, now())
    except (Invalid, Conflict) as refused:
        return _form(item, content, None, refused), STATUS[type(refused)][0]
    return redirect(f"{APPLICATIONS}/{made}", 303)


@blueprint.get(f"{APPLICATIONS}/<application_id>")
@guard(_SEEING)
def one(application_id: str) -> str:
    """An application: its form for the party while it may be changed, else what it says and how far it is."""
    return _shown(_view(application_id))


@blueprint.post(f"{APPLICATIONS}/<application_id>")
@guard(staff(RESPONSIBLE))
def change(application_id: str) -> _Answer:
    """Keep what the form says; with other buttons hand it in as well, or take it back."""
    found = _view(application_id, who := acting_as(RESPONSIBLE))
    if "withdraw" in request.form:
        return _step(application_id, lambda: withdraw_application(deps(), who, found.id, now()))
    content = content_of_form(request.form, _types(found.item))
    try:
        rewrite_application(deps(), who, found.id, content, now())
        if "submit" in request.form:
            submit_application(deps(), who, found.id, now())
    except (Invalid, Conflict) as refused:
        found = application_view(deps(), who, application_id, now())
        if found.state not in EDITABLE or not _types(found.item):
            return _shown(found, refused), STATUS[type(refused)][0]
        return _form(found.item, content, found, refused), STATUS[type(refused)][0]
    return redirect(f"{APPLICATIONS}/{found.id}", 303)


@blueprint.post(f"{APPLICATIONS}/<application_id>/proofs")
@guard(staff(RESPONSIBLE, streamed=True))
def send_proof(application_id: str) -> _Answer:
    """Take in a file."""
    who = acting_as(RESPONSIBLE)
    application_view(deps(), who, application_id, now())
    form = form_with_file()
    file = b"".join(form.parts)
    return _step(
        application_id,
        lambda: add_proof(deps(), who, application_id, form.filename, file, now()),
    )


@blueprint.get(f"{APPLICATIONS}/<application_id>/proofs/<proof_id>")
@guard(_SEEING)
def proof(application_id: str, proof_id: str) -> Response:
    """A file, to be saved; that it was read goes on record."""
    found = proof_file(deps(), current_principal(), application_id, proof_id, now())
    return download([found.file], "proof", found.name, found.media_type)


@blueprint.post(f"{APPLICATIONS}/<application_id>/proofs/<proof_id>")
@guard(staff(RESPONSIBLE))
def delete_proof(application_id: str, proof_id: str) -> _Answer:
    """Delete a file."""
    who = acting_as(RESPONSIBLE)
    return _step(application_id, lambda: remove_proof(deps(), who, application_id, proof_id, now()))


def _step(application_id: str, take_it: Any) -> _Answer:
    try:
        take_it()
    except (Invalid, Conflict) as refused:
        return _shown(_view(application_id), refused), STATUS[type(refused)][0]
    return redirect(f"{APPLICATIONS}/{application_id}", 303)


def _view(application_id: str, who: Principal | None = None) -> ApplicationView:
    return application_view(deps(), who or current_principal(), application_id, now())


def _shown(found: ApplicationView, refused: DomainError | None = None) -> str:
    # Of an item that was taken off the list there is no form, but the application can be taken back.
    if found.own and found.state in EDITABLE and _types(found.item):
        return _form(found.item, found.content, found, refused)
    return render_applications(
        "manager_applications/application.html",
        application=found,
        types=asked_types(found.content["types"]),
        refused_why=application_refusal(refused) if refused else "",
        crumbs=crumbs(),
    )


def _form(
    item: str,
    content: Mapping[str, Any],
    found: ApplicationView | None,
    refused: DomainError | None = None,
) -> str:
    wrong = application_wrong(refused) if isinstance(refused, Invalid) else {}
    returned = [step for step in found.steps if step.act == "returned"] if found else []
    return render_applications(
        "manager_applications/form.html",
        item=use_item(deps(), item),
        content=content,
        application=found,
        types=_types(item),
        ticked={(one["type"], key) for one in content["types"] for key in one["fields"]},
        returned=returned[-1] if found and found.state == "returned" else None,
        wrong=wrong,
        refused_why=application_refusal(refused) if refused and not wrong else "",
        most=numbers.PROOF_MAX,
        crumbs=crumbs(),
    )


def _types(item: str) -> list[dict[str, Any]]:
    """What may be asked for an item; nothing for one that is not published (any more)."""
    try:
        necessary = use_item(deps(), item)["fields"]
    except NotFound:
        return []
    return types_to_ask(necessary, published_type_words())
