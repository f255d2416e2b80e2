"""Drafts of catalogue entries (O-7, M-6): written by an issuing unit, submitted, read by who may.

An issuing unit sees its own, a managing unit those of its subtree; others find nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, false, insert, or_, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, AnySelect, insert_if_new
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.entry import checked_content, invalid, published_row
from wallet.catalogue.model import (
    LicenceType,
    LicenceTypeStep,
    LicenceTypeVersion,
    TypeIssuer,
)
from wallet.errors import Conflict, NotFound, NotPermitted
from wallet.organisations.model import Unit
from wallet.organisations.tree import subtree
from wallet.web.principal import Principal

OPEN: Final = ("draft", "submitted", "returned", "reviewed")
"""States of a version that is not yet published."""
_EDITABLE: Final = ("draft", "returned")
_ID_DIGITS: Final = 9
CODE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""The form of a type's code."""
_CODE_MAX: Final = 64


@dataclass(frozen=True)
class Step:
    """One step of a version, see `LicenceTypeStep`."""

    act: str
    account: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class Draft:
    """A version of an entry. `content` is None in a list, `steps` are oldest first."""

    id: int
    code: str
    version: int
    state: str
    unit: str
    name: str
    changed_at: datetime
    content: Mapping[str, Any] | None
    steps: Sequence[Step]


def write_draft(
    deps: Deps, principal: Principal, code: str, given: Mapping[str, Any], now: datetime
) -> Draft:
    """Begin the next version of a type of the unit, or a new type.

    Raises Invalid (`invalid_content`), NotPermitted (a type of other units), Conflict
    (`draft_exists`).
    """
    if not CODE.fullmatch(code) or len(code) > _CODE_MAX:
        raise invalid({"code": ["应为小写字母、数字和连字符，最多 64 个字符。"]})
    with deps.db.begin() as tx:
        published = published_row(tx, code)
        if published is not None and not _is_own(tx, principal, published):
            raise NotPermitted("只有定义或签发这一类型的单位才能起草新版本。")
        content = checked_content(tx, code, given)
        version = 1 if published is None else published.version + 1
        written = insert_if_new(
            tx,
            LicenceTypeVersion,
            code=code,
            version=version,
            unit_id=principal.unit_id,
            state="draft",
            content=content,
            authors=[principal.account],
            changed_at=now,
            published_at=None,
            replaced_at=None,
        )
        if not written:
            raise Conflict("这一类型已有未发布的草案，请在它上面修改。", "draft_exists")
        row = tx.execute(
            select(LicenceTypeVersion).where(
                LicenceTypeVersion.code == code, LicenceTypeVersion.version == version
            )
        ).one()
        note_step(tx, row, principal, "written", None, now)
        return _draft(tx, row.id)


def rewrite_draft(
    deps: Deps, principal: Principal, draft_id: int, given: Mapping[str, Any], now: datetime
) -> Draft:
    """Replace the content of a draft, or of one that was returned.

    Raises NotFound, Invalid (`invalid_content`), Conflict (`draft_state`).
    """
    with deps.db.begin() as tx:
        row = locked(tx, draft_id, LicenceTypeVersion.unit_id == principal.unit_id)
        _expect(row, _EDITABLE)
        content = checked_content(tx, row.code, given)
        authors = list(dict.fromkeys([*row.authors, principal.account]))
        move(tx, row, "draft", now, content=content, authors=authors)
        note_step(tx, row, principal, "written", None, now)
        return _draft(tx, row.id)


def submit_draft(deps: Deps, principal: Principal, draft_id: int, now: datetime) -> Draft:
    """Hand a draft to the managing unit. Raises NotFound, Conflict (`draft_state`)."""
    with deps.db.begin() as tx:
        row = locked(tx, draft_id, LicenceTypeVersion.unit_id == principal.unit_id)
        _expect(row, _EDITABLE)
        checked_content(tx, row.code, row.content)
        authors = list(dict.fromkeys([*row.authors, principal.account]))
        move(tx, row, "submitted", now, authors=authors)
        note_step(tx, row, principal, "submitted", None, now)
        return _draft(tx, row.id)


def drafts(
    deps: Deps, principal: Principal, states: Sequence[str], limit: int, cursor: str | None = None
) -> tuple[list[Draft], str | None]:
    """A page of the versions in these states that the account may see, the oldest first."""
    statement = (
        _with_unit()
        .where(
            visible_to(principal),
            LicenceTypeVersion.state.in_(states),
            LicenceTypeVersion.id > number_of_cursor(cursor),
        )
        .order_by(LicenceTypeVersion.id)
        .limit(limit + 1)
    )
    with deps.db.read() as tx:
        rows = tx.execute(statement).all()
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_of_row(row, None, ()) for row in rows[:limit]], next_cursor


def draft(deps: Deps, principal: Principal, draft_id: int) -> Draft:
    """One version with its content and steps; NotFound for any that the account may not see."""
    with deps.db.read() as tx:
        return _draft(tx, draft_id, visible_to(principal))


def own_types(deps: Deps, principal: Principal) -> Sequence[AnyRow]:
    """The types that the account's unit defines or issues: code, name, name_en, version."""
    issued = select(TypeIssuer.type_id).where(TypeIssuer.unit_id == principal.unit_id)
    return deps.db.rows(
        select(LicenceType.code, LicenceType.name, LicenceType.name_en, LicenceType.version)
        .where(or_(LicenceType.unit_id == principal.unit_id, LicenceType.id.in_(issued)))
        .order_by(LicenceType.short_number)
    )


def id_of(text: str) -> int:
    """The id of a version as it stands in an address; NotFound for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS):
        raise _not_found()
    return int(text)


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Condition on `LicenceTypeVersion`: own ones, for a manager those of the subtree too."""
    own = "issuer" in principal.roles or "issuing" in principal.roles
    return or_(
        LicenceTypeVersion.unit_id == principal.unit_id if own else false(),
        LicenceTypeVersion.unit_id.in_(subtree(principal.unit_id))
        if "manager" in principal.roles
        else false(),
    )


def locked(tx: Connection, draft_id: int, which: ColumnElement[bool]) -> AnyRow:
    """The row of a version, kept from others until the transaction ends; raises NotFound."""
    row = tx.execute(
        select(LicenceTypeVersion).where(LicenceTypeVersion.id == draft_id, which).with_for_update()
    ).one_or_none()
    if row is None:
        raise _not_found()
    return row


def move(tx: Connection, row: AnyRow, state: str, now: datetime, **values: Any) -> None:
    """Give a version its next state."""
    tx.execute(
        update(LicenceTypeVersion)
        .where(LicenceTypeVersion.id == row.id)
        .values(state=state, changed_at=now, **values)
    )


def note_step(
    tx: Connection, row: AnyRow, principal: Principal, act: str, reason: str | None, now: datetime
) -> None:
    """Keep who did what to a version, and write the audit event `catalogue.{act}`."""
    values = {
        "version_id": row.id,
        "act": act,
        "account": principal.account,
        "reason": reason,
        "at": now,
    }
    tx.execute(insert(LicenceTypeStep), values)
    audit.record(
        tx,
        f"catalogue.{act}",
        now,
        account=principal.account,
        unit=row.unit_id,
        type=row.code,
        version=row.version,
    )


def wrong_state() -> Conflict:
    """The answer where a version is not in the state that a step needs."""
    return Conflict("这份草案现在不能这样办理，请刷新后查看它的状态。", "draft_state")


def _draft(tx: Connection, draft_id: int, which: ColumnElement[bool] | None = None) -> Draft:
    statement = _with_unit().where(LicenceTypeVersion.id == draft_id)
    row = tx.execute(statement if which is None else statement.where(which)).one_or_none()
    if row is None:
        raise _not_found()
    steps = tx.execute(
        select(LicenceTypeStep)
        .where(LicenceTypeStep.version_id == row.id)
        .order_by(LicenceTypeStep.id)
    )
    return _of_row(
        row, row.content, [Step(step.act, step.account, step.reason, step.at) for step in steps]
    )


def _with_unit() -> AnySelect:
    return select(LicenceTypeVersion, Unit.name.label("unit")).join(
        Unit, Unit.id == LicenceTypeVersion.unit_id
    )


def _of_row(row: AnyRow, content: Mapping[str, Any] | None, steps: Sequence[Step]) -> Draft:
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
    )


def _is_own(tx: Connection, principal: Principal, published: AnyRow) -> bool:
    if published.unit_id == principal.unit_id:
        return True
    issues = select(TypeIssuer.unit_id).where(
        TypeIssuer.type_id == published.id, TypeIssuer.unit_id == principal.unit_id
    )
    return tx.execute(issues).first() is not None


def _expect(row: AnyRow, states: Sequence[str]) -> None:
    if row.state not in states:
        raise wrong_state()


def _not_found() -> NotFound:
    return NotFound("没有找到这份草案，请回到列表重新选择。")
