"""Holdings of whoever is served in an assisted session: at the desks of that unit and of those beside it (O-19).

The session says who is there and that they wish it, on evidence. Of an item that asks the holder on a phone
nothing is looked up.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import false, select

from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.counter.assist import open_assistance_at
from wallet.licences.model import Licence, LicenceHolder
from wallet.relying.desks import Desk
from wallet.relying.grants import ItemGrant
from wallet.relying.holdings.found import About, Holdings, held_licences, needs_of, tell
from wallet.relying.holdings.supply import Missing


def look_up_by_assistance(
    deps: Deps, desk: Desk, grant: ItemGrant, assistance_id: str, now: datetime
) -> Holdings:
    """What the library can supply for the item, of the holder of this session.

    Raises NotFound (`assistance_unknown`), also for a session elsewhere, Conflict (`assistance_ended`).
    """
    matter, marks = needs_of(deps, grant), deps.epoch.marks()
    granted = list(grant.types.values())
    with deps.db.begin() as tx:
        session = open_assistance_at(tx, desk.principal.unit_id, assistance_id, now)
        own = select(LicenceHolder.licence_id).where(LicenceHolder.holder_id == session.holder_id)
        which = false() if grant.asks else Licence.id.in_(own)
        held = held_licences(tx, deps, which, granted, local_day(now), marks)
        why: Missing = "not_shown" if grant.asks else "not_held"
        about = About(holder_id=session.holder_id)
        return tell(tx, deps.vault, desk, grant, matter, granted, held, (), why, about, now)
