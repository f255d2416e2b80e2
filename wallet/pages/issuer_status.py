"""An issuing unit's staff suspend, resume or end a licence: choose, give reasons, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet.base.paging import number_of_cursor
from wallet.errors import Conflict, Invalid
from wallet.licences.examine import ExaminedLicence, examine
from wallet.licences.schemas import NewStatusSchema
from wallet.licences.status.change import NewStatus, change_status
from wallet.licences.status.transitions import act_of
from wallet.pages.console import render_console
from wallet.pages.issuer import SEARCH
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import flatten_messages

blueprint = Blueprint("issuer_status_pages", __name__)
_SCHEMA = NewStatusSchema()


@blueprint.get("/issuer/licences/<identifier>/status")
@guard(staff("issuer"))
def form(identifier: str) -> str:
    """What may be done to the licence now."""
    return _form(examine(deps(), current_principal(), identifier, now()), {})


@blueprint.post("/issuer/licences/<identifier>/status")
@guard(staff("issuer"))
def change(identifier: str) -> AnyResponse | str | tuple[str, int]:
    """First what is about to be done, then, confirmed, the change itself; sent twice it is done once."""
    found = examine(deps(), current_principal(), identifier, now())
    given = {name: request.form.get(name, "") for name in ("code", "reason", "basis")}
    entry = next((code for code in found.status_codes if code["code"] == given["code"]), None)
    try:
        new: NewStatus = _SCHEMA.load({**given, "status": entry["means"] if entry else ""})
    except ValidationError as error:
        return _form(found, given, wrong=_wrong(error)), 422
    if "again" in request.form:
        return _form(found, given)
    if "confirmed" not in request.form:
        if entry not in found.offered:
            return _form(found, given, wrong={"code": _("请选择要办理的变更。")}), 422
        return render_console(
            "issuer",
            "licences",
            "issuer/confirm_status.html",
            licence=found,
            entry=entry,
            act=act_of(entry or {}),
            new=new,
            seen=found.changed,
            crumbs=_crumbs(found),
        )
    try:
        change_status(
            deps(),
            current_principal(),
            identifier,
            new,
            now(),
            seen=_seen(),
        )
    except (Conflict, Invalid) as refused:
        found = examine(deps(), current_principal(), identifier, now())
        return _form(found, given, refused=refused.detail), 409
    return redirect(f"{SEARCH}/{quote(identifier)}?changed=1", 303)


def _seen() -> int:
    """The last change that the confirmed page told of; -1, which is none, where it says nonsense."""
    try:
        return number_of_cursor(request.form.get("seen", ""))
    except Invalid:
        return -1


def _form(
    found: ExaminedLicence,
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    refused: str = "",
) -> str:
    return render_console(
        "issuer",
        "licences",
        "issuer/status.html",
        licence=found,
        given=given,
        wrong=wrong or {},
        refused_why=refused,
        crumbs=_crumbs(found),
    )


def _crumbs(found: ExaminedLicence) -> list[tuple[str, str]]:
    return [
        (_("证照查询"), SEARCH),
        (found.face.number_masked, f"{SEARCH}/{quote(found.face.identifier)}"),
    ]


def _wrong(error: ValidationError) -> dict[str, str]:
    """The first sentence for each field; of a status that nobody chose, in the field's own words."""
    messages: dict[str, Any] = flatten_messages(error.messages)
    wrong = {path: sentences[0] for path, sentences in messages.items()}
    if wrong.pop("status", None) or "code" in wrong:
        wrong["code"] = _("请选择要办理的变更。")
    return wrong
