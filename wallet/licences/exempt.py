"""A unit's licences of a type are exempt from a duty: recorded with its basis and reason.

The duties are the seal (O-11, M-10), delivery to the holder (M-8), and issuing in step with the
unit's business system (O-8, M-7).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, or_, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.licences.model import Exemption
from wallet.organisations.model import Unit

KINDS: Final = ("seal", "delivery", "step")
"""What a type may be exempt from."""


def exempt(
    deps: Deps,
    kind: str,
    unit: str,
    type_code: str,
    basis: str,
    ends_on: date | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Exempt a unit's licences of a type from today, until a day or for good.

    `kind` is one of `KINDS`, `basis` the document and article, `reason` the legal or technical
    ground. It takes the place of an exemption that there is. Raises NotFound for an unknown unit or
    type.
    """
    today = local_day(now)
    with deps.db.begin() as tx:
        unit_id, type_id = _ids(tx, unit, type_code)
        _end(tx, kind, unit_id, type_id, today)
        values = {"kind": kind, "unit_id": unit_id, "type_id": type_id}
        values |= {"basis": basis, "reason": reason, "starts_on": today, "ends_on": ends_on}
        tx.execute(insert(Exemption), values)
        _record(tx, kind, unit_id, type_code, today, ends_on, now)


def end_exemption(deps: Deps, kind: str, unit: str, type_code: str, now: datetime) -> bool:
    """Let the duty hold again for a unit's licences of a type; False where they were not exempt.

    Raises as `exempt`.
    """
    today = local_day(now)
    with deps.db.begin() as tx:
        unit_id, type_id = _ids(tx, unit, type_code)
        ended = _end(tx, kind, unit_id, type_id, today)
        if ended:
            _record(tx, kind, unit_id, type_code, today, today - timedelta(days=1), now)
    return ended


def _ids(tx: Connection, unit: str, type_code: str) -> tuple[int, int]:
    unit_id = tx.execute(select(Unit.id).where(Unit.code == unit)).scalar_one_or_none()
    type_id = tx.execute(
        select(LicenceType.id).where(LicenceType.code == type_code)
    ).scalar_one_or_none()
    if unit_id is None or type_id is None:
        raise NotFound("没有这个单位或证照类型。")
    return unit_id, type_id


def _end(tx: Connection, kind: str, unit_id: int, type_id: int, today: date) -> bool:
    """End what is in force before today; what began today has then had no day at all."""
    ended = tx.execute(
        update(Exemption)
        .where(
            Exemption.kind == kind,
            Exemption.unit_id == unit_id,
            Exemption.type_id == type_id,
            or_(Exemption.ends_on.is_(None), Exemption.ends_on >= today),
        )
        .values(ends_on=today - timedelta(days=1))
    )
    return ended.rowcount > 0


def _record(
    tx: Connection,
    kind: str,
    unit_id: int,
    type_code: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> None:
    audit.record(
        tx,
        "exemption.set",
        now,
        kind=kind,
        unit=unit_id,
        type=type_code,
        starts_on=starts_on.isoformat(),
        ends_on=None if ends_on is None else ends_on.isoformat(),
    )
