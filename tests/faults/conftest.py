"""What the tests of faults share: the tables that they fill."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.faults.report import tell
from tests.faults.tables import KillLine, RaceLine


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[RaceLine | KillLine], None]:
    """Puts a line into its table."""
    return partial(tell, request.node)
