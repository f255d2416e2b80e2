"""Pages on which use items are drafted by the responsible person, and reviewed, published and withdrawn above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, request
from flask_babel import gettext as _

from wallet.base.clock import read_day
from wallet.catalogue.draft_schemas import DraftReviewSchema
from wallet.catalogue.drafts import OPEN, draft, drafts, id_of, rewrite_draft, submit_draft
from wallet.catalogue.register import Draft
from wallet.catalogue.review import review_draft
from wallet.catalogue.use_list.drafts import ITEMS, items_in_sight, own_items, write_item
from wallet.catalogue.use_list.entry import published_item
from wallet.catalogue.use_list.publish import publish_item, withdraw_item
from wallet.catalogue.use_list.read import item_in_sight
from wallet.errors import Invalid
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.pages.catalogue_words import act_words, state_words
from wallet.pages.console import acting_as, render_console
from wallet.pages.item_form import item_of_form, starter
from wallet.pages.item_words import (
    consent_words,
    differences,
    fault_words,
    published_type_words,
    satisfied_words,
    scene_words,
)
from wallet.pages.manager_units import console_role
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import flatten_messages

blueprint = Blueprint("manager_items_pages", __name__)
ITEMS_PAGE: Final = "/manager/items"
_SEEING: Final = staff("manager") | staff(RESPONSIBLE)
_REVIEW: Final = DraftReviewSchema()


@blueprint.get(ITEMS_PAGE)
@guard(_SEEING)
def home() -> str:
    """What waits for a decision, for managers; the unit's items and drafts, for its responsible person."""
    who = current_principal()
    managing, writing = "manager" in who.roles, RESPONSIBLE in who.roles
    mine = _drafts(RESPONSIBLE, OPEN) if writing else []
    return _render(
        "manager_items/home.html",
        managing=managing,
        writing=writing,
        waiting=_drafts("manager", ("submitted", "reviewed", "scheduled")) if managing else [],
        below=items_in_sight(deps(), who, PAGE_LIMIT_MAX) if managing else [],
        mine=mine,
        own=own_items(deps(), who) if writing else [],
        open_codes={one.code for one in mine},
    )


@blueprint.get(f"{ITEMS_PAGE}/new")
@guard(staff(RESPONSIBLE))
def begin() -> str:
    """The form of a new version, or of a new item."""
    code = request.args.get("code", "")
    mine = {item.code for item in own_items(deps(), current_principal())}
    content = published_item(deps(), code) if code in mine else None
    return _form(code if content else "", content or starter(), None, [])


@blueprint.post(f"{ITEMS_PAGE}/new")
@guard(staff(RESPONSIBLE))
def write_new() -> Response:
    """Keep a new draft, or list the fields of the licences that were chosen."""
    code, content = (
        request.form.get("code", "").strip(),
        item_of_form(request.form, published_type_words()),
    )
    if "list" in request.form:
        return make_response(_form(code, content, None, []))
    try:
        written = write_item(deps(), current_principal(), code, content, now())
    except Invalid as refused:
        return make_response(_form(code, content, None, fault_words(refused, content)), 422)
    return make_response(redirect(f"{ITEMS_PAGE}/{written.id}", 303))


@blueprint.get(f"{ITEMS_PAGE}/<draft_id>")
@guard(_SEEING)
def one(draft_id: str) -> str:
    """A version: its form for who may change it, else what it says and, for a manager, the decision."""
    found = draft(deps(), ITEMS, current_principal(), id_of(draft_id))
    writing = (
        RESPONSIBLE in current_principal().roles and found.unit == current_principal().unit_name
    )
    if writing and found.state in ("draft", "returned") and found.content is not None:
        return _form(found.code, found.content, found, [])
    return _shown(found)


@blueprint.post(f"{ITEMS_PAGE}/<draft_id>")
@guard(staff(RESPONSIBLE))
def rewrite(draft_id: str) -> Response:
    """Keep what the form says; with the button of submission hand it in as well."""
    number, content = id_of(draft_id), item_of_form(request.form, published_type_words())
    who = acting_as(RESPONSIBLE)
    if "list" in request.form:
        found = draft(deps(), ITEMS, who, number)
        return make_response(_form(found.code, content, found, []))
    try:
        rewrite_draft(deps(), ITEMS, who, number, content, now())
        if "submit" in request.form:
            submit_draft(deps(), ITEMS, who, number, now())
    except Invalid as refused:
        found = draft(deps(), ITEMS, who, number)
        faults = fault_words(refused, content)
        return make_response(_form(found.code, content, found, faults), 422)
    return make_response(redirect(f"{ITEMS_PAGE}/{number}", 303))


@blueprint.post(f"{ITEMS_PAGE}/<draft_id>/decision")
@guard(staff("manager"))
def decide(draft_id: str) -> Response:
    """Pass, return or publish."""
    number, decision = id_of(draft_id), request.form.get("decision", "")
    who, reason = acting_as("manager"), request.form.get("reason", "").strip()
    try:
        if decision == "publish":
            publish_item(deps(), who, number, now(), _day(request.form.get("from", "").strip()))
        elif decision in ("pass", "return"):
            if told := _REVIEW.validate({"decision": decision, "reason": reason}):
                raise Invalid("", errors=flatten_messages(told))
            review_draft(deps(), ITEMS, who, number, decision, reason, now())
        else:
            raise Invalid(_("请选择通过、退回或发布。"))
    except Invalid as refused:
        found = draft(deps(), ITEMS, who, number)
        return make_response(_shown(found, fault_words(refused, found.content or {})), 422)
    return make_response(redirect(f"{ITEMS_PAGE}/{number}", 303))


@blueprint.get(f"{ITEMS_PAGE}/withdrawal/<code>")
@guard(staff("manager"))
def confirm_withdrawal(code: str) -> str:
    """What taking an item off the list means, and why it is done."""
    return _withdrawal(code, [])


@blueprint.post(f"{ITEMS_PAGE}/withdrawal/<code>")
@guard(staff("manager"))
def withdraw(code: str) -> Response:
    """Take an item off the list."""
    reason = request.form.get("reason", "").strip()
    try:
        if told := _REVIEW.validate({"decision": "return", "reason": reason}):
            raise Invalid("", errors=flatten_messages(told))
        withdraw_item(deps(), acting_as("manager"), code, reason, now())
    except Invalid as refused:
        return make_response(_withdrawal(code, fault_words(refused, {})), 422)
    return make_response(redirect(ITEMS_PAGE, 303))


def _day(text: str) -> date | None:
    """The day of a field, None where it was left empty; raises Invalid."""
    try:
        return read_day(text) if text else None
    except ValueError:
        raise Invalid(_("请按 2026-01-31 这样填写日期。")) from None


def _drafts(role: str, states: Sequence[str]) -> list[Draft]:
    """The versions in these states that the account sees by one of its roles."""
    return drafts(deps(), ITEMS, acting_as(role), states, PAGE_LIMIT_MAX)[0]


def _render(template: str, **values: Any) -> str:
    return render_console(
        console_role(), "items", template,
        states=state_words(), acts=act_words(), scenes=scene_words(), consents=consent_words(),
        satisfied=satisfied_words(), **values,
    )  # fmt: skip


def _form(code: str, content: Mapping[str, Any], found: Draft | None, faults: Sequence[str]) -> str:
    return _render(
        "manager_items/form.html",
        code=code,
        content=content,
        draft=found,
        faults=faults,
        known=found is not None or (bool(code) and published_item(deps(), code) is not None),
        types=(types := published_type_words()),
        types_to_pick=[(code, kind["name"]) for code, kind in types.items()],
    )


def _shown(found: Draft, faults: Sequence[str] = ()) -> str:
    before = found.state in OPEN
    old = published_item(deps(), found.code) if before else None
    types = published_type_words()
    writers = {step.account for step in found.steps if step.act in ("written", "submitted")}
    return _render(
        "manager_items/version.html",
        draft=found,
        faults=faults,
        changes=differences(old, found.content or {}, types) if before else [],
        is_new=old is None,
        deciding="manager" in current_principal().roles,
        own=current_principal().account in writers,
        types=types,
    )


def _withdrawal(code: str, faults: Sequence[str]) -> str:
    return _render(
        "manager_items/withdrawal.html",
        item=item_in_sight(deps(), acting_as("manager"), code),
        faults=faults,
    )
