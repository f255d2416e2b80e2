"""开放对接权限: let a managing unit below decide on social scenarios, and end that again (M-15, O-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.organisations.model import Unit
from wallet.organisations.tree import subtree
from wallet.organisations.units.sight import lock_unit, unit_below
from wallet.relying.onboarding.deciders import read_tree
from wallet.relying.onboarding.model import ApprovalRight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class RightView:
    """A managing unit below the own one that does not decide on social scenarios by itself: the days on which it
    may, None for `starts_on` where nothing is opened to it, None for `ends_on` without an end. `open` says that they have not passed."""

    unit: str
    unit_name: str
    unit_name_en: str
    starts_on: date | None
    ends_on: date | None
    open: bool


def approval_rights(deps: Deps, principal: Principal, now: datetime) -> list[RightView]:
    """The managing units of counties below the manager's, in the order of the tree."""
    query = (
        select(Unit, ApprovalRight.starts_on, ApprovalRight.ends_on)
        .outerjoin(
            ApprovalRight,
            (ApprovalRight.unit_id == Unit.id) & ApprovalRight.ended_at.is_(None),
        )
        .where(
            Unit.id.in_(subtree(principal.unit_id)),
            Unit.id != principal.unit_id,
            Unit.level == "county",
            Unit.closed_at.is_(None),
        )
        .order_by(Unit.code)
    )
    today = local_day(now)
    return [
        RightView(
            row.code,
            row.name,
            row.name_en,
            row.starts_on,
            row.ends_on,
            open=row.starts_on is not None and (row.ends_on is None or today <= row.ends_on),
        )
        for row in deps.db.rows(query)
        if "managing" in row.kinds
    ]


def open_right(
    deps: Deps, manager: Principal, code: str, ends_on: date | None, now: datetime
) -> None:
    """Let a managing unit below decide on social scenarios from today on; anew where it may already.

    Raises NotFound, NotPermitted (`own_unit`, `not_decider`), Invalid (`invalid_right`), Conflict (`unit_closed`).
    """
    today = local_day(now)
    if ends_on is not None and ends_on < today:
        sentence = "应不早于今天。"
        raise Invalid(f"ends_on：{sentence}", "invalid_right", {"ends_on": [sentence]})
    with deps.db.begin() as tx:
        unit = _below(tx, manager, code, today)
        _end(tx, unit.id, manager, now)
        values = {"unit_id": unit.id, "starts_on": today, "ends_on": ends_on}
        tx.execute(insert(ApprovalRight), values | {"opened_by": manager.account, "opened_at": now})
        audit.record(
            tx,
            "approval_right.opened",
            now,
            unit=unit.id,
            actor=manager.account,
            ends_on=None if ends_on is None else ends_on.isoformat(),
        )


def end_right(deps: Deps, manager: Principal, code: str, now: datetime) -> None:
    """End it: what is not granted yet is decided above from now on, what was granted stays.

    Raises NotFound, NotPermitted (`own_unit`, `not_decider`), Conflict (`no_right`, `unit_closed`).
    """
    with deps.db.begin() as tx:
        unit = _below(tx, manager, code, local_day(now))
        if not _end(tx, unit.id, manager, now):
            raise Conflict("没有向这个单位开放审批权限。", "no_right")
        audit.record(tx, "approval_right.ended", now, unit=unit.id, actor=manager.account)


def _below(tx: Connection, manager: Principal, code: str, today: date) -> AnyRow:
    unit = lock_unit(tx, unit_below(tx, manager, code).id)
    tree = read_tree(tx, today)
    own = tree.get(manager.unit_id or 0)
    if own is None or not own.decides_social:
        raise NotPermitted("本单位自己还没有社会化用证的审批权限。", "not_decider")
    if unit.id not in tree:
        sentence = "只能向下级管理单位开放审批权限。"
        raise Invalid(f"unit：{sentence}", "invalid_right", {"unit": [sentence]})
    return unit


def _end(tx: Connection, unit_id: int, manager: Principal, now: datetime) -> bool:
    ended = tx.execute(
        update(ApprovalRight)
        .where(ApprovalRight.unit_id == unit_id, ApprovalRight.ended_at.is_(None))
        .values(ended_at=now, ended_by=manager.account)
    )
    return bool(ended.rowcount)
