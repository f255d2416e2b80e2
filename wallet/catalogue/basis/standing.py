"""Whether a basis document is in force on a day, and when to warn that it lapses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from wallet import numbers

WARNINGS: Final = (
    numbers.BASIS_LAST_DAYS,
    numbers.BASIS_AGAIN_DAYS,
    numbers.BASIS_ENDING_DAYS,
)
"""Days before and after the end at which a warning grows or fades."""


@dataclass(frozen=True)
class Standing:
    """How a document stands: `state` is future, in_force, lapsing or lapsed.

    `days` are those until its end or, of one that has lapsed, since then; 0 without an end. `warning` is the
    least of `WARNINGS` that reaches as far, None where the end is further away.
    """

    state: str
    days: int
    warning: int | None


def standing(effective_from: date, effective_to: date | None, today: date) -> Standing:
    """How a document stands on a day; it is in force until the day before `effective_to`."""
    if today < effective_from:
        return Standing("future", 0, None)
    if effective_to is None:
        return Standing("in_force", 0, None)
    days = abs((effective_to - today).days)
    warning = next((limit for limit in WARNINGS if days <= limit), None)
    if today >= effective_to:
        return Standing("lapsed", days, warning)
    return Standing("in_force" if warning is None else "lapsing", days, warning)
