"""What asks for the attention of an issuing unit's staff, of what the library itself knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from wallet import numbers
from wallet.base.deps import Deps
from wallet.licences.model import Licence, LicenceBatch
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Attention:
    """How many licences wait for review, are received for long and not issued, and how many of the
    last days' files could not be read to their end."""

    in_review: int
    pending: int
    unread_files: int

    @property
    def anything(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.in_review or self.pending or self.unread_files)


def attention_of(deps: Deps, staff: Principal, now: datetime) -> Attention:
    """For the staff member's unit, in one query."""
    unissued = Licence.issued_at.is_(None) & (Licence.unit_id == staff.unit_id)
    passed = or_(Licence.review_state.is_(None), Licence.review_state == "passed")
    late = Licence.received_at <= now - timedelta(seconds=numbers.SWEEP_AFTER)
    row = deps.db.row(
        select(
            _count(Licence, unissued & (Licence.review_state == "waiting")).label("in_review"),
            _count(Licence, unissued & passed & late).label("pending"),
            _count(
                LicenceBatch,
                (LicenceBatch.unit_id == staff.unit_id)
                & (LicenceBatch.state == "failed")
                & (LicenceBatch.finished_at > now - timedelta(days=numbers.ATTENTION_DAYS)),
            ).label("unread_files"),
        )
    )
    assert row is not None
    return Attention(row.in_review, row.pending, row.unread_files)


def _count(table: type[Any], which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(which).scalar_subquery()
