"""In step with business systems: force majeure, late uploads, reconciliation, coverage."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from wallet.licences.in_step.coverage import Coverage, coverage, coverage_csv, expect
from wallet.licences.in_step.digest_list import listed_licences
from wallet.licences.in_step.force_majeure import NewReport, add_measure, clear, close, report
from wallet.licences.in_step.late import late_uploads
from wallet.licences.in_step.reconcile import Scope, reconcile
from wallet.licences.in_step.reconciliations import reconciliation
from wallet.licences.in_step.reports import Report, visible_report, visible_reports
from wallet.licences.in_step.schemas import (
    ClearanceSchema,
    ClosureSchema,
    CoveragePageSchema,
    CoverageSchema,
    ExpectedSchema,
    LatePageSchema,
    ListedLicenceSchema,
    MeasureSchema,
    NewReportSchema,
    ReconciliationSchema,
    ReportPageSchema,
    ReportQuerySchema,
    ReportSchema,
    ScopeSchema,
)
from wallet.numbers import PAGE_LIMIT
from wallet.web.arguments import ApiBlueprint
from wallet.web.bodies import streamed
from wallet.web.deps import deps, now
from wallet.web.guards import client, guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("in_step", __name__, description="同步归集 · In step with issuing units")
_LINES: Final = "application/x-ndjson"
_ISSUING = client("issuing") | staff("issuer")
_SEEING = _ISSUING | staff("manager")


@blueprint.route("/force-majeure", methods=["POST"])
@blueprint.arguments(NewReportSchema)
@blueprint.response(201, ReportSchema)
@guard(_ISSUING)
def report_force_majeure(new: NewReport) -> Report:
    """Report that the unit cannot issue in time; the same report again is the same."""
    return report(deps(), current_principal(), new, now())


@blueprint.route("/force-majeure")
@blueprint.arguments(ReportQuerySchema, location="query")
@blueprint.response(200, ReportPageSchema)
@guard(_SEEING)
def force_majeure_reports(query: dict[str, Any]) -> dict[str, Any]:
    """The reports of the own unit, for managers also of those below it."""
    page, next_cursor = visible_reports(
        deps(), current_principal(), query["state"], query["limit"], query["cursor"], now()
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/force-majeure/<report_id>")
@blueprint.response(200, ReportSchema)
@guard(_SEEING)
def force_majeure_report(report_id: str) -> Report:
    """One report."""
    return visible_report(deps(), current_principal(), report_id, now())


@blueprint.route("/force-majeure/<report_id>/measures", methods=["POST"])
@blueprint.arguments(MeasureSchema)
@blueprint.response(200, ReportSchema)
@guard(_ISSUING)
def tell_measure(new: dict[str, str], report_id: str) -> Report:
    """Tell of a measure that was taken."""
    return add_measure(deps(), current_principal(), report_id, new["measure"], now())


@blueprint.route("/force-majeure/<report_id>/clearance", methods=["POST"])
@blueprint.arguments(ClearanceSchema)
@blueprint.response(200, ReportSchema)
@guard(_ISSUING)
def tell_clearance(new: dict[str, datetime], report_id: str) -> Report:
    """Tell when the fault was cleared; three working days are left for the backlog."""
    return clear(deps(), current_principal(), report_id, new["cleared_at"], now())


@blueprint.route("/force-majeure/<report_id>/closure", methods=["POST"])
@blueprint.arguments(ClosureSchema)
@blueprint.response(200, ReportSchema)
@guard(_ISSUING)
def tell_closure(new: dict[str, int], report_id: str) -> Report:
    """Tell that the backlog is through."""
    return close(deps(), current_principal(), report_id, new["backlog"], now())


@blueprint.route("/reconciliations", methods=["POST"])
@blueprint.arguments(ScopeSchema, location="query")
@blueprint.response(201, ReconciliationSchema)
@blueprint.doc(requestBody={"required": True, "content": {_LINES: {"schema": ListedLicenceSchema}}})
@guard(client("issuing"))
def reconcile_licences(scope: Scope) -> dict[str, Any]:
    """What differs from the business system's digest list, which is JSON lines."""
    if request.mimetype != _LINES or request.headers.get("Content-Encoding", "identity") != (
        "identity"
    ):
        raise UnsupportedMediaType
    lines = listed_licences(streamed(of_lines=True))
    made = reconcile(deps(), current_principal(), scope, lines, now())
    return _reconciliation(made, PAGE_LIMIT, None)


@blueprint.route("/reconciliations/<reconciliation_id>")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, ReconciliationSchema)
@guard(client("issuing"))
def reconciliation_report(query: dict[str, Any], reconciliation_id: str) -> dict[str, Any]:
    """What a reconciliation found, and a page of the differences."""
    return _reconciliation(reconciliation_id, query["limit"], query["cursor"])


@blueprint.route("/coverage", methods=["POST"])
@blueprint.arguments(ExpectedSchema)
@blueprint.response(200, CoverageSchema)
@guard(_ISSUING)
def tell_expected(new: dict[str, Any]) -> Coverage:
    """Tell how many licences of a type the unit issued in a year."""
    year = int(new["period"])
    return expect(deps(), current_principal(), new["type"], year, new["expected"], now())


@blueprint.route("/coverage")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, CoveragePageSchema)
@guard(_SEEING)
def coverage_report(query: dict[str, Any]) -> dict[str, Any]:
    """What should be here and what is, by unit, type and year of issue."""
    page, next_cursor = coverage(
        deps(), current_principal(), query["limit"], query["cursor"], now()
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/coverage.csv")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
@guard(_SEEING)
def coverage_table() -> Response:
    """The same as a table, whole."""
    # With its mark, or Excel takes UTF-8 for another encoding.
    text = "\ufeff" + coverage_csv(deps(), current_principal(), now())
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="coverage.csv"'
    return response


@blueprint.route("/late-licences")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, LatePageSchema)
@guard(_SEEING)
def late_licences(query: dict[str, Any]) -> dict[str, Any]:
    """What came in after the day it was issued on."""
    page, next_cursor = late_uploads(deps(), current_principal(), query["limit"], query["cursor"])
    return {"items": page, "next_cursor": next_cursor}


def _reconciliation(public_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
    found, page, next_cursor = reconciliation(deps(), current_principal(), public_id, limit, cursor)
    return {**asdict(found), "items": page, "next_cursor": next_cursor}
