"""Two desks, one code, the same moment: one accepts, whatever becomes of Redis."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.report import Line
from tests.faults.rounds import Redis, run_rounds
from tests.faults.sizes import ROUNDS
from wallet.config import Config


@pytest.mark.parametrize("state", ["absent"])
def test_of_two_desks_with_one_code_exactly_one_accepts(
    config: Config, database_kind: str, state: str, report: Callable[[Line], None]
) -> None:
    outcome = run_rounds(config, Redis(), ROUNDS)
    report(Line(database_kind, state, **outcome.counts, seconds=round(outcome.seconds, 1)))
    assert outcome.wrong == []
