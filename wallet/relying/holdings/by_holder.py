"""Holdings of a person or an organisation by code and name, who is not there: for a case, and with a cause.

It needs grants that allow it, each with a number of its own for the day. Whether nobody has this code, whether
the name is another or whether there is no licence: the answer is the same, and so is the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.codes import PERSON_CODE_TYPES, normalise_holder_code
from wallet.holders.find import find_holder
from wallet.holders.model import HOLDER_NAME
from wallet.holders.names import normalise_name
from wallet.licences.model import Licence, LicenceHolder
from wallet.relying.beyond.refuse import refuse_beyond_grant
from wallet.relying.desks import Desk
from wallet.relying.grants import ItemGrant
from wallet.relying.holdings.found import About, Holdings, held_licences, needs_of, tell
from wallet.relying.quota import claim_look_up

_NOBODY: Final = 0
"""The id of no holder: nothing is found under it."""


@dataclass(frozen=True)
class ByHolder:
    """Whoever has this code and this name; `case` is the unit's number of it, `cause` why it asks."""

    code_type: str
    code: str
    name: str
    case: str
    cause: str


class _OverQuota(Exception):
    """Rolls back what was counted."""


def look_up_by_holder(
    deps: Deps, desk: Desk, grant: ItemGrant, by: ByHolder, now: datetime
) -> Holdings:
    """What the library can supply for the item, of the holder who is named. The holder is told.

    Raises NotPermitted, recorded, where no grant for the item allows it, or the number of the day
    is used up; Invalid (`holder_code_type`, `holder_code`).
    """
    allowed = [one for one in grant.types.values() if one.look_ups_per_day]
    if not allowed or grant.asks:
        refuse_beyond_grant(deps, desk, grant.item, (), now, "look_up")
    kind = "person" if by.code_type in PERSON_CODE_TYPES else "organisation"
    code = normalise_holder_code(kind, by.code_type, by.code, local_day(now))
    matter, marks = needs_of(deps, grant), deps.epoch.marks()
    try:
        with deps.db.begin() as tx:
            if not claim_look_up(tx, allowed, local_day(now)):
                raise _OverQuota
            holder_id = _known(tx, deps, by.code_type, code, by.name)
            own = select(LicenceHolder.licence_id).where(
                LicenceHolder.holder_id == (holder_id or _NOBODY)
            )
            held = held_licences(tx, deps, Licence.id.in_(own), allowed, local_day(now), marks)
            about = About(holder_id, cause=by.cause, case=by.case, tells=True)
            return tell(
                tx, deps.vault, desk, grant, matter, allowed, held, (), "not_held", about, now
            )
    except _OverQuota:
        refuse_beyond_grant(deps, desk, grant.item, (), now, "look_up_quota")


def _known(tx: Connection, deps: Deps, code_type: str, code: str, name: str) -> int | None:
    row = find_holder(tx, deps.vault, code_type, code)
    if row is None:
        return None
    known = normalise_name(deps.vault.open(row.name_sealed, HOLDER_NAME))
    return row.id if known == normalise_name(name) else None
