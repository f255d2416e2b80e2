"""Look up what the library can supply for an item, before paper is asked (O-13, M-12).

1. unit and item                     403 before anything of the code is read
2. who                               by a code at the desk, by name and code for a case, or an assisted session
3. the materials of the item         from the types of the grants; another type is not looked up
4. the record, in one transaction    the rows that the holder sees, the audit event

No field value and no identifier is read. No record, no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wallet.base.deps import Deps
from wallet.relying.beyond.refuse import refuse_beyond_grant
from wallet.relying.desks import Desk
from wallet.relying.grants import grant_for
from wallet.relying.holdings.by_assistance import look_up_by_assistance
from wallet.relying.holdings.by_code import look_up_by_code
from wallet.relying.holdings.by_holder import ByHolder, look_up_by_holder
from wallet.relying.holdings.found import Holdings


@dataclass(frozen=True)
class ByCode:
    """Whoever shows this text."""

    text: str


@dataclass(frozen=True)
class ByAssistance:
    """Whoever is served in this assisted session."""

    id: str


def look_up(
    deps: Deps, desk: Desk, item: str, by: ByCode | ByHolder | ByAssistance, now: datetime
) -> Holdings:
    """What the library can supply for an item and a holder, and what must still be asked.

    Raises NotPermitted, recorded, beyond the grant; and as `look_up_by_code`, `look_up_by_holder` and
    `look_up_by_assistance`.
    """
    grant = grant_for(deps, desk.principal, item, now, desk.address)
    if grant is None:
        refuse_beyond_grant(deps, desk, item, (), now)
    if isinstance(by, ByCode):
        return look_up_by_code(deps, desk, grant, by.text, now)
    if isinstance(by, ByHolder):
        return look_up_by_holder(deps, desk, grant, by, now)
    return look_up_by_assistance(deps, desk, grant, by.id, now)
