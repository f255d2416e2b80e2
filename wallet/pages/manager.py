"""The home of managers: what waits for them, and what asks for attention in their subtree."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Blueprint

from wallet import numbers
from wallet.catalogue.drafts import drafts
from wallet.catalogue.type_drafts import TYPES
from wallet.licences.in_step.alarms import Alarm, alarms
from wallet.organisations.units.listed import UnitsWanted, names_of, units_page
from wallet.pages.console import acting_as, render_console
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff

blueprint = Blueprint("manager_pages", __name__)
_WAITING: Final = ("submitted", "reviewed")
"""States in which a draft of the catalogue waits for a manager."""


@blueprint.get("/manager")
@guard(staff("manager"))
def home() -> str:
    """Drafts to review, units without a responsible person, and the alarms of the units in sight."""
    who = acting_as("manager")
    waiting, more_waiting = drafts(deps(), TYPES, who, _WAITING, numbers.PAGE_LIMIT)
    told = alarms(deps(), who, now())
    shown = told[: numbers.ALARMS_SHOWN]
    return render_console(
        "manager",
        "home",
        "manager/home.html",
        waiting=len(waiting),
        more_waiting=more_waiting is not None,
        missing=units_page(deps(), who, UnitsWanted(), 1, None).missing,
        alarms=[(alarm, _page_of(alarm)) for alarm in shown],
        more=len(told) - len(shown),
        units=names_of(deps(), {alarm.unit for alarm in shown}),
    )


def _page_of(alarm: Alarm) -> str:
    """The page on which a manager can act; empty where it is for the unit itself."""
    return f"/manager/basis/{quote(alarm.subject, safe='')}" if alarm.kind == "basis" else ""
