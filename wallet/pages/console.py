"""The frame of the pages of staff: whose page it is, the menu of the role, where one is.

A role's pages stand in its menu in `MENUS`; their templates extend `components/console.html`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_  # noqa: N812 - what Babel looks for

from wallet.base.clock import SHANGHAI
from wallet.counter.acts.confirm import confirmations_waiting
from wallet.web.cookies import CSRF_COOKIE
from wallet.web.deps import deps, now
from wallet.web.principal import Principal, current_principal
from wallet.web.way_back import here


@dataclass(frozen=True)
class Entry:
    """A page of the menu; `section` is how a page names it as its own."""

    section: str
    address: str
    icon: str
    label: Any


@dataclass(frozen=True)
class Menu:
    """The pages of a role, the first of which is its home."""

    title: Any
    entries: Sequence[Entry]


MENUS = {
    "issuer": Menu(
        N_("发证"),
        (
            Entry("home", "/issuer", "building", N_("首页")),
            Entry("licences", "/issuer/licences", "search", N_("证照查询")),
            Entry("batches", "/issuer/batches", "up", N_("批量报送")),
            Entry("in_step", "/issuer/coverage", "switch", N_("同步与归集")),
            Entry("catalogue", "/issuer/catalogue", "card", N_("发证目录")),
        ),
    ),
    "manager": Menu(
        N_("管理"),
        (
            Entry("home", "/manager", "building", N_("首页")),
            Entry("catalogue", "/manager/catalogue", "card", N_("发证目录审核")),
            Entry("items", "/manager/items", "check", N_("用证事项")),
            Entry("units", "/manager/units", "desk", N_("单位")),
            Entry("people", "/manager/people", "people", N_("人员")),
            Entry("applications", "/manager/applications", "enter", N_("用证申请")),
            Entry("grants", "/manager/grants", "shield", N_("用证授权")),
            Entry("clients", "/manager/clients", "computer", N_("接入系统")),
            Entry("notices", "/manager/notices", "mail", N_("通知")),
            Entry("basis", "/manager/basis", "text", N_("依据文件")),
        ),
    ),
    "counter": Menu(
        N_("帮办代办"),
        (
            Entry("home", "/counter", "people", N_("办理")),
            Entry("confirmations", "/counter/confirmations", "check", N_("待确认")),
            Entry("revocation", "/counter/revocation", "cross", N_("撤回加注件")),
            Entry("visits", "/counter/visits", "building", N_("上门办理")),
            Entry("slips", "/counter/slips", "paper", N_("应急单")),
        ),
    ),
    "responsible": Menu(
        N_("本单位"),
        (
            Entry("people", "/manager/people", "people", N_("人员")),
            Entry("units", "/manager/units", "building", N_("单位")),
            Entry("items", "/manager/items", "desk", N_("用证事项")),
            Entry("clients", "/manager/clients", "computer", N_("接入系统")),
            Entry("notices", "/manager/notices", "mail", N_("通知")),
            Entry("applications", "/manager/applications", "enter", N_("用证申请")),
        ),
    ),
}


@dataclass(frozen=True)
class Console:
    """What the frame says. `here` is the local path to come back to, `counts` how many wait in a section."""

    title: Any
    home: str
    entries: Sequence[Entry]
    section: str
    unit: str
    name: str
    here: str
    csrf_token: str
    printed_at: str
    counts: Mapping[str, int]


def render_console(role: str, section: str, template: str, **values: Any) -> str:
    """A page of a role; `section` says which entry of the menu it belongs to."""
    menu, staff = MENUS[role], current_principal()
    console = Console(
        title=menu.title,
        home=menu.entries[0].address,
        entries=menu.entries,
        section=section,
        unit=staff.unit_name,
        name=staff.name,
        here=here(),
        csrf_token=request.cookies.get(CSRF_COOKIE, ""),
        printed_at=_("打印于 %(at)s", at=shanghai(now())),
        counts=_counts(role, staff),
    )
    return render_template(template, console=console, **values)


def _counts(role: str, staff: Principal) -> dict[str, int]:
    if role != "counter":
        return {}
    return {"confirmations": confirmations_waiting(deps(), staff, now())}


def acting_as(role: str) -> Principal:
    """Who is signed in, with this role alone: one who also manages other units does not see them on
    the pages of the own unit."""
    return replace(current_principal(), roles=frozenset({role}))


def shanghai(at: datetime | None) -> str:
    """2026-11-26 10:32, on the clock of Shanghai; nothing for None."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at is not None else ""
