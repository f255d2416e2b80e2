"""The licences that answer a look-up, and its record: the rows that their holders see, the audit event."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, select

from wallet.base import audit
from wallet.base.database import at_once
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.epoch import Marks
from wallet.catalogue.matters import Matter, matter_of
from wallet.errors import NotFound
from wallet.licences.model import Licence
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import status_on
from wallet.relying.desks import Desk
from wallet.relying.grants import GrantedType, ItemGrant
from wallet.relying.holdings.supply import Missing, Supply, supplies
from wallet.showing.handle import Shower
from wallet.showing.model import LOOK_UP_CASE, LOOK_UP_CAUSE, LookUp

HOLDINGS: Final = "holdings"
"""The kind of these look-ups."""
_INSERT: Final = insert(LookUp).inline()


@dataclass(frozen=True)
class Holdings:
    """What the library can supply for an item: `id` is the look-up's, for a refusal to use it."""

    id: str
    item: str
    materials: Sequence[Supply]


@dataclass(frozen=True)
class About:
    """Whose holdings are looked up: `holder_id` where somebody was named and is known, `shower` who showed the
    code with this `jti` by which; `cause` and `case` as the unit has said them. With `tells` the holder is told,
    beside the history."""

    holder_id: int | None = None
    shower: Shower | None = None
    jti: str | None = None
    cause: str | None = None
    case: str | None = None
    tells: bool = False


def needs_of(deps: Deps, grant: ItemGrant) -> Matter:
    """The item with its materials. Raises NotFound where it was withdrawn this moment."""
    matter = matter_of(deps, grant.item)
    if matter is None:
        raise NotFound("没有这个事项。")
    return matter


def held_licences(
    tx: Connection,
    deps: Deps,
    which: ColumnElement[bool],
    types: Sequence[GrantedType],
    today: date,
    marks: Marks,
    first: Sequence[int] = (),
) -> dict[str, int]:
    """Type code → the licence of that type that stands today, of those that `which` chooses; of several
    one of `first`, else the oldest. No field is read."""
    codes = {one.type_id: one.code for one in types}
    rows = tx.execute(
        select(Licence.id, Licence.type_id, Licence.status, Licence.valid_from, Licence.valid_until)
        .where(
            which,
            Licence.type_id.in_(codes),
            Licence.issued_at.is_not(None),
            Licence.superseded_at.is_(None),
        )
        .order_by(Licence.id)
    ).all()
    against = published_against(deps, marks, [row.id for row in rows])
    held: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.id not in first):
        told = against.get(row.id)
        if status_on(row.status, row.valid_from, row.valid_until, today, told) == "valid":
            held.setdefault(codes[row.type_id], row.id)
    return held


def tell(
    tx: Connection,
    vault: Vault,
    desk: Desk,
    grant: ItemGrant,
    matter: Matter,
    granted: Sequence[GrantedType],
    held: Mapping[str, int],
    shown: Sequence[int],
    why: Missing,
    about: About,
    now: datetime,
) -> Holdings:
    """The answer, and its record in the same transaction: a row for each licence that it names, else one
    that nothing was found. `held` is as `held_licences` gives it, `shown` are the ids in the code."""
    materials = supplies(
        matter,
        {one.code for one in granted},
        held,
        {code for code, id in held.items() if id in shown},
        why,
    )
    named = sorted({held[one.code] for supply in materials for one in supply.supplied})
    holdings = Holdings(secrets.token_urlsafe(16), grant.item, materials)
    row = {
        "look_up": holdings.id,
        "kind": HOLDINGS,
        "at": now,
        "holder_id": about.holder_id,
        "unit_id": desk.principal.unit_id,
        "item_id": grant.item_id,
        "actor": desk.principal.account,
        "desk": desk.key,
        "terminal": desk.terminal,
        "shower": str(about.shower) if about.shower else None,
        "cause_sealed": vault.seal(about.cause, LOOK_UP_CAUSE) if about.cause else None,
        "case_sealed": vault.seal(about.case, LOOK_UP_CASE) if about.case else None,
        "told_at": None if about.tells else now,
    }
    with at_once(tx):
        tx.execute(_INSERT, [row | {"licence_id": id} for id in named or (None,)])
        audit.record(
            tx,
            "holdings.looked_up",
            now,
            look_up=holdings.id,
            actor=desk.principal.account,
            desk=desk.key,
            unit=desk.principal.unit_id,
            item=grant.item,
            jti=about.jti,
            holder_id=about.holder_id,
            licences=named,
        )
    return holdings
