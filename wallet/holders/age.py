"""How old a natural person is, as far as the code tells (GB 11643), and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from wallet import numbers
from wallet.holders.codes import RESIDENT_ID

_DAY: Final = timedelta(days=1)


def born_on(code_type: str, code: str) -> date | None:
    """The day of birth that a checked, normalised code tells; None where it tells none."""
    if code_type != RESIDENT_ID:
        return None
    return date(int(code[6:10]), int(code[10:12]), int(code[12:14]))


def birthday(born: date, years: int) -> date:
    """The day on which somebody is so many years old; of 29 February 1 March in other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def last_day_as_child(born: date) -> date:
    """The eve of the day of coming of age (Civil Code 17)."""
    return birthday(born, numbers.AGE_OF_MAJORITY) - _DAY


def shows_alone(code_type: str, code: str, today: date) -> bool:
    """Whether a person may use the own data without a guardian (PIPL 31: from the age of 14)."""
    born = born_on(code_type, code)
    return born is None or birthday(born, numbers.AGE_OF_OWN_CONSENT) <= today
