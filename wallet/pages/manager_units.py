"""Units as managers look after them: the tree, one unit, adding, changing, closing, its responsible person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet.errors import Conflict, Invalid, NotFound, NotPermitted
from wallet.numbers import PAGE_LIMIT, PAGE_LIMIT_MAX
from wallet.organisations.people.listed import staff_page
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.organisations.units.change import add_unit, change_unit
from wallet.organisations.units.close import close_unit
from wallet.organisations.units.listed import UnitsWanted, UnitView, parents, unit_view, units_page
from wallet.organisations.units.responsible import file_responsible, tenures
from wallet.organisations.units.rules import LEVELS
from wallet.organisations.units.schemas import NewUnitSchema, ResponsibleSchema, UnitChangeSchema
from wallet.pages.console import render_console
from wallet.pages.unit_words import kind_words, level_words, refusal_words, role_words, wrong_words
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS, flatten_messages

blueprint = Blueprint("manager_units_pages", __name__)
UNITS: Final = "/manager/units"
_SEEING: Final = staff("manager") | staff(RESPONSIBLE)
_NEW, _CHANGE, _FILED = NewUnitSchema(), UnitChangeSchema(), ResponsibleSchema()
_Answer = AnyResponse | str | tuple[str, int]


@blueprint.get(UNITS)
@guard(_SEEING)
def units() -> str:
    """The tree of units in sight, searched and filtered by what the address says."""
    wanted = UnitsWanted(
        request.args.get("q", "").strip()[:200], "missing" in request.args, "closed" in request.args
    )
    cursor = request.args.get("cursor")
    page = units_page(deps(), current_principal(), wanted, PAGE_LIMIT, cursor)
    query = {key: value for key, value in request.args.items() if key != "cursor" and value}
    return _render(
        "manager_units/units.html",
        page=page,
        wanted=wanted,
        can_add=console_role() == "manager",
        first=f"{UNITS}?{urlencode(query)}" if cursor else None,
        next=page.next_cursor and f"{UNITS}?{urlencode(query | {'cursor': page.next_cursor})}",
    )


@blueprint.get(f"{UNITS}/new")
@guard(staff("manager", fresh=True))
def begin() -> str:
    """The form of a new unit; `parent` names the one above."""
    code = request.args.get("parent", "")
    above = [one for one in parents(deps(), current_principal()) if one.code == code]
    given = [{"parent": code, "level": one.level, "area_code": one.area_code} for one in above]
    return _form(None, given[0] if given else {}, [])


@blueprint.post(f"{UNITS}/new")
@guard(staff("manager", fresh=True))
def add() -> _Answer:
    """Add it and go to its page."""
    given = _given("code", "name", "name_en", "level", "area_code", "parent")
    kinds = request.form.getlist("kinds")
    try:
        add_unit(deps(), current_principal(), _NEW.load({**given, "kinds": kinds}), now())
    except (ValidationError, Conflict, Invalid, NotFound) as refused:
        return _form(None, given, kinds, refused), _status(refused)
    return redirect(f"{UNITS}/{given['code']}?done=added", 303)


@blueprint.get(f"{UNITS}/<code>")
@guard(_SEEING)
def one(code: str) -> str:
    """One unit: what it is, who answers for it, who works there."""
    unit = unit_view(deps(), current_principal(), code)
    notes = {
        "added": _("已登记。请接着备案专人、登记人员。"),
        "changed": _("已变更。"),
        "closed": _("已撤销。"),
        "filed": _("已备案专人。"),
    }
    people, more = staff_page(deps(), current_principal(), code, "", PAGE_LIMIT, None)
    return _render(
        "manager_units/unit.html",
        unit=unit,
        tenures=tenures(deps(), current_principal(), code),
        people=people,
        more=more,
        roles=role_words(),
        may_add=may_add(unit),
        note=notes.get(request.args.get("done", ""), ""),
        crumbs=[(_("单位"), UNITS)],
    )


@blueprint.get(f"{UNITS}/<code>/edit")
@guard(staff("manager", fresh=True))
def edit(code: str) -> str:
    """The form of a change."""
    unit = unit_view(deps(), current_principal(), code)
    given = {
        name: getattr(unit, name) or ""
        for name in ("name", "name_en", "level", "area_code", "parent")
    }
    return _form(unit, given, unit.kinds)


@blueprint.post(f"{UNITS}/<code>/edit")
@guard(staff("manager", fresh=True))
def change(code: str) -> _Answer:
    """Change it, or move it."""
    unit = unit_view(deps(), current_principal(), code)
    given = _given("name", "name_en", "level", "area_code", "parent")
    kinds = request.form.getlist("kinds")
    try:
        wanted = _CHANGE.load({**given, "kinds": kinds})
        change_unit(deps(), current_principal(), code, wanted, now())
    except (ValidationError, Conflict, Invalid, NotPermitted) as refused:
        return _form(unit, given, kinds, refused), _status(refused)
    return redirect(f"{UNITS}/{quote(code)}?done=changed", 303)


@blueprint.get(f"{UNITS}/<code>/close")
@guard(staff("manager", fresh=True))
def before_close(code: str) -> str:
    """What comes of it, before it is done."""
    return _closing(unit_view(deps(), current_principal(), code))


@blueprint.post(f"{UNITS}/<code>/close")
@guard(staff("manager", fresh=True))
def close(code: str) -> _Answer:
    """Close it for good."""
    unit = unit_view(deps(), current_principal(), code)
    try:
        close_unit(deps(), current_principal(), code, now())
    except (Conflict, NotPermitted) as refused:
        return _closing(unit, refusal_words(refused)), _status(refused)
    return redirect(f"{UNITS}/{quote(code)}?done=closed", 303)


@blueprint.get(f"{UNITS}/<code>/responsible")
@guard(staff("manager", fresh=True) | staff(RESPONSIBLE, fresh=True))
def before_filing(code: str) -> str:
    """Who is to answer for the unit."""
    return _filing(unit_view(deps(), current_principal(), code), {})


@blueprint.post(f"{UNITS}/<code>/responsible")
@guard(staff("manager", fresh=True) | staff(RESPONSIBLE, fresh=True))
def file(code: str) -> _Answer:
    """File that person; whoever hands over is responsible no more, and sees the own account."""
    unit = unit_view(deps(), current_principal(), code)
    given = _given("login", "phone")
    try:
        new = _FILED.load(given)
        file_responsible(deps(), current_principal(), code, new["login"], new["phone"], now())
    except (ValidationError, Conflict, Invalid, NotPermitted) as refused:
        return _filing(unit, given, refused), _status(refused)
    manager = "manager" in current_principal().roles
    return redirect(f"{UNITS}/{quote(code)}?done=filed" if manager else "/account", 303)


def console_role() -> str:
    """Whose menu the page stands in: a manager's, else the responsible person's."""
    return "manager" if "manager" in current_principal().roles else RESPONSIBLE


def may_add(unit: UnitView) -> bool:
    """Whether whoever asks may add people to a unit in sight: below for managers, else the own one."""
    own = unit.depth == 0
    return unit.closed_at is None and (RESPONSIBLE in current_principal().roles or not own)


def fault_members(refused: Exception) -> set[str]:
    """The members of a form that were refused."""
    if isinstance(refused, ValidationError):
        return {path.partition(".")[0] for path in flatten_messages(refused.messages)}
    return set(refused.errors) if isinstance(refused, Invalid) else set()


def _form(
    unit: UnitView | None,
    given: Mapping[str, str],
    kinds: Sequence[str],
    refused: Exception | None = None,
) -> str:
    wrong, why = _faults(refused)
    crumbs = [(_("单位"), UNITS)]
    if unit is not None:
        crumbs.append((unit.name, f"{UNITS}/{quote(unit.code)}"))
    return _render(
        "manager_units/unit_form.html",
        unit=unit,
        given=given,
        chosen=kinds,
        levels=LEVELS,
        parents=parents(deps(), current_principal()),
        wrong=wrong,
        refused_why=why,
        crumbs=crumbs,
    )


def _closing(unit: UnitView, refused: str = "") -> str:
    crumbs = [(_("单位"), UNITS), (unit.name, f"{UNITS}/{quote(unit.code)}")]
    return _render("manager_units/close.html", unit=unit, refused_why=refused, crumbs=crumbs)


def _filing(unit: UnitView, given: Mapping[str, str], refused: Exception | None = None) -> str:
    wrong, why = _faults(refused)
    people, _more = staff_page(deps(), current_principal(), unit.code, "", PAGE_LIMIT_MAX, None)
    return _render(
        "manager_units/responsible.html",
        unit=unit,
        people=[one for one in people if one.disabled_at is None and not one.own],
        given=given,
        wrong=wrong,
        refused_why=why,
        crumbs=[(_("单位"), UNITS), (unit.name, f"{UNITS}/{quote(unit.code)}")],
    )


def _faults(refused: Exception | None) -> tuple[dict[str, str], str]:
    """What is wrong with which field, and what to say above the form where no field is."""
    if refused is None:
        return {}, ""
    wrong = wrong_words(fault_members(refused))
    if wrong or isinstance(refused, ValidationError):
        return wrong, ""
    assert isinstance(refused, Conflict | Invalid | NotPermitted | NotFound)
    return {}, refusal_words(refused)


def _status(refused: Exception) -> int:
    return 422 if isinstance(refused, ValidationError) else STATUS[type(refused)][0]  # type: ignore[index]


def _given(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in names}


def _render(template: str, **values: Any) -> str:
    words = {"level_words": level_words(), "kind_words": kind_words()}
    return render_console(console_role(), "units", template, **words, **values)
