"""Desks between scans: they are locked."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from wallet.relying.shifts.lock import lock_desk
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import StrictSchema

LOCK_CAUSES = ("clerk", "idle")

blueprint = ApiBlueprint("shifts", __name__, description="窗口 · Desks")


class LockSchema(StrictSchema):
    """Why a desk is locked: its clerk did it, or nobody has used it for a while."""

    cause = fields.String(
        required=True,
        validate=validate.OneOf(LOCK_CAUSES, error=f"应为 {'、'.join(LOCK_CAUSES)} 之一。"),
    )


@blueprint.route("/desk/lock", methods=["POST"])
@blueprint.arguments(LockSchema)
@blueprint.response(204)
@guard(staff("desk"))
def lock(body: dict[str, Any]) -> None:
    """Lock the own session, in every tab, until its clerk proves again who they are."""
    lock_desk(deps(), current_principal(), body["cause"], now())
