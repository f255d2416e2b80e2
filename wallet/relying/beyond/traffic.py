"""用证量: what was done under a grant in the last days, for the managing units above its party.

Found by whom: the accounts of the party and the index over account and time that desks use anyway, so that a
judgement pays nothing for it. What cannot be read, or names no licence of this type, was not done under this grant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    String,
    bindparam,
    cast,
    func,
    literal,
    select,
    update,
)

from wallet import numbers
from wallet.base.clock import SHANGHAI, local_day
from wallet.base.database import AnySelect, insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.model import PLATFORM, UseItem
from wallet.licences.model import Licence
from wallet.organisations.model import Client, Staff
from wallet.relying.beyond.sight import grant_in_sight
from wallet.relying.model import BeyondDay, Grant, GrantDay
from wallet.showing.model import Use, Verification
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Traffic:
    """Codes that showed a licence of the grant's type, from `since` on, the first of `numbers.TRAFFIC_DAYS` local days.

    `judged` are all of them, pending and undetermined ones too. `beyond` are the requests of the party for the
    grant's item that went beyond what it was granted, whatever for. `lines` are those of a platform's lists that
    were held against licences of the type (M-16).
    """

    since: date
    judged: int
    accepted: int
    refused: int
    beyond: int
    lines: int


def traffic_of(deps: Deps, principal: Principal, grant_id: str, now: datetime) -> Traffic:
    """The traffic of a grant in sight. Raises NotFound."""
    since = local_day(now) - timedelta(days=numbers.TRAFFIC_DAYS - 1)
    with deps.db.read() as tx:
        grant = grant_in_sight(tx, principal, grant_id)
        by_verdict = {
            row.verdict: row.how_many
            for row in tx.execute(
                JUDGED,
                {
                    "unit": grant.unit_id,
                    "item": grant.item_id,
                    "type": grant.type_id,
                    "since": datetime.combine(since, time(), SHANGHAI),
                },
            )
        }
        beyond = tx.execute(
            select(func.coalesce(func.sum(BeyondDay.times), 0)).where(
                BeyondDay.unit_id == grant.unit_id,
                BeyondDay.item == grant.item,
                BeyondDay.day >= since,
            )
        ).scalar_one()
        lines = tx.execute(_LINES, {"grant": grant.id, "since": since}).scalar_one()
    return Traffic(
        since=since,
        judged=sum(by_verdict.values()),
        accepted=by_verdict.get("accepted", 0),
        refused=by_verdict.get("refused", 0),
        beyond=int(beyond),
        lines=int(lines),
    )


def count_beyond(tx: Connection, unit_id: int | None, item: str, day: date) -> None:
    """Count a request beyond a grant on its day; the caller's transaction holds the row until it ends."""
    again = (
        update(BeyondDay)
        .where(BeyondDay.unit_id == unit_id, BeyondDay.item == item, BeyondDay.day == day)
        .values(times=BeyondDay.times + 1)
    )
    if tx.execute(again).rowcount:
        return
    if not insert_if_new(tx, BeyondDay, unit_id=unit_id, item=item, day=day, times=1):
        tx.execute(again)  # another request was the first of the day


_LINES: Final = (
    select(func.coalesce(func.sum(GrantDay.judged), 0))
    .join(Grant, Grant.id == GrantDay.grant_id)
    .join(UseItem, UseItem.id == Grant.item_id)
    .where(
        GrantDay.grant_id == bindparam("grant"),
        GrantDay.day >= bindparam("since", type_=Date()),
        UseItem.scene == PLATFORM,
    )
)
"""For an item of lists every line is counted, whether there is a quota or not."""
_UNIT: Final = bindparam("unit", type_=Integer())
_ACTORS: Final = (
    select(literal("staff:") + cast(Staff.id, String))
    .where(Staff.unit_id == _UNIT)
    .union_all(select(literal("client:") + cast(Client.id, String)).where(Client.unit_id == _UNIT))
)
JUDGED: Final[AnySelect] = (
    select(Verification.verdict, func.count().label("how_many"))
    .join(Use, Use.verification_id == Verification.id)
    .join(Licence, Licence.id == Use.licence_id)
    .where(
        Verification.actor.in_(_ACTORS),
        Verification.at >= bindparam("since"),
        Verification.item_id == bindparam("item"),
        Licence.type_id == bindparam("type"),
    )
    .group_by(Verification.verdict)
)
"""By verdict, how many codes of a unit's accounts showed a licence of a type for an item."""
