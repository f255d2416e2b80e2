"""A list whose entries have versions, and the rows of a version.

Licence types (O-7, M-6) and use items (O-12, M-11) go the same way from draft to publication.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, insert, or_, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, AnySelect
from wallet.errors import Conflict, NotFound
from wallet.organisations.model import Unit
from wallet.organisations.tree import subtree
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Register:
    """A list whose entries have versions: the catalogue, or the use list.

    `versions` and `steps` are its tables, `writers` the roles that see the own unit's drafts. `check(tx, code,
    unit_id, given)` gives the content held against every rule, or raises. Audit events are
    `{event}.{act}`, and name the code as `names`.
    """

    versions: Any
    steps: Any
    writers: frozenset[str]
    check: Callable[[Connection, str, int, Mapping[str, Any]], dict[str, Any]]
    event: str
    names: str


@dataclass(frozen=True)
class Step:
    """One step of a version, see `VersionStep`."""

    act: str
    account: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class Draft:
    """A version of an entry. `content` is None in a list, `steps` are oldest first; `counts_from` is the day of a scheduled one."""

    id: int
    code: str
    version: int
    state: str
    unit: str
    name: str
    changed_at: datetime
    content: Mapping[str, Any] | None
    steps: Sequence[Step]
    counts_from: date | None = None


def draft_within(
    tx: Connection, register: Register, draft_id: int, which: ColumnElement[bool] | None = None
) -> Draft:
    """One version with its content and steps, in the caller's transaction; raises NotFound."""
    statement = with_unit(register).where(register.versions.id == draft_id)
    row = tx.execute(statement if which is None else statement.where(which)).one_or_none()
    if row is None:
        raise not_found()
    steps = tx.execute(
        select(register.steps)
        .where(register.steps.version_id == row.id)
        .order_by(register.steps.id)
    )
    return of_row(
        row, row.content, [Step(step.act, step.account, step.reason, step.at) for step in steps]
    )


def visible_to(register: Register, principal: Principal) -> ColumnElement[bool]:
    """Condition on the versions: own ones, for a manager those of the subtree too."""
    unit = register.versions.unit_id
    return or_(
        unit == principal.unit_id if register.writers & principal.roles else false(),
        unit.in_(subtree(principal.unit_id)) if "manager" in principal.roles else false(),
    )


def move(
    tx: Connection, register: Register, row: AnyRow, state: str, now: datetime, **values: Any
) -> None:
    """Give a version its next state."""
    tx.execute(
        update(register.versions)
        .where(register.versions.id == row.id)
        .values(state=state, changed_at=now, **values)
    )


def note_step(
    tx: Connection,
    register: Register,
    row: AnyRow,
    account: str,
    act: str,
    reason: str | None,
    now: datetime,
) -> None:
    """Keep who did what to a version, and write its audit event."""
    values = {"version_id": row.id, "act": act, "account": account, "reason": reason, "at": now}
    tx.execute(insert(register.steps), values)
    audit.record(
        tx,
        f"{register.event}.{act}",
        now,
        account=account,
        unit=row.unit_id,
        version=row.version,
        **{register.names: row.code},
    )


def locked(tx: Connection, register: Register, draft_id: int, which: ColumnElement[bool]) -> AnyRow:
    """The row of a version, kept from others until the transaction ends; raises NotFound."""
    row = tx.execute(
        select(register.versions).where(register.versions.id == draft_id, which).with_for_update()
    ).one_or_none()
    if row is None:
        raise not_found()
    return row


def with_unit(register: Register) -> AnySelect:
    """Query: the versions, each with the name of its unit."""
    return select(register.versions, Unit.name.label("unit")).join(
        Unit, Unit.id == register.versions.unit_id
    )


def of_row(row: AnyRow, content: Mapping[str, Any] | None, steps: Sequence[Step]) -> Draft:
    """A row of `with_unit` as a draft."""
    return Draft(
        id=row.id,
        code=row.code,
        version=row.version,
        state=row.state,
        unit=row.unit,
        name=row.content["name"],
        changed_at=row.changed_at,
        content=content,
        steps=steps,
        counts_from=getattr(row, "counts_from", None),
    )


def expect(row: AnyRow, states: Sequence[str]) -> None:
    """Raise Conflict (`draft_state`) unless a version is in one of these states."""
    if row.state not in states:
        raise Conflict("这份草案现在不能这样办理，请刷新后查看它的状态。", "draft_state")


def not_found() -> NotFound:
    """The answer to whoever asks for a version that is none of theirs."""
    return NotFound("没有找到这份草案，请回到列表重新选择。")
