"""Reports of desks that refuse a code or paper, or ask for paper that the library holds."""

from __future__ import annotations

from typing import Any

from wallet.relying.desk_refusals.answer import answer_report
from wallet.relying.desk_refusals.listed import Report, reports
from wallet.relying.desk_refusals.report import NewReport, report_refusal
from wallet.relying.desk_refusals.schemas import (
    DeskRefusalAnswerSchema,
    DeskRefusalPageSchema,
    DeskRefusalSchema,
    MadeDeskRefusalSchema,
    NewDeskRefusalSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint(
    "desk_refusals", __name__, description="窗口拒收的反映 · Desks that refuse"
)


@blueprint.route("/desk-refusals", methods=["POST"])
@blueprint.arguments(NewDeskRefusalSchema)
@blueprint.response(201, MadeDeskRefusalSchema)
@guard(holder(rate="holder") | staff("counter", rate="holder"))
def report(new: NewReport) -> dict[str, str]:
    """Report a desk that refused; the managing units above it read it and answer."""
    return {"id": report_refusal(deps(), current_principal(), new, now())}


@blueprint.route("/desk-refusals")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, DeskRefusalPageSchema)
@guard(holder() | staff("counter") | staff("manager"))
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """The own ones; for managers those of the units in their sight."""
    page, following = reports(deps(), current_principal(), query["limit"], query["cursor"], now())
    return {"items": page, "next_cursor": following}


@blueprint.route("/desk-refusals/<report_id>/answer", methods=["POST"])
@blueprint.arguments(DeskRefusalAnswerSchema)
@blueprint.response(200, DeskRefusalSchema)
@guard(staff("manager"))
def answer(body: dict[str, str], report_id: str) -> Report:
    """Answer one, once."""
    return answer_report(deps(), current_principal(), report_id, body["answer"], now())
