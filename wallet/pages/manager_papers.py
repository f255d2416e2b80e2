"""仍要求纸质材料: where desks in sight wanted paper that the library holds."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request

from wallet import numbers
from wallet.pages.console import acting_as, render_console
from wallet.relying.holdings.papers import papers_wanted
from wallet.web.deps import deps
from wallet.web.guards import guard, staff

blueprint = Blueprint("manager_paper_pages", __name__)
PAPERS: Final = "/manager/papers"


@blueprint.get(PAPERS)
@guard(staff("manager"))
def home() -> str:
    """Each with its reason and its basis, newest first."""
    cursor = request.args.get("cursor")
    wanted, following = papers_wanted(deps(), acting_as("manager"), numbers.PAGE_LIMIT, cursor)
    return render_console(
        "manager",
        "home",
        "manager/papers.html",
        wanted=wanted,
        first=PAPERS if cursor else None,
        next=f"{PAPERS}?cursor={following}" if following else None,
    )
