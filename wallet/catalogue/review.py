"""Review what a unit has drafted (O-7, O-12): by its managing unit, never by who wrote it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.register import (
    Draft,
    Register,
    draft_within,
    expect,
    locked,
    move,
    note_step,
    visible_to,
)
from wallet.errors import Invalid, NotPermitted
from wallet.web.principal import Principal


def review_draft(
    deps: Deps,
    register: Register,
    manager: Principal,
    draft_id: int,
    decision: str,
    reason: str,
    now: datetime,
) -> Draft:
    """Pass a submitted draft (`pass`), or `return` it with a reason, also one that is scheduled.

    Raises NotFound (outside the subtree), NotPermitted (`four_eyes`: the own draft), Invalid
    (`reason_required`), Conflict (`draft_state`).
    """
    if decision == "return" and not reason:
        raise Invalid("reason：退回须写明理由。", "reason_required")
    with deps.db.begin() as tx:
        states = ("submitted", "scheduled") if decision == "return" else ("submitted",)
        row = locked_for_manager(tx, register, manager, draft_id, *states)
        if decision == "return":
            unscheduled = {"counts_from": None} if row.state == "scheduled" else {}
            move(tx, register, row, "returned", now, **unscheduled)
            note_step(tx, register, row, manager.account, "returned", reason, now)
        else:
            register.check(tx, row.code, row.unit_id, row.content)
            move(tx, register, row, "reviewed", now)
            note_step(tx, register, row, manager.account, "reviewed", reason or None, now)
        return draft_within(tx, register, row.id)


def locked_for_manager(
    tx: Connection, register: Register, manager: Principal, draft_id: int, *states: str
) -> AnyRow:
    """A version in one of these states, for a manager who had no part in writing it.

    Raises NotFound, NotPermitted (`four_eyes`), Conflict (`draft_state`).
    """
    row = locked(tx, register, draft_id, visible_to(register, manager))
    if manager.account in row.authors:
        raise NotPermitted("自己起草的不能自己审核，请由另一人办理。", "four_eyes")
    expect(row, states)
    return row


def mark_published(
    tx: Connection, register: Register, row: AnyRow, account: str, now: datetime
) -> None:
    """Let a version count from now on, in place of the one before it."""
    table = register.versions
    tx.execute(
        update(table)
        .where(table.code == row.code, table.state == "published")
        .values(state="replaced", replaced_at=now)
    )
    move(tx, register, row, "published", now, published_at=now)
    note_step(tx, register, row, account, "published", None, now)
