"""Staff accounts of the own subtree, or of the own unit for its responsible person."""

from __future__ import annotations

from typing import Any

from wallet.organisations.people.change import NewStaff, add_staff, change_staff
from wallet.organisations.people.listed import StaffView, staff_page, staff_view
from wallet.organisations.people.schemas import (
    NewStaffSchema,
    StaffChangeSchema,
    StaffPageSchema,
    StaffQuerySchema,
    StaffSchema,
)
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import Guard, client, guard, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("people", __name__, description="人员与角色 · Staff and their roles")


def _people(*, fresh: bool = False) -> Guard:
    return staff("manager", fresh=fresh) | staff(RESPONSIBLE, fresh=fresh) | client("managing")


@blueprint.route("/staff")
@blueprint.arguments(StaffQuerySchema, location="query")
@blueprint.response(200, StaffPageSchema)
@guard(_people())
def people(query: dict[str, Any]) -> dict[str, Any]:
    """The accounts of the own unit, for managers also of those below it."""
    page, next_cursor = staff_page(
        deps(), current_principal(), query["unit"], query["q"], query["limit"], query["cursor"]
    )
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/staff", methods=["POST"])
@blueprint.arguments(NewStaffSchema)
@blueprint.response(201, StaffSchema)
@guard(_people(fresh=True))
def new_account(new: NewStaff) -> StaffView:
    """Add an account; asks people for a step-up."""
    add_staff(deps(), current_principal(), new, now())
    return staff_view(deps(), current_principal(), new.login)


@blueprint.route("/staff/<login>")
@blueprint.response(200, StaffSchema)
@guard(_people())
def account(login: str) -> StaffView:
    """One account."""
    return staff_view(deps(), current_principal(), login)


@blueprint.route("/staff/<login>", methods=["PATCH"])
@blueprint.arguments(StaffChangeSchema)
@blueprint.response(200, StaffSchema)
@guard(_people(fresh=True))
def alter_account(change: dict[str, Any], login: str) -> StaffView:
    """Change name, roles or place, disable at once or enable again; asks people for a step-up."""
    change_staff(deps(), current_principal(), login, change, now())
    return staff_view(deps(), current_principal(), login)
