"""Drafts of entries (O-7, M-6, O-12, M-11): written by a unit, submitted, read by who may.

A unit sees its own, a managing unit those of its subtree; others find nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.entry import invalid
from wallet.catalogue.register import (
    Draft,
    Register,
    draft_within,
    expect,
    locked,
    move,
    not_found,
    note_step,
    of_row,
    visible_to,
    with_unit,
)
from wallet.errors import Conflict
from wallet.web.principal import Principal

OPEN: Final = ("draft", "submitted", "returned", "reviewed", "scheduled")
"""States of a version that is not yet published."""
_EDITABLE: Final = ("draft", "returned")
_ID_DIGITS: Final = 9
CODE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""The form of a code, of a type and of an item."""
_CODE_MAX: Final = 64


def begin_draft(
    tx: Connection,
    register: Register,
    author: str,
    unit_id: int,
    code: str,
    version: int,
    given: Mapping[str, Any],
    now: datetime,
) -> Draft:
    """Begin a version of an entry of a unit; who may is for the caller.

    Raises Invalid (`invalid_content` and what else `check` raises), Conflict (`draft_exists`).
    """
    if not CODE.fullmatch(code) or len(code) > _CODE_MAX:
        raise invalid({"code": ["应为小写字母、数字和连字符，最多 64 个字符。"]})
    written = insert_if_new(
        tx,
        register.versions,
        code=code,
        version=version,
        unit_id=unit_id,
        state="draft",
        content=register.check(tx, code, unit_id, given),
        authors=[author],
        changed_at=now,
        published_at=None,
        replaced_at=None,
    )
    if not written:
        raise Conflict("已有未发布的草案，请在它上面修改。", "draft_exists")
    table = register.versions
    row = tx.execute(select(table).where(table.code == code, table.version == version)).one()
    note_step(tx, register, row, author, "written", None, now)
    return draft_within(tx, register, row.id)


def rewrite_draft(
    deps: Deps,
    register: Register,
    principal: Principal,
    draft_id: int,
    given: Mapping[str, Any],
    now: datetime,
) -> Draft:
    """Replace the content of a draft, or of one that was returned.

    Raises NotFound, Invalid (`invalid_content`), Conflict (`draft_state`).
    """
    with deps.db.begin() as tx:
        row = _own(tx, register, principal, draft_id)
        content = register.check(tx, row.code, row.unit_id, given)
        authors = list(dict.fromkeys([*row.authors, principal.account]))
        move(tx, register, row, "draft", now, content=content, authors=authors)
        note_step(tx, register, row, principal.account, "written", None, now)
        return draft_within(tx, register, row.id)


def submit_draft(
    deps: Deps, register: Register, principal: Principal, draft_id: int, now: datetime
) -> Draft:
    """Hand a draft to the managing unit. Raises NotFound, Conflict (`draft_state`)."""
    with deps.db.begin() as tx:
        row = _own(tx, register, principal, draft_id)
        register.check(tx, row.code, row.unit_id, row.content)
        authors = list(dict.fromkeys([*row.authors, principal.account]))
        move(tx, register, row, "submitted", now, authors=authors)
        note_step(tx, register, row, principal.account, "submitted", None, now)
        return draft_within(tx, register, row.id)


def drafts(
    deps: Deps,
    register: Register,
    principal: Principal,
    states: Sequence[str],
    limit: int,
    cursor: str | None = None,
) -> tuple[list[Draft], str | None]:
    """A page of the versions in these states that the account may see, the oldest first."""
    table = register.versions
    statement = (
        with_unit(register)
        .where(
            visible_to(register, principal),
            table.state.in_(states),
            table.id > number_of_cursor(cursor),
        )
        .order_by(table.id)
        .limit(limit + 1)
    )
    with deps.db.read() as tx:
        rows = tx.execute(statement).all()
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [of_row(row, None, ()) for row in rows[:limit]], next_cursor


def draft(deps: Deps, register: Register, principal: Principal, draft_id: int) -> Draft:
    """One version with its content and steps; NotFound for any that the account may not see."""
    with deps.db.read() as tx:
        return draft_within(tx, register, draft_id, visible_to(register, principal))


def id_of(text: str) -> int:
    """The id of a version as it stands in an address; NotFound for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS):
        raise not_found()
    return int(text)


def _own(tx: Connection, register: Register, principal: Principal, draft_id: int) -> AnyRow:
    row = locked(tx, register, draft_id, register.versions.unit_id == principal.unit_id)
    expect(row, _EDITABLE)
    return row
