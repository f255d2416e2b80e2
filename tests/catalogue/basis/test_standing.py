"""Whether a document is in force on a day, and which warning is due: just inside and just outside each limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from wallet.catalogue.basis.standing import Standing, standing

BEGINS, ENDS = date(2024, 2, 1), date(2026, 2, 1)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (-91, Standing("in_force", 91, None)),
        (-90, Standing("lapsing", 90, 90)),
        (-31, Standing("lapsing", 31, 90)),
        (-30, Standing("lapsing", 30, 30)),
        (-8, Standing("lapsing", 8, 30)),
        (-7, Standing("lapsing", 7, 7)),
        (-1, Standing("lapsing", 1, 7)),
        (0, Standing("lapsed", 0, 7)),
        (7, Standing("lapsed", 7, 7)),
        (8, Standing("lapsed", 8, 30)),
        (30, Standing("lapsed", 30, 30)),
        (31, Standing("lapsed", 31, 90)),
        (90, Standing("lapsed", 90, 90)),
        (91, Standing("lapsed", 91, None)),
    ],
)
def test_warnings_grow_before_the_end_and_fade_after_it(after: int, expected: Standing) -> None:
    assert standing(BEGINS, ENDS, ENDS + timedelta(days=after)) == expected


def test_it_is_not_in_force_before_its_first_day() -> None:
    assert standing(BEGINS, ENDS, BEGINS - timedelta(days=1)).state == "future"
    assert standing(BEGINS, ENDS, BEGINS).state == "in_force"


def test_without_an_end_it_stays_in_force() -> None:
    assert standing(BEGINS, None, date(2099, 1, 1)) == Standing("in_force", 0, None)
