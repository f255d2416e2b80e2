"""Files of many licences: sent in by the unit's staff, watched while they are worked off."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from wallet.base.table_files import FORMATS
from wallet.errors import Invalid, NotFound, NotPermitted
from wallet.licences.batches.accept import BatchProgress, accept_batch, batch_progress
from wallet.licences.batches.faults_file import faults_file
from wallet.licences.batches.overview import sent_file, sent_files
from wallet.licences.batches.template import template_file
from wallet.licences.of_unit import types_of_unit
from wallet.numbers import BATCH_FILE_MAX, PAGE_LIMIT
from wallet.pages.console import render_console
from wallet.web.deps import deps, now
from wallet.web.downloads import download
from wallet.web.guards import guard, staff
from wallet.web.multipart import FormWithFile, form_with_file
from wallet.web.principal import current_principal

blueprint = Blueprint("issuer_batch_pages", __name__)
BATCHES = "/issuer/batches"
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
}


@blueprint.get(BATCHES)
@guard(staff("issuer"))
def batches() -> str:
    """What was sent in, the latest first, and the form to send another."""
    return _page()


@blueprint.post(BATCHES)
@guard(staff("issuer", streamed=True))
def send() -> AnyResponse | tuple[str, int]:
    """Take in a file and go to its page; a script is told where that is."""
    form = form_with_file()
    try:
        accepted = _accept(form)
    except (Invalid, NotPermitted) as refused:
        for _part in form.parts:
            pass  # a browser that is still sending does not hear the answer
        if _is_script():
            raise
        return _page(refused.detail, form.fields.get("type", "")), 422
    page = f"{BATCHES}/{accepted.id}"
    if _is_script():
        return jsonify({"page": page})
    return redirect(page, 303)


@blueprint.get(f"{BATCHES}/<batch_id>")
@guard(staff("issuer"))
def batch(batch_id: str) -> str:
    """How far a file is, and what is wrong with which of its lines."""
    cursor = request.args.get("cursor")
    progress, faults, next_cursor = batch_progress(
        deps(), current_principal(), batch_id, PAGE_LIMIT, cursor
    )
    return render_console(
        "issuer",
        "batches",
        "issuer/batch.html",
        file=sent_file(deps(), current_principal(), batch_id),
        progress=progress,
        faults=faults,
        crumbs=[(_("批量报送"), BATCHES)],
        first=f"{BATCHES}/{batch_id}" if cursor else None,
        next=f"{BATCHES}/{batch_id}?{urlencode({'cursor': next_cursor})}" if next_cursor else None,
    )


@blueprint.get(f"{BATCHES}/<batch_id>/errors.csv")
@guard(staff("issuer"))
def errors(batch_id: str) -> Response:
    """Every fault of a file, for a spreadsheet."""
    file = sent_file(deps(), current_principal(), batch_id)
    return download(
        faults_file(deps(), file.number), "errors.csv", _("报送错误.csv"), _KINDS["csv"]
    )


@blueprint.get("/issuer/templates/<code>.<form>")
@guard(staff("issuer"))
def template(code: str, form: str) -> Response:
    """An empty file for a type of the unit."""
    with deps().db.read() as tx:
        kinds = {kind.code: kind for kind in types_of_unit(tx, current_principal().unit_id)}
    if code not in kinds or form not in _KINDS:
        raise NotFound("本单位不签发这一类型，没有它的模板。")
    file = template_file(kinds[code], form)
    return download([file], f"{code}.{form}", f"{kinds[code].name}.{form}", _KINDS[form])


def _accept(form: FormWithFile) -> BatchProgress:
    kind = FORMATS.get(PurePath(form.filename).suffix.lower())
    if kind is None:
        raise Invalid("请选择 .xlsx、.csv 或 .ndjson 文件。", "batch_format")
    type_code = form.fields.get("type") or None
    return accept_batch(deps(), current_principal(), kind, type_code, form.parts, now())


def _page(refused: str = "", chosen: str = "") -> str:
    cursor = request.args.get("cursor")
    files, next_cursor = sent_files(deps(), current_principal(), PAGE_LIMIT, cursor)
    with deps().db.read() as tx:
        types = types_of_unit(tx, current_principal().unit_id)
    return render_console(
        "issuer",
        "batches",
        "issuer/batches.html",
        files=files,
        types=types,
        chosen=chosen or request.args.get("type", ""),
        refused_why=refused,
        most=BATCH_FILE_MAX,
        first=BATCHES if cursor else None,
        next=f"{BATCHES}?{urlencode({'cursor': next_cursor})}" if next_cursor else None,
    )


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"
