"""Let a party look up holders by name and code under a grant, so many a day (O-13); or no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.errors import Conflict
from wallet.relying.beyond.sight import check_above, grant_in_sight
from wallet.relying.model import Grant
from wallet.web.principal import Principal


def let_look_up(
    deps: Deps, principal: Principal, grant_id: str, per_day: int | None, now: datetime
) -> None:
    """Allow so many look-ups a day under a grant, none for None. The same again is no change.

    Raises NotFound, NotPermitted (`own_unit`), Conflict (`item_asks`): an item that asks its
    holders learns nothing without them.
    """
    with deps.db.begin() as tx:
        row = grant_in_sight(tx, principal, grant_id)
        check_above(principal, row.unit_id)
        consent = tx.execute(select(UseItem.consent).where(UseItem.id == row.item_id)).scalar_one()
        if per_day is not None and consent != "none":
            raise Conflict("这一事项须持证人同意，不能按姓名和证件号码查询。", "item_asks")
        if row.look_ups_per_day == per_day:
            return
        tx.execute(update(Grant).where(Grant.id == row.id).values(look_ups_per_day=per_day))
        audit.record(
            tx,
            "grant.look_ups_set",
            now,
            grant=row.id,
            unit=row.unit_id,
            actor=principal.account,
            per_day=per_day,
        )
