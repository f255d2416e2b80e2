"""What asks for the attention of an issuing unit's staff: what waits for their review, and alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from wallet import numbers
from wallet.base.deps import Deps
from wallet.licences.in_step.alarms import Alarm, alarms_of
from wallet.licences.model import AWAITS_REVIEW, Licence
from wallet.organisations.model import Unit
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Attention:
    """How many licences wait for review, and the first alarms of the unit; `more` is how many there are
    beside these."""

    in_review: int
    alarms: Sequence[Alarm]
    more: int


def attention_of(deps: Deps, staff: Principal, now: datetime) -> Attention:
    """For the staff member's own unit."""
    units = select(Unit.id).where(Unit.id == staff.unit_id)
    waiting = (
        select(func.count())
        .select_from(Licence)
        .where(AWAITS_REVIEW, Licence.unit_id == staff.unit_id)
    )
    with deps.db.read() as tx:
        # Files with errors may be many: they come last, so that they hide nothing else.
        alarms = sorted(alarms_of(tx, deps, units, now), key=lambda alarm: alarm.kind == "batch")
        in_review = tx.execute(waiting).scalar_one()
    shown = alarms[: numbers.ALARMS_SHOWN]
    return Attention(in_review, shown, len(alarms) - len(shown))
