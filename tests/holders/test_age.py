"""How old somebody is, on the day and on the eve of a birthday."""

from __future__ import annotations

from datetime import date

import pytest

from wallet.holders.age import birthday, born_on, last_day_as_child, shows_alone

NUMBER = "150602201705183521"
LEAP = date(2012, 2, 29)


def test_a_resident_id_tells_the_day_of_birth_and_a_passport_does_not() -> None:
    assert born_on("111", NUMBER) == date(2017, 5, 18)
    assert born_on("414", "E12345678") is None


@pytest.mark.parametrize(
    ("born", "years", "day"),
    [
        (date(2017, 5, 18), 18, date(2035, 5, 18)),
        (LEAP, 4, date(2016, 2, 29)),
        (LEAP, 18, date(2030, 3, 1)),
    ],
)
def test_a_birthday_is_the_same_day_and_of_29_february_the_next(
    born: date, years: int, day: date
) -> None:
    assert birthday(born, years) == day


def test_the_last_day_as_a_child_is_the_eve_of_the_18th_birthday() -> None:
    assert last_day_as_child(date(2017, 5, 18)) == date(2035, 5, 17)
    assert last_day_as_child(LEAP) == date(2030, 2, 28)


def test_on_the_14th_birthday_a_child_shows_alone_and_not_the_day_before() -> None:
    assert not shows_alone("111", NUMBER, date(2031, 5, 17))
    assert shows_alone("111", NUMBER, date(2031, 5, 18))
    assert shows_alone("414", "E12345678", date(2017, 5, 18))
