"""Pages on which catalogue entries are drafted by issuers, and reviewed and published by managers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request
from flask_babel import gettext as _

from wallet.catalogue.content import ACTS, BILINGUAL, FIELD_TYPES, LAYOUTS, LEVELS, MEANINGS, THEMES
from wallet.catalogue.draft_schemas import DraftReviewSchema
from wallet.catalogue.drafts import OPEN, draft, drafts, id_of, rewrite_draft, submit_draft
from wallet.catalogue.entry import published_content
from wallet.catalogue.masking import MASKS
from wallet.catalogue.publish import publish_draft
from wallet.catalogue.register import Draft
from wallet.catalogue.review import review_draft
from wallet.catalogue.type_drafts import TYPES, own_types, write_draft
from wallet.errors import Invalid
from wallet.numbers import PAGE_LIMIT_MAX
from wallet.pages.catalogue_form import content_of_form, starter
from wallet.pages.catalogue_words import (
    act_words,
    differences,
    fault_words,
    state_words,
    type_words,
)
from wallet.pages.console import render_console
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import flatten_messages

blueprint = Blueprint("catalogue_editing_pages", __name__)
_REVIEW = DraftReviewSchema()

HOME = "/issuer/catalogue"
QUEUE = "/manager/catalogue"


@blueprint.get(HOME)
@guard(staff("issuer"))
def home() -> str:
    """The unit's types, and the versions that are not yet published."""
    page, _next = drafts(deps(), TYPES, current_principal(), OPEN, PAGE_LIMIT_MAX)
    own = [one for one in page if one.unit == current_principal().unit_name]
    return render_console(
        "issuer",
        "catalogue",
        "catalogue_editing/home.html",
        drafts=own,
        types=own_types(deps(), current_principal()),
        open_codes={one.code for one in own},
        states=state_words(),
    )


@blueprint.get(f"{HOME}/new")
@guard(staff("issuer"))
def begin() -> str:
    """The form of a new version, or of a new type."""
    code = request.args.get("code", "")
    content = (published_content(deps(), code) if code else None) or starter()
    return _form(code, content, None, [])


@blueprint.post(f"{HOME}/new")
@guard(staff("issuer"))
def write_new() -> Response:
    """Keep a new draft."""
    code, content = request.form.get("code", "").strip(), content_of_form(request.form)
    try:
        written = write_draft(deps(), current_principal(), code, content, now())
    except Invalid as refused:
        return make_response(_form(code, content, None, fault_words(refused, content)), 422)
    return make_response(redirect(f"{HOME}/{written.id}", 303))


@blueprint.get(f"{HOME}/<draft_id>")
@guard(staff("issuer"))
def one(draft_id: str) -> str:
    """A draft: its form while it may be changed, else what it says."""
    found = draft(deps(), TYPES, current_principal(), id_of(draft_id))
    if found.state in ("draft", "returned") and found.content is not None:
        return _form(found.code, found.content, found, [])
    return _shown("issuer", found)


@blueprint.post(f"{HOME}/<draft_id>")
@guard(staff("issuer"))
def rewrite(draft_id: str) -> Response:
    """Keep what the form says; with the button of submission hand it in as well."""
    number, content = id_of(draft_id), content_of_form(request.form)
    try:
        rewrite_draft(deps(), TYPES, current_principal(), number, content, now())
        if "submit" in request.form:
            submit_draft(deps(), TYPES, current_principal(), number, now())
    except Invalid as refused:
        found = draft(deps(), TYPES, current_principal(), number)
        faults = fault_words(refused, content)
        return make_response(_form(found.code, content, found, faults), 422)
    return make_response(redirect(f"{HOME}/{number}", 303))


@blueprint.get(QUEUE)
@guard(staff("manager"))
def queue() -> str:
    """What the units below have handed in, and what is reviewed and not yet published."""
    page, _next = drafts(
        deps(), TYPES, current_principal(), ("submitted", "reviewed"), PAGE_LIMIT_MAX
    )
    return render_console(
        "manager", "catalogue", "catalogue_editing/queue.html", drafts=page, states=state_words()
    )


@blueprint.get(f"{QUEUE}/<draft_id>")
@guard(staff("manager"))
def reviewed(draft_id: str) -> str:
    """What a version changes, and the decision on it."""
    return _shown("manager", draft(deps(), TYPES, current_principal(), id_of(draft_id)))


@blueprint.post(f"{QUEUE}/<draft_id>")
@guard(staff("manager"))
def decide(draft_id: str) -> Response:
    """Pass, return or publish."""
    number, decision = id_of(draft_id), request.form.get("decision", "")
    reason = request.form.get("reason", "").strip()
    try:
        if decision == "publish":
            publish_draft(deps(), current_principal(), number, now())
        elif decision in ("pass", "return"):
            if told := _REVIEW.validate({"decision": decision, "reason": reason}):
                raise Invalid("", errors=flatten_messages(told))
            review_draft(deps(), TYPES, current_principal(), number, decision, reason, now())
        else:
            raise Invalid(_("请选择通过、退回或发布。"))
    except Invalid as refused:
        found = draft(deps(), TYPES, current_principal(), number)
        faults = fault_words(refused, found.content or {})
        return make_response(_shown("manager", found, faults), 422)
    return make_response(redirect(f"{QUEUE}/{number}", 303))


def _form(code: str, content: Any, found: Draft | None, faults: list[str]) -> str:
    return render_console(
        "issuer",
        "catalogue",
        "catalogue_editing/form.html",
        code=code,
        content=content,
        draft=found,
        faults=faults,
        published=published_content(deps(), code) if code else None,
        states=state_words(),
        choices={
            "themes": THEMES,
            "layouts": LAYOUTS,
            "bilingual": BILINGUAL,
            "levels": LEVELS,
            "types": FIELD_TYPES,
            "masks": MASKS,
            "means": MEANINGS,
            "acts": ACTS,
        },
    )


def _shown(role: str, found: Draft, faults: list[str] | None = None) -> str:
    before = None if found.state in ("published", "replaced") else found.code
    old = published_content(deps(), before) if before else None
    writers = {step.account for step in found.steps if step.act in ("written", "submitted")}
    return render_console(
        role,
        "catalogue",
        "catalogue_editing/version.html",
        draft=found,
        faults=faults or [],
        changes=differences(old, found.content or {}) if before else [],
        is_new=old is None,
        own=current_principal().account in writers,
        deciding=role == "manager",
        acts=act_words(),
        types=type_words(),
        states=state_words(),
    )
