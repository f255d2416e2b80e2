"""Periods of days, both ends inclusive, no end meaning for good."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import QueryableAttribute

from wallet.base.database import Day


def is_current(
    starts_on: QueryableAttribute[date],
    ends_on: QueryableAttribute[date | None],
    today: Day | QueryableAttribute[date],
) -> ColumnElement[bool]:
    """Condition: the day lies in the period of the row."""
    return and_(starts_on <= today, or_(ends_on.is_(None), ends_on >= today))
