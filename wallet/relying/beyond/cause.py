"""Why a request is beyond what was granted, in the words that a desk reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, bindparam

from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.catalogue.model import LicenceType, UseItem
from wallet.relying.desks import Desk
from wallet.relying.grants import admits, bound_to, held
from wallet.relying.hours import is_open
from wallet.relying.model import Grant

Cause = Literal[
    "item", "type", "fields", "quota", "network", "hours", "suspended", "ended", "not_begun",
    "look_up", "look_up_quota",
]  # fmt: skip

SENTENCES: Final[Mapping[Cause, str]] = {
    "item": "本单位没有登记在这一事项用证，请换选事项，或按传统方式办理。",
    "type": "本单位没有登记用此证照办理这一事项，请换选事项，或按传统方式办理。",
    "fields": "所要的信息超出本单位登记的范围，请只要登记过的，或按传统方式办理。",
    "quota": "今天登记的核验次数已经用完，请明天再办，或按传统方式办理。",
    "network": "本单位没有登记从这里的网络用证，请到登记的网络核验，或按传统方式办理。",
    "hours": "现在不在本单位登记的用证时段，请到时再核验，或按传统方式办理。",
    "suspended": "本单位办理这一事项的用证授权已暂停，请联系管理单位，或按传统方式办理。",
    "ended": "本单位办理这一事项的用证授权已到期，请向管理单位申请续期，或按传统方式办理。",
    "look_up": "本单位没有获准按姓名和证件号码查询，请持证人亮码，或按传统方式办理。",
    "look_up_quota": "今天获准的查询次数已经用完，请持证人亮码，或按传统方式办理。",
    "not_begun": "本单位办理这一事项的用证授权还没有开始，请到时再来，或按传统方式办理。",
}

_HELD: Final = held(
    LicenceType.short_number,
    Grant.starts_on,
    Grant.ends_on,
    Grant.suspended_at,
    Grant.networks,
    Grant.opens,
    Grant.closes,
).where(UseItem.code == bindparam("item"))
_RANK: Final[tuple[Cause, ...]] = ("suspended", "ended", "not_begun", "network", "hours")


def cause_of(tx: Connection, desk: Desk, item: str, types: Sequence[int], at: datetime) -> Cause:
    """Why `grant_for` gave a desk nothing for an item at that time, or not all of these types."""
    rows = tx.execute(_HELD, {"item": item, **bound_to(desk.principal)}).all()
    if not rows:
        return "item"
    known = {row.short_number: row for row in rows}
    if not set(types) <= known.keys():
        return "type"
    against = {_against(known[number], desk, at) for number in types or known}
    return next((cause for cause in _RANK if cause in against), "item")


def _against(row: AnyRow, desk: Desk, at: datetime) -> Cause | None:
    today = local_day(at)
    if row.suspended_at is not None:
        return "suspended"
    if row.ends_on is not None and row.ends_on < today:
        return "ended"
    if row.starts_on > today:
        return "not_begun"
    if not admits(row.networks, desk.address):
        return "network"
    return None if is_open(row.opens, row.closes, at) else "hours"
