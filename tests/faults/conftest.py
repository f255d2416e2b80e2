"""What the tests of faults share: the table that they fill."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.report import Line, keep, table

_LINES = pytest.StashKey[list[Line]]()


@pytest.fixture
def report(pytestconfig: pytest.Config) -> Callable[[Line], None]:
    """Puts a line into the table."""
    return pytestconfig.stash.setdefault(_LINES, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the table, and keep it when the run was long."""
    lines = config.stash.get(_LINES, [])
    if lines:
        terminalreporter.section("two desks, one code")
        terminalreporter.write(table(lines) + "\n")
        keep(lines)
