"""A unit need not seal its licences of a type: recorded with its basis (O-11, M-10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.licences.model import SealExemption
from wallet.organisations.model import Unit


def exempt(
    deps: Deps, unit: str, type_code: str, basis: str, ends_on: date | None, now: datetime
) -> None:
    """Exempt a unit's licences of a type from today, until a day or for good.

    It takes the place of an exemption that there is. Raises NotFound for an unknown unit or type.
    """
    today = local_day(now)
    with deps.db.begin() as tx:
        unit_id, type_id = _ids(tx, unit, type_code)
        _end(tx, unit_id, type_id, today)
        values = {"unit_id": unit_id, "type_id": type_id, "basis": basis}
        tx.execute(insert(SealExemption), values | {"starts_on": today, "ends_on": ends_on})
        _record(tx, unit_id, type_code, today, ends_on, now)


def end_exemption(deps: Deps, unit: str, type_code: str, now: datetime) -> bool:
    """Let a unit's licences of a type need a seal again; False where they were not exempt.

    Raises as `exempt`.
    """
    today = local_day(now)
    with deps.db.begin() as tx:
        unit_id, type_id = _ids(tx, unit, type_code)
        ended = _end(tx, unit_id, type_id, today)
        if ended:
            _record(tx, unit_id, type_code, today, today - timedelta(days=1), now)
    return ended


def _ids(tx: Connection, unit: str, type_code: str) -> tuple[int, int]:
    unit_id = tx.execute(select(Unit.id).where(Unit.code == unit)).scalar_one_or_none()
    type_id = tx.execute(
        select(LicenceType.id).where(LicenceType.code == type_code)
    ).scalar_one_or_none()
    if unit_id is None or type_id is None:
        raise NotFound("没有这个单位或证照类型。")
    return unit_id, type_id


def _end(tx: Connection, unit_id: int, type_id: int, today: date) -> bool:
    """End what is in force before today; what began today has then had no day at all."""
    ended = tx.execute(
        update(SealExemption)
        .where(
            SealExemption.unit_id == unit_id,
            SealExemption.type_id == type_id,
            or_(SealExemption.ends_on.is_(None), SealExemption.ends_on >= today),
        )
        .values(ends_on=today - timedelta(days=1))
    )
    return ended.rowcount > 0


def _record(
    tx: Connection,
    unit_id: int,
    type_code: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> None:
    audit.record(
        tx,
        "seal.exempted",
        now,
        unit=unit_id,
        type=type_code,
        starts_on=starts_on.isoformat(),
        ends_on=None if ends_on is None else ends_on.isoformat(),
    )
