"""The daily hours of a grant (用证时段), on the clock of Shanghai."""

from __future__ import annotations

from datetime import datetime, time

from wallet.base.clock import SHANGHAI


def is_open(opens: time | None, closes: time | None, at: datetime) -> bool:
    """Whether an instant is within the hours: from `opens` on and before `closes`.

    They go past midnight where `closes` is not after `opens`. Without hours it always is.
    """
    if opens is None or closes is None:
        return True
    clock = at.astimezone(SHANGHAI).time()
    if opens < closes:
        return opens <= clock < closes
    return clock >= opens or clock < closes
