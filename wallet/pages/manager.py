"""The home of managers: what waits for them, and what asks for attention in their subtree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from flask import Blueprint

from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.drafts import drafts
from wallet.catalogue.register import Register
from wallet.catalogue.type_drafts import TYPES
from wallet.catalogue.use_list.drafts import ITEMS
from wallet.licences.in_step.alarms import Alarm, alarms
from wallet.organisations.units.listed import UnitsWanted, names_of, units_page
from wallet.pages.console import acting_as, render_console
from wallet.relying.beyond.sight import alerts_page, grants_page
from wallet.relying.desk_refusals.listed import reports_open
from wallet.relying.holdings.papers import papers_wanted_lately
from wallet.relying.onboarding.listed import applications_page, filings_to_note
from wallet.relying.onboarding.sight import WAITING
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff

blueprint = Blueprint("manager_pages", __name__)
_WAITING: Final = ("submitted", "reviewed")
"""States in which a draft of the catalogue waits for a manager."""


@blueprint.get("/manager")
@guard(staff("manager"))
def home() -> str:
    """Drafts to review, units without a responsible person, requests beyond a grant, grants that end, paper that was wanted, and the alarms of the
    units in sight."""
    who = acting_as("manager")
    told = alarms(deps(), who, now())
    shown = told[: numbers.ALARMS_SHOWN]
    return render_console(
        "manager",
        "home",
        "manager/home.html",
        types=_waiting(TYPES),
        items=_waiting(ITEMS),
        missing=units_page(deps(), who, UnitsWanted(), 1, None).missing,
        beyond=_counted(*alerts_page(deps(), who, False, numbers.PAGE_LIMIT, None)),
        ending=_counted(
            *grants_page(deps(), who, False, numbers.PAGE_LIMIT, None, local_day(now()))
        ),
        papers=papers_wanted_lately(deps(), who, now()),
        reports=reports_open(deps(), who, now()),
        applications=_applications(),
        filings=_counted(filings_to_note(deps(), who, now()), None),
        alarms=[(alarm, _page_of(alarm)) for alarm in shown],
        more=len(told) - len(shown),
        units=names_of(deps(), {alarm.unit for alarm in shown}),
    )


def _applications() -> str:
    """How many applications wait for a step that this manager may take."""
    who = acting_as("manager")
    page, more = applications_page(deps(), who, WAITING, numbers.PAGE_LIMIT, None, now())
    return _counted(
        [
            one
            for one in page
            if one.decidable and not (one.state == "reviewed" and one.reviewed_by_me)
        ],
        more,
    )


def _waiting(register: Register) -> str:
    """How many drafts of a register wait, empty for none; `50+` where there are more than are counted."""
    return _counted(*drafts(deps(), register, acting_as("manager"), _WAITING, numbers.PAGE_LIMIT))


def _counted(found: Sequence[object], more: str | None) -> str:
    return f"{len(found)}{'+' if more else ''}" if found else ""


def _page_of(alarm: Alarm) -> str:
    """The page on which a manager can act; empty where it is for the unit itself."""
    return f"/manager/basis/{quote(alarm.subject, safe='')}" if alarm.kind == "basis" else ""
