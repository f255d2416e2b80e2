"""Tell holders that they were looked up, or served at a counter: who, for which matter. Why, the history says.

The look-up is the message: `told_at` is empty until the worker has seen it, so that whoever looks up waits
no longer for a holder who is known than for one who is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from wallet.base.clock import rfc3339
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.licences.delivery.model import ASSISTED, LOOKED_UP, InboxEntry
from wallet.organisations.model import Unit
from wallet.showing.assisted import ASSISTANCE, ASSISTED_ACT, ASSISTED_KINDS
from wallet.showing.model import LookUp
from wallet.showing.notices import TOLD_AT_ONCE

_UNTOLD: Final = (
    select(LookUp.id).where(LookUp.told_at.is_(None)).order_by(LookUp.at).limit(TOLD_AT_ONCE)
)
_TOLD: Final = (
    select(
        LookUp.look_up, LookUp.kind, LookUp.detail, LookUp.at, LookUp.terminal, LookUp.holder_id,
        Unit.name.label("unit"), UseItem.name.label("item"), UseItem.name_en.label("item_en"),
    )
    .join(Unit, Unit.id == LookUp.unit_id)
    .outerjoin(UseItem, UseItem.id == LookUp.item_id)
    .where(LookUp.id.in_(bindparam("rows", expanding=True)), LookUp.holder_id.is_not(None))
    .order_by(LookUp.id)
)  # fmt: skip


def tell_of_look_ups(deps: Deps, now: datetime) -> int:
    """An inbox entry for the holder of each look-up that nobody has told of yet, however many licences it
    named, and of each assisted session, with all that was done in it since the last one; gives how many rows were
    looked at."""
    with deps.db.begin() as tx:
        # The second condition: another worker may have had one of them since this one chose.
        seen = (
            tx.execute(
                update(LookUp)
                .where(LookUp.id.in_(_UNTOLD), LookUp.told_at.is_(None))
                .values(told_at=now)
                .returning(LookUp.id)
            )
            .scalars()
            .all()
        )
        rows = tx.execute(_TOLD, {"rows": seen}).all() if seen else []
        once: dict[tuple[str, int], list[AnyRow]] = {}
        for row in rows:
            once.setdefault((row.look_up, row.holder_id), []).append(row)
        if once:
            tx.execute(insert(InboxEntry), [_entry(told, now) for told in once.values()])
    return len(seen)


def _entry(rows: Sequence[AnyRow], now: datetime) -> Mapping[str, Any]:
    row = rows[-1]
    outcome = ASSISTED if row.kind in ASSISTED_KINDS else LOOKED_UP
    evidence = [one.detail for one in rows if one.kind == ASSISTANCE]
    use = {
        "at": rfc3339(rows[0].at),
        "unit": row.unit,
        "terminal": row.terminal,
        "item": row.item,
        "item_en": row.item_en,
        "fields": [],
        "fields_en": [],
        "outcome": outcome,
        "reason": row.kind,
        "shown_by": None,
        "offline": False,
        "evidence": evidence[0] if evidence else None,
        "acts": [one.detail for one in rows if one.kind == ASSISTED_ACT],
    }
    return {"holder_id": row.holder_id, "act": outcome, "use": use, "delivered_at": now}
