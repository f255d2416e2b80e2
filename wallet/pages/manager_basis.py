"""Basis documents as managers keep them: the list with its warnings, one with what cites it, the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet.base.clock import local_day
from wallet.catalogue.basis.keep import NewDocument, add_document, change_document
from wallet.catalogue.basis.listed import BasisView, document, documents
from wallet.catalogue.basis.schemas import DocumentChangeSchema, NewDocumentSchema
from wallet.errors import Conflict, Invalid, NotFound
from wallet.pages.console import render_console
from wallet.pages.manager_units import fault_members
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("manager_basis_pages", __name__)
BASIS: Final = "/manager/basis"
_NEW, _CHANGE = NewDocumentSchema(), DocumentChangeSchema()
_FIELDS: Final = ("title", "number", "effective_from", "effective_to")
_Answer = AnyResponse | tuple[str, int]


@blueprint.get(BASIS)
@guard(staff("manager"))
def home() -> str:
    """Every document, with warnings of those that lapse."""
    return _render("manager_basis/documents.html", documents=_all())


@blueprint.get(f"{BASIS}/new")
@guard(staff("manager", fresh=True))
def begin() -> str:
    """The form of a new document."""
    return _form(None, {})


@blueprint.post(f"{BASIS}/new")
@guard(staff("manager", fresh=True))
def add() -> _Answer:
    """Register it and go to its page."""
    given = _given(*_FIELDS, "code")
    try:
        new: NewDocument = _NEW.load({**given, "effective_to": given["effective_to"] or None})
        add_document(deps(), current_principal(), new, now())
    except (ValidationError, Invalid) as refused:
        return _form(None, given, fault_members(refused)), 422
    except Conflict:
        return _form(None, given, {"code"}), 409
    return redirect(f"{BASIS}/{new.code}?done=added", 303)


@blueprint.get(f"{BASIS}/<code>")
@guard(staff("manager"))
def one(code: str) -> str:
    """One document, and what cites it."""
    found = _one(code)
    notes = {"added": _("已登记。"), "changed": _("已变更。")}
    return _render(
        "manager_basis/document.html",
        document=found,
        successor=_one(found.replaced_by) if found.replaced_by else None,
        note=notes.get(request.args.get("done", ""), ""),
        crumbs=[(_("依据文件"), BASIS)],
    )


@blueprint.get(f"{BASIS}/<code>/edit")
@guard(staff("manager", fresh=True))
def edit(code: str) -> str:
    """The form of a change."""
    found = _kept(code)
    given = {name: str(getattr(found, name) or "") for name in (*_FIELDS, "replaced_by")}
    return _form(found, given)


@blueprint.post(f"{BASIS}/<code>/edit")
@guard(staff("manager", fresh=True))
def change(code: str) -> _Answer:
    """Change its days, its name, or what takes its place."""
    found = _kept(code)
    given = _given(*_FIELDS, "replaced_by")
    ends = {name: given[name] or None for name in ("effective_to", "replaced_by")}
    try:
        change_document(deps(), current_principal(), code, _CHANGE.load({**given, **ends}), now())
    except (ValidationError, Invalid) as refused:
        return _form(found, given, fault_members(refused)), 422
    return redirect(f"{BASIS}/{quote(code)}?done=changed", 303)


def _form(found: BasisView | None, given: Mapping[str, str], faults: set[str] | None = None) -> str:
    words: dict[str, str] = {
        "title": _("请填写名称，不要太长。"),
        "number": _("请填写文号，不要太长。"),
        "code": _("请填写小写字母、数字和 -，不与其他文件相同。"),
        "effective_from": _("请填写施行日期。"),
        "effective_to": _("失效日期应晚于施行日期。"),
        "replaced_by": _("请选择另一个文件，不能是已被本文件替代的。"),
    }
    crumbs = [(_("依据文件"), BASIS)]
    if found is not None:
        crumbs.append((found.title, f"{BASIS}/{quote(found.code)}"))
    return _render(
        "manager_basis/form.html",
        document=found,
        given=given,
        others=[other for other in _all() if found is not None and other.code != found.code],
        wrong={name: words[name] for name in words if name in (faults or ())},
        refused_why="",
        crumbs=crumbs,
    )


def _all() -> list[BasisView]:
    return documents(deps(), current_principal(), local_day(now()))


def _one(code: str) -> BasisView:
    return document(deps(), current_principal(), code, local_day(now()))


def _kept(code: str) -> BasisView:
    """A document that a unit of the own subtree keeps; raises NotFound."""
    found = _one(code)
    if not found.changeable:
        raise NotFound("这一依据文件由别的管理单位维护。")
    return found


def _given(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in names}


def _render(template: str, **values: Any) -> str:
    return render_console("manager", "basis", template, **values)
