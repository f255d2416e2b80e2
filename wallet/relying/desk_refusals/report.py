"""Report a desk that refused (O-13, O-19): by the holder on the phone, or by counter staff for whom it happened to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.counter.assist import open_assistance
from wallet.errors import Invalid, NotFound, TooMany
from wallet.holders.model import Holder
from wallet.organisations.model import Staff
from wallet.relying.desk_refusals.model import DESK, TOLD, DeskRefusal
from wallet.web.principal import Principal

_SAME: Final = ("item_id", "kind", "on", "reporter", "assistance_id")
"""Columns that are alike in a report that comes twice."""


@dataclass(frozen=True)
class NewReport:
    """`item` is the code of the use item whose unit refused, `kind` as in `model.KINDS`, `on` the local day, `desk` the
    window as the person calls it, `told` what happened; `assistance` the session in which staff write it."""

    item: str
    kind: str
    on: date
    desk: str
    told: str
    assistance: str | None = None


def report_refusal(deps: Deps, principal: Principal, new: NewReport, now: datetime) -> str:
    """Write it down for the managing units above; gives its public id. The same again from the same phone or in the same
    session within `REPORT_REPEAT`, as by a double click, is the report that is there.

    Raises NotFound (`item_unknown`, a session), Invalid (`report_day`), Conflict (`assistance_ended`), TooMany
    (`too_many_reports`) by or for one person in a day.
    """
    today = local_day(now)
    if not today - timedelta(days=numbers.REPORT_DAYS) <= new.on <= today:
        sentence = f"应为最近 {numbers.REPORT_DAYS} 天内的日期。"
        raise Invalid(f"on：{sentence}", "report_day", {"on": [sentence]})
    public_id = secrets.token_urlsafe(12)
    with deps.db.begin() as tx:
        holder_id = principal.holder_id
        if principal.kind == "staff":
            holder_id = _served(tx, principal, new.assistance, now)
        _wait_for_turn(tx, principal, holder_id)
        item = tx.execute(
            select(UseItem.id, UseItem.unit_id).where(UseItem.code == new.item)
        ).one_or_none()
        if item is None:
            raise NotFound("没有这个事项，请从用证事项清单里重新选择。", "item_unknown")
        values = {
            "public_id": public_id,
            "item_id": item.id,
            "unit_id": item.unit_id,
            "kind": new.kind,
            "on": new.on,
            "desk_sealed": deps.vault.seal(new.desk, DESK),
            "told_sealed": deps.vault.seal(new.told, TOLD),
            "reporter": principal.account,
            "holder_id": holder_id,
            "assistance_id": new.assistance if principal.kind == "staff" else None,
            "at": now,
        }
        of_day = _of_day(tx, principal, holder_id, now)
        for known in of_day:
            if _is_the_same(known, values, now) and _says_the_same(deps, known, new):
                return str(known.public_id)
        if len(of_day) >= numbers.REPORTS_PER_DAY:
            raise TooMany(
                f"今天已反映 {numbers.REPORTS_PER_DAY} 件，请明天再写，或拨打 12345。",
                "too_many_reports",
                retry_after=3600,
            )
        number = tx.execute(insert(DeskRefusal).returning(DeskRefusal.id), values).scalar_one()
        told = {"actor": principal.account, "unit": item.unit_id, "item": item.id}
        audit.record(tx, "desk_refusal.reported", now, report=number, kind=new.kind, **told)
    return public_id


def _served(
    tx: Connection, principal: Principal, assistance: str | None, now: datetime
) -> int | None:
    if assistance is None:
        return None
    served: int = open_assistance(tx, principal, assistance, now).holder_id
    return served


def _wait_for_turn(tx: Connection, principal: Principal, holder_id: int | None) -> None:
    """Who else reports by or for this person waits here: a double click is one report, and the number is exact."""
    one = select(Staff.id).where(Staff.id == principal.id)
    if holder_id is not None:
        one = select(Holder.id).where(Holder.id == holder_id)
    tx.execute(one.with_for_update(key_share=True))


def _of_day(
    tx: Connection, principal: Principal, holder_id: int | None, now: datetime
) -> Sequence[AnyRow]:
    """What was reported by or for this person within a day; where staff did not say for whom, by these staff."""
    since = now - timedelta(days=1)
    found = select(DeskRefusal).where(DeskRefusal.holder_id == holder_id, DeskRefusal.at > since)
    if holder_id is None:
        found = found.where(DeskRefusal.reporter == principal.account)
    return tx.execute(found).all()


def _is_the_same(known: AnyRow, values: Mapping[str, object], now: datetime) -> bool:
    fresh = known.at > now - timedelta(seconds=numbers.REPORT_REPEAT)
    same = all(getattr(known, name) == values[name] for name in _SAME)
    return same and fresh and known.answered_at is None


def _says_the_same(deps: Deps, known: AnyRow, new: NewReport) -> bool:
    told, desk = deps.vault.open(known.told_sealed, TOLD), deps.vault.open(known.desk_sealed, DESK)
    return (told, desk) == (new.told, new.desk)
