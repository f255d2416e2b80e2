"""Where the staff of an issuing unit act on an alarm; the API has addresses of its own for it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from wallet.licences.in_step.alarms import Alarm

PAGES: Final = {
    "late": "/issuer/late",
    "force_majeure_overdue": "/issuer/force-majeure/{subject}",
    "coverage": "/issuer/coverage",
    "reconciliation": "/issuer/reconciliations/{subject}",
    "pending": "/issuer/licences?status=pending&type={subject}",
    "review": "/issuer/licences?status=in_review&type={subject}",
    "batch": "/issuer/batches/{subject}",
    "basis": "/issuer/catalogue",
    "dead_letters": "",
    "seal": "",
}
"""Kind of alarm → page; the last two are an operator's work, as their sentences say."""


def page_of(alarm: Alarm) -> str:
    """The local address of the page on which one can act, empty where that is on no page."""
    return PAGES[alarm.kind].format(subject=quote(alarm.subject, safe=""))
