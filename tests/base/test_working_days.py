"""Deadlines in working days: holidays, working weekends, and years not announced yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from wallet.base.clock import SHANGHAI
from wallet.base.working_days import deadline_after, end_of_day, start_of_day


def at(text: str) -> datetime:
    """A local time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("event", "days", "last"),
    [
        ("2026-11-23 09:00", 3, "2026-11-26"),  # an ordinary week: Monday, so Thursday
        ("2026-11-26 09:00", 3, "2026-12-01"),  # over an ordinary weekend
        ("2026-09-30 17:00", 1, "2026-10-08"),  # National Day, 1 to 7 October
        ("2026-09-30 17:00", 2, "2026-10-09"),
        ("2026-09-30 17:00", 3, "2026-10-10"),  # the Saturday that is worked for it
        ("2026-09-30 17:00", 4, "2026-10-12"),  # the Sunday after it is free
        ("2026-10-03 12:00", 3, "2026-10-10"),  # an event in the holidays: day 1 is the 8th
        ("2026-09-17 12:00", 2, "2026-09-20"),  # the Sunday that is worked for it
        ("2026-09-18 12:00", 1, "2026-09-20"),
        ("2026-09-20 12:00", 1, "2026-09-21"),  # which as the day of the event is day 0
        ("2026-09-24 12:00", 1, "2026-09-28"),  # Mid-Autumn, a Friday
        ("2026-02-13 12:00", 3, "2026-02-25"),  # Spring Festival; the 14th, a Saturday, is worked
    ],
)
def test_only_working_days_count(event: str, days: int, last: str) -> None:
    deadline = deadline_after(at(event), days)
    assert (deadline.last_day, deadline.holidays_published) == (date.fromisoformat(last), True)


def test_the_day_of_the_event_is_that_of_shanghai_at_any_hour() -> None:
    first, last = at("2026-11-23 00:00"), at("2026-11-23 23:59:59")
    assert deadline_after(first, 1) == deadline_after(last.astimezone(UTC), 1)
    assert deadline_after(last + timedelta(seconds=1), 1).last_day == date(2026, 11, 25)


def test_a_period_ends_with_the_midnight_after_its_last_day() -> None:
    ends_at = deadline_after(at("2026-11-23 09:00"), 1).ends_at
    assert ends_at == at("2026-11-25 00:00") == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert ends_at == end_of_day(date(2026, 11, 24)) == start_of_day(date(2026, 11, 25))


def test_a_year_that_is_not_announced_counts_monday_to_friday_and_says_so() -> None:
    inside = deadline_after(at("2026-12-28 09:00"), 3)
    assert (inside.last_day, inside.holidays_published) == (date(2026, 12, 31), True)
    across = deadline_after(at("2026-12-29 09:00"), 3)
    # New Year's Day 2027, a Friday, counts until the announcement makes it a holiday.
    assert (across.last_day, across.holidays_published) == (date(2027, 1, 1), False)
    beyond = deadline_after(at("2026-12-31 09:00"), 3)
    assert (beyond.last_day, beyond.holidays_published) == (date(2027, 1, 5), False)


def test_a_weekend_of_an_unknown_year_is_free() -> None:
    assert deadline_after(at("2027-10-08 09:00"), 1).last_day == date(2027, 10, 11)
