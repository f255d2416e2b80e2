"""Whether the database still knows the last claim and the last round, or was put back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select

from wallet.base.deps import Deps
from wallet.base.epoch import KNOWS_TOKEN, LAST_CLAIM, Marks
from wallet.showing.model import Claim

REMEMBERS: Final[ColumnElement[bool]] = and_(
    KNOWS_TOKEN, or_(LAST_CLAIM == "", exists(select(Claim.jti).where(Claim.jti == LAST_CLAIM)))
)
"""Whether the database knows the marks, which are the query's `Marks.values`."""
_REMEMBERS: Final = select(REMEMBERS.label("remembers"))


def forgotten_marks(deps: Deps) -> Marks | None:
    """Marks that the database does not know; None where it knows them.

    Asked twice before that is said: a mark is written in place, and may be read half written.
    """
    for _ in range(2):
        marks = deps.epoch.marks()
        row = deps.db.row(_REMEMBERS, **marks.values)
        if row is not None and row.remembers:
            return None
    return marks


def notice_restore(deps: Deps, now: datetime) -> None:
    """Before a claim is made that would be the last mark: is the one before still known?"""
    forgotten = forgotten_marks(deps)
    if forgotten is not None:
        deps.epoch.notice(deps.db, forgotten, now)
