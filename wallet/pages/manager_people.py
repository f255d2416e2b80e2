"""Staff as managers and responsible persons look after them: the list, one account, disabling it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.numbers import PAGE_LIMIT
from wallet.organisations.people.change import add_staff, change_staff
from wallet.organisations.people.listed import StaffView, staff_page, staff_view
from wallet.organisations.people.roles import FROM_ABOVE, roles_for
from wallet.organisations.people.schemas import NewStaffSchema, StaffChangeSchema
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.organisations.units.listed import UnitView, unit_view
from wallet.pages.console import render_console
from wallet.pages.manager_units import UNITS, console_role, fault_members
from wallet.pages.unit_words import refusal_words, role_words, wrong_words
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("manager_people_pages", __name__)
PEOPLE: Final = "/manager/people"
_SEEING: Final = staff("manager") | staff(RESPONSIBLE)
_CHANGING: Final = staff("manager", fresh=True) | staff(RESPONSIBLE, fresh=True)
_NEW, _CHANGE = NewStaffSchema(), StaffChangeSchema()
_Answer = AnyResponse | str | tuple[str, int]


@blueprint.get(PEOPLE)
@guard(_SEEING)
def people() -> str:
    """The accounts in sight, of one unit and with a text in their login where the address says so."""
    unit, text = request.args.get("unit", ""), request.args.get("q", "").strip()[:200]
    cursor = request.args.get("cursor")
    found, more = staff_page(deps(), current_principal(), unit, text, PAGE_LIMIT, cursor)
    query = {key: value for key, value in (("unit", unit), ("q", text)) if value}
    return _render(
        "manager_units/people.html",
        people=found,
        unit=unit_view(deps(), current_principal(), unit) if unit else None,
        text=text,
        first=f"{PEOPLE}?{urlencode(query)}" if cursor else None,
        next=more and f"{PEOPLE}?{urlencode(query | {'cursor': more})}",
    )


@blueprint.get(f"{UNITS}/<code>/staff")
@guard(_CHANGING)
def begin(code: str) -> str:
    """The form of a new account of a unit."""
    return _form(unit_view(deps(), current_principal(), code), None, {}, [])


@blueprint.post(f"{UNITS}/<code>/staff")
@guard(_CHANGING)
def add(code: str) -> _Answer:
    """Add it and go to its page."""
    unit = unit_view(deps(), current_principal(), code)
    given = {name: request.form.get(name, "").strip() for name in ("login", "name", "terminal")}
    roles = request.form.getlist("roles")
    try:
        new = _NEW.load({**given, "unit": unit.code, "roles": roles})
        add_staff(deps(), current_principal(), new, now())
    except (ValidationError, Conflict, Invalid, NotPermitted) as refused:
        return _form(unit, None, given, roles, refused), _status(refused)
    return redirect(f"{PEOPLE}/{quote(given['login'])}?done=added", 303)


@blueprint.get(f"{PEOPLE}/<login>")
@guard(_SEEING)
def one(login: str) -> str:
    """One account, and what may be done to it."""
    member = staff_view(deps(), current_principal(), login)
    notes = {
        "added": _("已登记，本人现在可以登录。"),
        "changed": _("已变更。"),
        "disabled": _("已停用，各处登录已退出。"),
        "enabled": _("已恢复使用。"),
    }
    return _render(
        "manager_units/person.html",
        member=member,
        note=notes.get(request.args.get("done", ""), ""),
        crumbs=[(_("人员"), PEOPLE)],
    )


@blueprint.get(f"{PEOPLE}/<login>/edit")
@guard(_CHANGING)
def edit(login: str) -> str:
    """The form of a change."""
    member = staff_view(deps(), current_principal(), login)
    given = {"name": member.name, "terminal": member.terminal}
    return _form(_of(member), member, given, member.roles)


@blueprint.post(f"{PEOPLE}/<login>/edit")
@guard(_CHANGING)
def change(login: str) -> _Answer:
    """Change name, roles and place."""
    member = staff_view(deps(), current_principal(), login)
    given = {name: request.form.get(name, "").strip() for name in ("name", "terminal")}
    roles = request.form.getlist("roles")
    try:
        wanted = _CHANGE.load({**given, "roles": roles})
        change_staff(deps(), current_principal(), login, wanted, now())
    except (ValidationError, Conflict, Invalid, NotPermitted) as refused:
        return _form(_of(member), member, given, roles, refused), _status(refused)
    return redirect(f"{PEOPLE}/{quote(login)}?done=changed", 303)


@blueprint.get(f"{PEOPLE}/<login>/access")
@guard(_CHANGING)
def before_access(login: str) -> str:
    """What comes of disabling, or enabling again, before it is done."""
    return _access(staff_view(deps(), current_principal(), login))


@blueprint.post(f"{PEOPLE}/<login>/access")
@guard(_CHANGING)
def set_access(login: str) -> _Answer:
    """Disable at once, or enable again."""
    member = staff_view(deps(), current_principal(), login)
    disabled = request.form.get("disabled") == "1"
    try:
        change_staff(deps(), current_principal(), login, {"disabled": disabled}, now())
    except (Conflict, Invalid, NotPermitted) as refused:
        return _access(member, refusal_words(refused)), _status(refused)
    done = "disabled" if disabled else "enabled"
    return redirect(f"{PEOPLE}/{quote(login)}?done={done}", 303)


def _form(
    unit: UnitView,
    member: StaffView | None,
    given: Mapping[str, str],
    roles: Sequence[str],
    refused: Exception | None = None,
) -> str:
    wrong = wrong_words(fault_members(refused)) if refused is not None else {}
    why = ""
    if refused is not None and not wrong and not isinstance(refused, ValidationError):
        assert isinstance(refused, Conflict | Invalid | NotPermitted)
        why = refusal_words(refused)
    crumbs = [(_("人员"), PEOPLE)]
    if member is not None:
        crumbs.append((member.name, f"{PEOPLE}/{quote(member.login)}"))
    return _render(
        "manager_units/person_form.html",
        unit=unit,
        member=member,
        given=given,
        chosen=roles,
        allowed=roles_for(unit.kinds),
        from_above=FROM_ABOVE,
        wrong=wrong,
        refused_why=why,
        crumbs=crumbs,
    )


def _of(member: StaffView) -> UnitView:
    return unit_view(deps(), current_principal(), member.unit)


def _access(member: StaffView, refused: str = "") -> str:
    crumbs = [(_("人员"), PEOPLE), (member.name, f"{PEOPLE}/{quote(member.login)}")]
    return _render("manager_units/access.html", member=member, refused_why=refused, crumbs=crumbs)


def _status(refused: Exception) -> int:
    return 422 if isinstance(refused, ValidationError) else STATUS[type(refused)][0]  # type: ignore[index]


def _render(template: str, **values: Any) -> str:
    return render_console(console_role(), "people", template, roles=role_words(), **values)
