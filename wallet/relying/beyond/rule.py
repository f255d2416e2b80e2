"""The rule by which the grants of a social relying party or a platform are suspended: so many requests beyond them in so many minutes.

Public units are alerted alone: a clerk who is shown the wrong licence is no attack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.organisations.model import Unit
from wallet.organisations.units.sight import lock_unit
from wallet.relying.beyond.cause import Cause
from wallet.relying.desks import Desk
from wallet.relying.grants import bound_to, held
from wallet.relying.model import Grant, Overstep, SuspensionRule
from wallet.relying.notices.tell import tell_of_suspension
from wallet.web.principal import Principal

RULE: Final = "rule"
"""Who has suspended a grant where nobody has, and the cause of the alert that tells it."""
_COUNTED: Final[frozenset[Cause]] = frozenset({"item", "type", "fields", "network", "look_up"})
"""What was never granted. A quota that is used up and a grant that is over are no attempt at more."""
_ASKED_BY: Final = frozenset({"social", "platform"})
"""Kinds of unit that the rule is for."""
_LEVELS: Final = 8
"""A tree of units has fewer; a ring that was made by hand still ends."""


@dataclass(frozen=True)
class Rule:
    """So many `refusals` of one account within so many `minutes` suspend; `unit` is the code of the
    managing unit that set it, None where it is the default."""

    refusals: int
    minutes: int
    unit: str | None


_DEFAULT: Final = Rule(numbers.SUSPEND_AFTER, numbers.SUSPEND_WITHIN_MINUTES, None)


def rule_for(tx: Connection, unit_id: int | None) -> Rule:
    """The rule that holds for a unit: its own, else that of the nearest unit above it, else the default."""
    above = (
        select(Unit.id, Unit.parent_id, Unit.code, literal(0).label("steps"))
        .where(Unit.id == unit_id)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Unit.id, Unit.parent_id, Unit.code, above.c.steps + 1)
        .join(above, Unit.id == above.c.parent_id)
        .where(above.c.steps < _LEVELS)
    )
    row = tx.execute(
        select(SuspensionRule.refusals, SuspensionRule.minutes, above.c.code)
        .join(above, above.c.id == SuspensionRule.unit_id)
        .order_by(above.c.steps)
        .limit(1)
    ).first()
    return _DEFAULT if row is None else Rule(row.refusals, row.minutes, row.code)


def own_rule(deps: Deps, principal: Principal) -> Rule:
    """The rule that holds below the unit of whoever asks."""
    with deps.db.read() as tx:
        return rule_for(tx, principal.unit_id)


def set_rule(deps: Deps, principal: Principal, refusals: int, minutes: int, now: datetime) -> None:
    """Set the rule for the parties below the own unit, as far as no unit between has its own."""
    values = {
        "refusals": refusals,
        "minutes": minutes,
        "set_by": principal.account,
        "set_at": now,
    }
    with deps.db.begin() as tx:
        if not insert_if_new(tx, SuspensionRule, unit_id=principal.unit_id, **values):
            tx.execute(
                update(SuspensionRule)
                .where(SuspensionRule.unit_id == principal.unit_id)
                .values(**values)
            )
        audit.record(
            tx,
            "suspension_rule.set",
            now,
            unit=principal.unit_id,
            actor=principal.account,
            refusals=refusals,
            minutes=minutes,
        )


def suspend_by_rule(
    tx: Connection, desk: Desk, item: str, cause: Cause, now: datetime
) -> Sequence[int]:
    """Count a request beyond the grant; gives the grants that it suspends, none below the line.

    They are those for the item asked for or, where the account has none for it, all that it works under.
    """
    principal = desk.principal
    if cause not in _COUNTED or principal.unit_id is None:
        return ()
    unit = lock_unit(tx, principal.unit_id)  # the next to count waits here
    if _ASKED_BY.isdisjoint(unit.kinds):
        return ()
    rule = rule_for(tx, principal.unit_id)
    since = now - timedelta(minutes=rule.minutes)
    own = (Overstep.unit_id == principal.unit_id, Overstep.actor == principal.account)
    longest = now - timedelta(minutes=numbers.SUSPEND_WITHIN_MINUTES_MAX)
    tx.execute(delete(Overstep).where(*own, Overstep.at <= longest))
    tx.execute(insert(Overstep), {"unit_id": unit.id, "actor": principal.account, "at": now})
    counted = select(func.count()).select_from(Overstep).where(*own, Overstep.at > since)
    if tx.execute(counted).scalar_one() < rule.refusals:
        return ()
    # Once it is lifted they are counted anew.
    tx.execute(delete(Overstep).where(*own))
    return _suspend(tx, principal, item, rule, now)


def _suspend(
    tx: Connection, principal: Principal, item: str, rule: Rule, now: datetime
) -> Sequence[int]:
    working = tx.execute(
        held(Grant.id, Grant.suspended_at, UseItem.code).order_by(Grant.id), bound_to(principal)
    ).all()
    concerned = [row for row in working if row.code == item] or working
    ids = [row.id for row in concerned if row.suspended_at is None]
    reason = f"{rule.minutes} 分钟内超出授权 {rule.refusals} 次，已按规则暂停。"
    tx.execute(
        update(Grant)
        .where(Grant.id.in_(ids))
        .values(suspended_at=now, suspended_by=RULE, suspension_reason=reason)
    )
    events = [{"grant": id, "unit": principal.unit_id, "actor": RULE} for id in ids]
    audit.record_all(tx, "grant.suspended", now, events)
    tell_of_suspension(tx, principal.unit_id, ids, "suspended", now)
    return ids
