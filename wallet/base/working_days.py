"""Deadlines in working days 工作日, by the public-holiday calendar of the State Council.

The days come from `chinesecalendar`, which knows the years whose holidays were announced. In a year
that it does not know Monday to Friday count as working days, and the deadline says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from chinese_calendar import is_workday

from wallet.base.clock import SHANGHAI, local_day

_SATURDAY: Final = 5


@dataclass(frozen=True)
class Deadline:
    """The last day of a period. What is done before `ends_at`, that day's midnight, is in time.

    `holidays_published` is false where a day was counted in a year whose holidays are not announced:
    the period may then turn out longer.
    """

    last_day: date
    ends_at: datetime
    holidays_published: bool


def deadline_after(event: datetime, working_days: int) -> Deadline:
    """The end of so many working days, at least one, after an event.

    Days are local days of Asia/Shanghai. The day of the event is day 0, whatever its hour, and does
    not count; day 1 is the next working day; the period ends with the last day, at 24:00 (Civil
    Code, articles 201 and 203).
    """
    day, left, published = local_day(event), working_days, True
    while left:
        day += timedelta(days=1)
        works, known = _works(day)
        left -= works
        published = published and known
    return Deadline(day, end_of_day(day), published)


def end_of_day(day: date) -> datetime:
    """The midnight, in Shanghai, with which a day ends."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def start_of_day(day: date) -> datetime:
    """The midnight, in Shanghai, with which a day begins."""
    return datetime.combine(day, time(), SHANGHAI)


def _works(day: date) -> tuple[bool, bool]:
    """Whether people work that day, and whether the holidays of its year are known."""
    try:
        return is_workday(day), True
    except NotImplementedError:
        return day.weekday() < _SATURDAY, False
