"""Changes of a licence's status as its issuer sends them, and what the library keeps of them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.licences import PATH, stored_licence
from tests.support.people import Machine
from wallet.base.deps import Deps
from wallet.licences.model import StatusChange, StatusEntry

REASON: Final = "逾期未改正（演示）"
BASIS: Final = "演示市监罚〔2026〕12号"
SUSPEND: Final = {"status": "suspended", "code": "02", "reason": REASON, "basis": BASIS}
RESUME: Final = {"status": "valid", "code": "01", "reason": "已改正（演示）", "basis": BASIS}
WITHDRAW, CANCEL, ANNUL, REVOKE = (
    {"status": "revoked", "code": code, "reason": REASON, "basis": BASIS}
    for code in ("03", "04", "06", "07")
)
"""With the status codes of a food operation permit."""


def send_status(issuer: Machine, identifier: str, change: dict[str, Any]) -> TestResponse:
    """Send a change of a licence's status."""
    return issuer.post(f"{PATH}/{identifier}/status", change)


def set_status(issuer: Machine, identifier: str, change: dict[str, Any]) -> dict[str, Any]:
    """Send a change, which must be taken; gives the answer."""
    answer = send_status(issuer, identifier, change)
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def changes_of(deps: Deps, identifier: str) -> list[Any]:
    """The rows of a licence's changes, oldest first."""
    licence_id = stored_licence(deps, identifier).id
    return list(
        deps.db.rows(
            select(StatusChange)
            .where(StatusChange.licence_id == licence_id)
            .order_by(StatusChange.id)
        )
    )


def entry_of(deps: Deps, identifier: str) -> Any:
    """The row of a licence's place in the status lists."""
    licence_id = stored_licence(deps, identifier).id
    return deps.db.row(select(StatusEntry).where(StatusEntry.licence_id == licence_id))
