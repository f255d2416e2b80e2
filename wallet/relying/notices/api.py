"""What a unit was told of its grants."""

from __future__ import annotations

from typing import Any

from wallet.organisations.sign_in import RESPONSIBLE
from wallet.relying.notices.listed import notices_page
from wallet.relying.notices.schemas import NoticePageSchema
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps
from wallet.web.guards import client, guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("notices", __name__, description="通知 · Notices to units")


@blueprint.route("/notices")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, NoticePageSchema)
@guard(staff("manager") | staff(RESPONSIBLE) | client("managing") | client("relying"))
def notices(query: dict[str, Any]) -> dict[str, Any]:
    """That grants end soon, have ended, are suspended or go on: of the own unit, of a program those bound to it."""
    page, next_cursor = notices_page(deps(), current_principal(), query["limit"], query["cursor"])
    return {"items": page, "next_cursor": next_cursor}
