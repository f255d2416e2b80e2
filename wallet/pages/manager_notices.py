"""通知: what the own unit, and those below it, were told of their grants."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from flask_babel import gettext as _

from wallet.numbers import PAGE_LIMIT
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.pages.console import render_console
from wallet.pages.manager_units import console_role
from wallet.relying.notices.listed import notices_page
from wallet.web.deps import deps
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal

blueprint = Blueprint("manager_notices_pages", __name__)
NOTICES: Final = "/manager/notices"


@blueprint.get(NOTICES)
@guard(staff("manager") | staff(RESPONSIBLE))
def notices() -> str:
    """The notices, newest first."""
    cursor = request.args.get("cursor")
    found, following = notices_page(deps(), current_principal(), PAGE_LIMIT, cursor)
    return render_console(
        console_role(),
        "notices",
        "manager_grants/notices.html",
        notices=found,
        words=_words(),
        first=NOTICES if cursor else None,
        next=f"{NOTICES}?cursor={following}" if following else None,
    )


def _words() -> dict[str, str]:
    return {
        "ending": _("授权快到期"),
        "ended": _("用证授权已到期"),
        "suspended": _("授权已暂停"),
        "resumed": _("授权已恢复"),
    }
