"""Units of the own subtree and their responsible persons."""

from __future__ import annotations

from typing import Any, Final

from wallet.organisations.sign_in import RESPONSIBLE
from wallet.organisations.units.change import NewUnit, add_unit, change_unit
from wallet.organisations.units.close import close_unit
from wallet.organisations.units.listed import UnitPage, UnitsWanted, UnitView, unit_view, units_page
from wallet.organisations.units.responsible import file_responsible, tenures
from wallet.organisations.units.schemas import (
    NewUnitSchema,
    ResponsibleSchema,
    TenurePageSchema,
    UnitChangeSchema,
    UnitPageSchema,
    UnitQuerySchema,
    UnitSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import Guard, client, guard, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint(
    "units", __name__, description="单位与专人 · Units and who answers for them"
)


def _managing(*, fresh: bool = False) -> Guard:
    return staff("manager", fresh=fresh) | client("managing")


_SEEING: Final = _managing() | staff(RESPONSIBLE)
_FILING: Final = _managing(fresh=True) | staff(RESPONSIBLE, fresh=True)


@blueprint.route("/units")
@blueprint.arguments(UnitQuerySchema, location="query")
@blueprint.response(200, UnitPageSchema)
@guard(_SEEING)
def units(query: dict[str, Any]) -> UnitPage:
    """The own unit, for managers also those below it, as a tree."""
    wanted = UnitsWanted(query["q"], query["missing"], query["closed"])
    return units_page(deps(), current_principal(), wanted, query["limit"], query["cursor"])


@blueprint.route("/units", methods=["POST"])
@blueprint.arguments(NewUnitSchema)
@blueprint.response(201, UnitSchema)
@guard(_managing(fresh=True))
def new_unit(new: NewUnit) -> UnitView:
    """Add a unit below one of the own subtree; asks people for a step-up."""
    add_unit(deps(), current_principal(), new, now())
    return unit_view(deps(), current_principal(), new.code)


@blueprint.route("/units/<code>")
@blueprint.response(200, UnitSchema)
@guard(_SEEING)
def unit(code: str) -> UnitView:
    """One unit."""
    return unit_view(deps(), current_principal(), code)


@blueprint.route("/units/<code>", methods=["PATCH"])
@blueprint.arguments(UnitChangeSchema)
@blueprint.response(200, UnitSchema)
@guard(_managing(fresh=True))
def alter_unit(change: dict[str, Any], code: str) -> UnitView:
    """Change a unit below the own one, or move it under another `parent`."""
    change_unit(deps(), current_principal(), code, change, now())
    return unit_view(deps(), current_principal(), code)


@blueprint.route("/units/<code>/closure", methods=["POST"])
@blueprint.response(200, UnitSchema)
@guard(_managing(fresh=True))
def end_unit(code: str) -> UnitView:
    """Close a unit below the own one for good: nobody acts for it any more."""
    close_unit(deps(), current_principal(), code, now())
    return unit_view(deps(), current_principal(), code)


@blueprint.route("/units/<code>/responsible-persons")
@blueprint.response(200, TenurePageSchema)
@guard(_SEEING)
def responsible_persons(code: str) -> dict[str, Any]:
    """Who is the unit's responsible person 专人, and who was before."""
    return {"items": tenures(deps(), current_principal(), code), "next_cursor": None}


@blueprint.route("/units/<code>/responsible-persons", methods=["POST"])
@blueprint.arguments(ResponsibleSchema)
@blueprint.response(201, TenurePageSchema)
@guard(_FILING)
def hand_over(new: dict[str, str], code: str) -> dict[str, Any]:
    """File the unit's responsible person, or hand over to another; asks people for a step-up."""
    who = current_principal()
    file_responsible(deps(), who, code, new["login"], new["phone"], now())
    return {"items": tenures(deps(), who, code), "next_cursor": None}
