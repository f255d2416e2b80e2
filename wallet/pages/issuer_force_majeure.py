"""Force majeure 不可抗力 (O-10, M-9) as the staff of an issuing unit report it and see it through."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.base.clock import SHANGHAI, local_day
from wallet.base.working_days import deadline_after
from wallet.errors import Conflict, Invalid
from wallet.licences.in_step.force_majeure import add_measure, clear, close, report
from wallet.licences.in_step.reports import Report, visible_report, visible_reports
from wallet.licences.in_step.schemas import ClosureSchema, MeasureSchema, NewReportSchema
from wallet.licences.of_unit import types_by_code
from wallet.pages.console import acting_as, render_console
from wallet.pages.issuer_in_step import COVERAGE, pages_of, whole_number
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.problems import flatten_messages

blueprint = Blueprint("issuer_force_majeure_pages", __name__)
REPORTS = "/issuer/force-majeure"


@blueprint.get(REPORTS)
@guard(staff("issuer"))
def reports() -> str:
    """The unit's reports, the latest first, and how each stands."""
    cursor = request.args.get("cursor")
    found, next_cursor = visible_reports(
        deps(), acting_as("issuer"), None, numbers.PAGE_LIMIT, cursor, now()
    )
    return _render(
        "issuer/force_majeure.html",
        reports=found,
        **pages_of(REPORTS, cursor, next_cursor),
    )


@blueprint.get(f"{REPORTS}/new")
@guard(staff("issuer"))
def begin() -> str:
    """The form of a report."""
    return _form()


@blueprint.post(f"{REPORTS}/new")
@guard(staff("issuer"))
def send() -> AnyResponse | tuple[str, int]:
    """File a report and go to its page; the same sent twice is the same report."""
    started_at = _moment(request.form.get("started_at", ""))
    measures = request.form.get("measures", "").splitlines()
    said = {
        "started_at": started_at.isoformat() if started_at else None,
        "what": _line(request.form.get("what", "")),
        "types": request.form.getlist("types"),
        "measures": [_line(one) for one in measures if one.strip()],
    }
    try:
        made = report(deps(), acting_as("issuer"), NewReportSchema().load(said), now())
    except ValidationError as error:
        wrong = {path.partition(".")[0] for path in flatten_messages(error.messages)}
        return _form(wrong), 422
    except Conflict:
        return _form(refused=_("本单位已报告过同一时刻开始的另一情况，请核对开始时间。")), 409
    except Invalid as refused:
        return _form({"types" if refused.slug == "unknown_type" else "started_at"}), 422
    return redirect(f"{REPORTS}/{made.id}?done=reported", 303)


@blueprint.get(f"{REPORTS}/<report_id>")
@guard(staff("issuer"))
def one(report_id: str) -> str:
    """One report, and what is to be done next."""
    return _page(report_id)


@blueprint.post(f"{REPORTS}/<report_id>/measures")
@guard(staff("issuer"))
def tell_measure(report_id: str) -> AnyResponse | tuple[str, int]:
    """Add a measure that was taken."""
    measure = _line(request.form.get("measure", ""))
    try:
        new = MeasureSchema().load({"measure": measure})
        add_measure(deps(), acting_as("issuer"), report_id, new["measure"], now())
    except ValidationError:
        return _page(report_id, {"measure": _("请写明措施，最多 1000 字。")}), 422
    except Conflict as refused:
        return _page(report_id, refused=_refusal(refused)), 409
    return redirect(f"{REPORTS}/{report_id}?done=measured", 303)


@blueprint.post(f"{REPORTS}/<report_id>/clearance")
@guard(staff("issuer"))
def tell_clearance(report_id: str) -> AnyResponse | str | tuple[str, int]:
    """First by when the backlog will be due, then, confirmed, that the fault was cleared."""
    found = visible_report(deps(), acting_as("issuer"), report_id, now())
    cleared_at = _moment(request.form.get("cleared_at", ""))
    wrong = {"cleared_at": _("请填写故障开始之后、不晚于现在的时间。")}
    if "again" in request.form:
        return _page(report_id)
    if cleared_at is None or not found.started_at <= cleared_at <= now():
        return _page(report_id, wrong), 422
    if "confirmed" not in request.form:
        due = deadline_after(cleared_at, numbers.FORCE_MAJEURE_DAYS)
        return _confirm(found, cleared_at=cleared_at, due=due)
    try:
        clear(deps(), acting_as("issuer"), report_id, cleared_at, now())
    except Conflict as refused:
        return _page(report_id, refused=_refusal(refused)), 409
    return redirect(f"{REPORTS}/{report_id}?done=cleared", 303)


@blueprint.post(f"{REPORTS}/<report_id>/closure")
@guard(staff("issuer"))
def tell_closure(report_id: str) -> AnyResponse | str | tuple[str, int]:
    """First what closing means, then, confirmed, that the backlog is through."""
    found = visible_report(deps(), acting_as("issuer"), report_id, now())
    if "again" in request.form:
        return _page(report_id)
    try:
        said = {"backlog": whole_number(request.form.get("backlog", "").strip())}
        backlog = ClosureSchema().load(said)["backlog"]
    except ValidationError:
        return _page(report_id, {"backlog": _("请填写件数，没有则填 0。")}), 422
    if "confirmed" not in request.form:
        return _confirm(found, backlog=backlog)
    try:
        close(deps(), acting_as("issuer"), report_id, backlog, now())
    except Conflict as refused:
        return _page(report_id, refused=_refusal(refused)), 409
    return redirect(f"{REPORTS}/{report_id}?done=closed", 303)


@blueprint.app_template_filter()
def last_day(ends_at: datetime) -> date:
    """The last day of a period that ends with a midnight, which is the next day's beginning."""
    return local_day(ends_at - timedelta(seconds=1))


def _form(wrong: Collection[str] = (), refused: str = "") -> str:
    words = {
        "started_at": _("请填写不晚于现在的时间。"),
        "what": _("请写明情况，最多 1000 字。"),
        "types": _("请至少选择一个本单位签发的类型。"),
        "measures": _("每行一项，每项最多 1000 字，最多 20 项。"),
    }
    return _render(
        "issuer/force_majeure_new.html",
        given=request.form,
        wrong={field: words[field] for field in words if field in wrong},
        refused_why=refused,
        crumbs=_crumbs(),
    )


def _page(report_id: str, wrong: Mapping[str, str] | None = None, refused: str = "") -> str:
    notes = {
        "reported": _("已报告。故障排除后，请在此填报排除时间。"),
        "measured": _("已补充措施。"),
        "cleared": _("已记录排除时间。积压办完后，请在此办结。"),
        "closed": _("已办结。"),
    }
    return _render(
        "issuer/force_majeure_report.html",
        report=visible_report(deps(), acting_as("issuer"), report_id, now()),
        given=request.form,
        wrong=wrong or {},
        refused_why=refused,
        note=notes.get(request.args.get("done", ""), ""),
        crumbs=_crumbs(),
    )


def _confirm(found: Report, **told: Any) -> str:
    address = f"{REPORTS}/{found.id}"
    crumbs = [*_crumbs(), (f"{found.started_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", address)]
    return _render(
        "issuer/force_majeure_confirm.html",
        report=found,
        crumbs=crumbs,
        **told,
    )


def _render(template: str, **values: Any) -> str:
    types = types_by_code(deps(), acting_as("issuer"))
    days = numbers.FORCE_MAJEURE_DAYS
    return render_console("issuer", "in_step", template, types=types, days=days, **values)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("同步与归集"), COVERAGE), (_("不可抗力"), REPORTS)]


def _refusal(refused: Conflict) -> str:
    words: dict[str, str] = {
        "already_cleared": _("此报告已记录过另一排除时间。"),
        "already_closed": _("此报告已办结。"),
        "not_cleared": _("故障尚未排除，请先填报排除时间。"),
    }
    return words[refused.slug]


def _moment(text: str) -> datetime | None:
    """A time on the clock of Shanghai as a form sends it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else None


def _line(text: str) -> str:
    """What was written in lines, as one."""
    return " ".join(text.split())
