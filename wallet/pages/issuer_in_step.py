"""What the staff of an issuing unit see of being in step: coverage, late uploads, a reconciliation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet.errors import Invalid, NotPermitted
from wallet.licences.in_step.coverage import coverage, expect
from wallet.licences.in_step.late import late_uploads
from wallet.licences.in_step.reconciliations import reconciliation
from wallet.licences.in_step.schemas import ExpectedSchema
from wallet.licences.of_unit import shown_number, types_by_code
from wallet.numbers import PAGE_LIMIT
from wallet.pages.console import acting_as, render_console
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.problems import flatten_messages

blueprint = Blueprint("issuer_in_step_pages", __name__)
COVERAGE = "/issuer/coverage"
LATE = "/issuer/late"
_EXPECTED = ExpectedSchema()
_SENSITIVE = ({"key": "number", "sensitive": True},)
"""For a type that the unit does not issue any more, whose face fields are not at hand."""
_NUMBER_DIGITS = 18
"""More digits than this are no count; Python refuses to read very long ones."""


@blueprint.get(COVERAGE)
@guard(staff("issuer"))
def coverage_table() -> str:
    """By type and year what should be here and what is, and the form that tells how many there are."""
    return _coverage({})


@blueprint.post(COVERAGE)
@guard(staff("issuer"))
def tell_expected() -> AnyResponse | tuple[str, int]:
    """Note how many licences of a type the unit issued in a year; it takes the place of what was
    said before."""
    given = {name: request.form.get(name, "").strip() for name in ("type", "period", "expected")}
    try:
        new = _EXPECTED.load({**given, "expected": whole_number(given["expected"])})
        year = int(new["period"])
        expect(deps(), acting_as("issuer"), new["type"], year, new["expected"], now())
    except ValidationError as error:
        return _coverage(given, flatten_messages(error.messages)), 422
    except (Invalid, NotPermitted) as refused:
        field = "period" if refused.slug == "coverage_period" else "type"
        return _coverage(given, {field}), 422
    return redirect(f"{COVERAGE}?told=1", 303)


@blueprint.get(LATE)
@guard(staff("issuer"))
def late() -> str:
    """What came in after the day it was issued on, the latest first."""
    cursor = request.args.get("cursor")
    uploads, next_cursor = late_uploads(deps(), acting_as("issuer"), PAGE_LIMIT, cursor)
    return render_console(
        "issuer",
        "in_step",
        "issuer/late.html",
        uploads=uploads,
        types=types_by_code(deps(), acting_as("issuer")),
        **pages_of(LATE, cursor, next_cursor),
    )


@blueprint.get("/issuer/reconciliations/<reconciliation_id>")
@guard(staff("issuer"))
def reconciled(reconciliation_id: str) -> str:
    """What the last digest list of the business system differs in; numbers of persons are masked."""
    cursor = request.args.get("cursor")
    report, differences, next_cursor = reconciliation(
        deps(), acting_as("issuer"), reconciliation_id, PAGE_LIMIT, cursor
    )
    types = types_by_code(deps(), acting_as("issuer"))
    kind = types.get(report.type)
    fields = kind.fields if kind else _SENSITIVE
    differences = [replace(one, number=shown_number(one.number, fields)) for one in differences]
    return render_console(
        "issuer",
        "in_step",
        "issuer/reconciliation.html",
        report=report,
        differences=differences,
        types=types,
        kinds=_kinds(),
        statuses=_statuses(),
        crumbs=[(_("同步与归集"), COVERAGE)],
        **pages_of(f"/issuer/reconciliations/{report.id}", cursor, next_cursor),
    )


def whole_number(text: str) -> int | None:
    """A number as a form sends it, None for anything else."""
    ours = text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS
    return int(text) if ours else None


def pages_of(address: str, cursor: str | None, next_cursor: str | None) -> dict[str, str | None]:
    """The addresses of the first page and of the next, None where there is no need of one."""
    return {
        "first": address if cursor else None,
        "next": f"{address}?{urlencode({'cursor': next_cursor})}" if next_cursor else None,
    }


def _coverage(given: Mapping[str, str], wrong: Collection[str] = ()) -> str:
    cursor = request.args.get("cursor")
    rows, next_cursor = coverage(deps(), acting_as("issuer"), PAGE_LIMIT, cursor, now())
    words = {
        "type": _("请选择本单位签发的类型。"),
        "period": _("请填写从开始归集那年到今年的年份。"),
        "expected": _("请填写件数，没有则填 0。"),
    }
    return render_console(
        "issuer",
        "in_step",
        "issuer/coverage.html",
        rows=rows,
        types=types_by_code(deps(), acting_as("issuer")),
        given=given,
        wrong={field: words[field] for field in words if field in wrong},
        told="told" in request.args,
        **pages_of(COVERAGE, cursor, next_cursor),
    )


def _kinds() -> dict[str, tuple[str, str]]:
    """How a licence may differ, and what to do."""
    return {
        "missing_here": (_("证照库没有"), _("请补报。")),
        "missing_there": (_("业务系统没有"), _("请核对业务系统；确属误报的，办理撤销。")),
        "older_here": (_("证照库版本较旧"), _("请报送新版本。")),
        "older_there": (_("业务系统版本较旧"), _("请核对业务系统。")),
        "status_differs": (_("状态不一致"), _("请核对后办理状态变更。")),
        "content_differs": (_("内容不一致"), _("请核对；有误的，报送更正后的新版本。")),
    }


def _statuses() -> dict[str, str]:
    return {
        "valid": _("有效"),
        "suspended": _("暂停使用"),
        "expired": _("已过期"),
        "revoked": _("已终止"),
    }
