"""Units that report force majeure and issue late, as tests make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from tests.support.licences import FOOD
from wallet.base.clock import SHANGHAI
from wallet.base.deps import Deps
from wallet.licences.in_step.force_majeure import NewReport, report
from wallet.licences.in_step.reports import Report, visible_reports
from wallet.organisations.model import Client
from wallet.web.principal import Principal

REPORTS: Final = "/api/v1/force-majeure"
LATE: Final = "/api/v1/late-licences"
WHAT: Final = "机房进水，业务系统停机（演示）"


def at(text: str) -> datetime:
    """A local time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def issuing(deps: Deps, name: str = "demo-issuer") -> Principal:
    """A machine client of the demo, as journeys are handed it."""
    with deps.db.read() as tx:
        row = tx.execute(select(Client).where(Client.client_id == name)).one()
    return Principal("client", row.id, 0, row.name, frozenset(row.roles), unit_id=row.unit_id)


def new_report(started_at: str, **changes: Any) -> NewReport:
    """The machine room is under water since then."""
    members: dict[str, Any] = {
        "started_at": at(started_at),
        "what": WHAT,
        "types": [FOOD],
        "measures": ["改为窗口手工登记（演示）"],
    }
    return NewReport(**members | changes)


def reported(deps: Deps, unit: Principal, started_at: str, now: str) -> Report:
    """File a report."""
    return report(deps, unit, new_report(started_at), at(now))


def states(deps: Deps, who: Principal, now: str) -> dict[str, str]:
    """The states of the reports that somebody sees, by their ids, each found under its state."""
    found: dict[str, str] = {}
    for state in ("open", "cleared", "overdue", "closed"):
        page, _ = visible_reports(deps, who, state, 200, None, at(now))
        found |= {report.id: state for report in page if report.state == state}
    return found
