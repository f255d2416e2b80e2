"""The page says what the last long run measured, and nothing else."""

from __future__ import annotations

import json

from tests.faults.redis_states import STATES
from tests.faults.report import HEADING, PAGE, RESULTS, last_run


def test_the_table_on_the_page_is_that_of_the_last_long_run() -> None:
    _, _, written = PAGE.read_text("utf-8").partition(HEADING)
    assert written == last_run()


def test_the_last_long_run_was_whole_and_nothing_went_wrong() -> None:
    lines = json.loads(RESULTS.read_text("utf-8"))["measured"]
    assert {(line["database"], line["redis"]) for line in lines} == {
        (database, state) for database in ("sqlite", "postgresql") for state in STATES
    }
    for line in lines:
        assert line["accepted"] == line["refused"] == line["claims"] == line["races"]
        assert line["records"] == 2 * line["races"]
        assert line["other"] == line["false_refusals"] == 0
