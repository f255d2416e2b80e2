"""The pages say what the last long runs measured, and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.faults.redis_states import STATES
from tests.faults.report import HEADING, last_run
from tests.faults.tables import RACES, TABLES, Table


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_table_on_the_page_is_that_of_the_last_long_run(table: Table) -> None:
    _, _, written = table.page.read_text("utf-8").partition(HEADING)
    assert written == last_run(table)


def test_the_last_long_run_was_whole_and_nothing_went_wrong() -> None:
    lines = json.loads(RACES.results.read_text("utf-8"))["measured"]
    assert {(line["database"], line["redis"]) for line in lines} == {
        (database, state) for database in ("sqlite", "postgresql") for state in STATES
    }
    for line in lines:
        assert line["accepted"] == line["refused"] == line["claims"] == line["races"]
        assert line["records"] == 2 * line["races"]
        assert line["other"] == line["false_refusals"] == 0
