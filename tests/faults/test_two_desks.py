"""Two desks, one code, the same moment: one accepts, whatever becomes of Redis."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.redis_states import STATES
from tests.faults.rounds import run_rounds
from tests.faults.sizes import ROUNDS
from tests.faults.tables import RACES, RaceLine
from wallet.config import Config

COUNTED = RACES.columns[RACES.columns.index("races") : RACES.columns.index("seconds")]


@pytest.mark.parametrize("state", STATES)
def test_of_two_desks_with_one_code_exactly_one_accepts(
    config: Config, database_kind: str, state: str, report: Callable[[RaceLine], None]
) -> None:
    with STATES[state]() as redis:
        outcome = run_rounds(config, redis, ROUNDS)
    counts = {name: outcome.counts[name] for name in COUNTED}
    seconds, slowest = round(outcome.seconds, 1), round(outcome.slowest, 2)
    report(RaceLine(database_kind, state, **counts, seconds=seconds, slowest=slowest))
    assert outcome.wrong == []
