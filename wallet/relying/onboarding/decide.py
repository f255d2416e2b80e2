"""The managing unit's side: review, and approval by a second person; a social scenario is filed before it goes live.

Whoever had a part in writing an application does neither. `seen` is how many steps the application had when it was
read for the decision, None where that is not said: what has changed since is not decided on.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.organisations.units.sight import check_open, lock_unit
from wallet.relying.model import Grant
from wallet.relying.notices.tell import tell_of_suspension
from wallet.relying.onboarding.content import GOVERNMENT, check_again
from wallet.relying.onboarding.deciders import (
    Tree,
    deciders,
    is_manager_of,
    managing_above,
    read_tree,
)
from wallet.relying.onboarding.give import give_grants
from wallet.relying.onboarding.model import ApplicationStep, Filing
from wallet.relying.onboarding.sight import application_in_sight, expect, move, not_found
from wallet.web.principal import Principal


def review_application(
    deps: Deps,
    manager: Principal,
    application_id: str,
    decision: str,
    reason: str,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Review what was handed in: `pass`, `return` for mending, or `reject` for good; the latter two with a reason.

    Raises NotFound, NotPermitted (`not_decider`, `four_eyes`), Invalid (`reason_required`, `invalid_application`),
    Conflict (`application_state`, `application_changed`, `unit_closed`).
    """
    _require_reason(decision, reason)
    with deps.db.begin() as tx:
        row, _ = _to_decide(tx, manager, application_id, ("submitted",), now, seen)
        if decision == "pass":
            _checked(tx, row, now)
            move(
                tx, row, manager, "reviewed", now, reason or None,
                state="reviewed", reviewer=manager.account,
            )  # fmt: skip
        else:
            _turn_down(tx, row, manager, decision, reason, now)


def approve_application(
    deps: Deps,
    manager: Principal,
    application_id: str,
    decision: str,
    reason: str,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Decide on what another has reviewed: `approve`, `return`, `reject`; the latter two also of what waits for its filing.

    What is approved for a government item is granted at once; a social scenario must be filed first (O-17).
    Raises as `review_application`.
    """
    _require_reason(decision, reason)
    with deps.db.begin() as tx:
        states = ("reviewed",) if decision == "approve" else ("reviewed", "approved")
        row, _ = _to_decide(tx, manager, application_id, states, now, seen)
        if row.state == "reviewed" and row.reviewer == manager.account:
            raise NotPermitted("初审和审批不能是同一人，请由另一位管理人员审批。", "four_eyes")
        if decision != "approve":
            _turn_down(tx, row, manager, decision, reason, now)
            return
        _checked(tx, row, now)
        move(tx, row, manager, "approved", now, reason or None, state="approved")
        if row.scene == GOVERNMENT:
            _grant(tx, row, manager, now)


def file_scenario(
    deps: Deps,
    manager: Principal,
    application_id: str,
    measures: str,
    now: datetime,
    seen: int | None = None,
) -> None:
    """报备: file an approved social scenario with the managing unit above, from which moment on it is granted.

    `measures` says how the data are kept safe. Raises NotFound, NotPermitted (`not_decider`), Invalid
    (`invalid_application`), Conflict (`application_state`, `application_changed`, `unit_closed`).
    """
    with deps.db.begin() as tx:
        row, tree = _to_decide(tx, manager, application_id, ("approved",), now, seen)
        assert manager.unit_id is not None
        _checked(tx, row, now)
        above = managing_above(tree, tree[manager.unit_id].parent_id)
        unit = lock_unit(tx, manager.unit_id)
        tx.execute(
            insert(Filing),
            {
                "application_id": row.id,
                "number": f"BB-{unit.area_code}-{local_day(now):%Y}-{row.id:06}",
                "unit_id": manager.unit_id,
                "with_unit_id": above[0].id if above else None,
                "measures": measures,
                "filed_by": manager.account,
                "filed_at": now,
            },
        )
        move(tx, row, manager, "filed", now)
        _grant(tx, row, manager, now)


def answer_filing(
    deps: Deps, manager: Principal, application_id: str, answer: str, reason: str, now: datetime
) -> None:
    """What the unit above says of a filing: `noted`, or `objected` with a reason, which suspends the party's grants
    for that item at once.

    Raises NotFound, Invalid (`reason_required`), Conflict (`filing_answered`).
    """
    if answer == "objected" and not reason:
        raise Invalid("reason：提出异议须写明理由。", "reason_required")
    with deps.db.begin() as tx:
        row = application_in_sight(tx, manager, application_id, lock=True)
        answered = {"answer": answer, "answered_by": manager.account, "answered_at": now}
        mine = (Filing.application_id == row.id, Filing.with_unit_id == manager.unit_id)
        changed = tx.execute(
            update(Filing).where(*mine, Filing.answer.is_(None)).values(**answered)
        )
        if not changed.rowcount:
            raise Conflict("这项报备不由本单位答复，或已经答复。", "filing_answered")
        move(tx, row, manager, answer, now, reason or None)
        if answer == "objected":
            suspended = {
                "suspended_at": now,
                "suspended_by": manager.account,
                "suspension_reason": reason[:200],
            }
            grants = tx.execute(
                update(Grant)
                .where(
                    Grant.unit_id == row.unit_id,
                    Grant.item_id == row.item_id,
                    Grant.suspended_at.is_(None),
                )
                .values(**suspended)
                .returning(Grant.id)
            ).scalars()
            ids, told = sorted(grants), {"unit": row.unit_id, "actor": manager.account}
            audit.record_all(tx, "grant.suspended", now, [{"grant": id, **told} for id in ids])
            tell_of_suspension(tx, row.unit_id, ids, "suspended", now)


def _to_decide(
    tx: Connection,
    manager: Principal,
    application_id: str,
    states: Collection[str],
    now: datetime,
    seen: int | None,
) -> tuple[AnyRow, Tree]:
    """An application in one of these states for a manager who may decide on it, kept from others, with the tree of units."""
    row = application_in_sight(tx, manager, application_id, lock=True)
    if row.unit_id == manager.unit_id:
        raise not_found()
    tree = read_tree(tx, local_day(now))
    if not is_manager_of(manager, deciders(tree, row.parent_id, row.scene)):
        raise NotPermitted("这份申请由上级管理单位办理，本单位只能查看。", "not_decider")
    if manager.account in row.authors:
        raise NotPermitted("自己写的申请不能自己办理，请由另一人办理。", "four_eyes")
    expect(row, states)
    steps = select(func.count()).where(ApplicationStep.application_id == row.id)
    if seen is not None and tx.execute(steps).scalar_one() != seen:
        # It came back to the same state with another content.
        raise Conflict("这份申请在您打开之后有变动，请重新查看再办理。", "application_changed")
    return row, tree


def _checked(tx: Connection, row: AnyRow, now: datetime) -> None:
    """The item may have changed since, or its unit: what is passed on is held against the rules of now."""
    unit = lock_unit(tx, row.unit_id)
    check_open(unit)
    check_again(tx, unit, row.item, row.content, local_day(now))


def _turn_down(
    tx: Connection, row: AnyRow, manager: Principal, decision: str, reason: str, now: datetime
) -> None:
    act = {"return": "returned", "reject": "rejected"}[decision]
    move(tx, row, manager, act, now, reason, state=act, reviewer=None)


def _grant(tx: Connection, row: AnyRow, manager: Principal, now: datetime) -> None:
    give_grants(tx, row, manager, now)
    move(tx, row, manager, "granted", now, state="granted")


def _require_reason(decision: str, reason: str) -> None:
    if decision in ("return", "reject") and not reason:
        raise Invalid("reason：退回或不予批准须写明理由。", "reason_required")
