"""After a restore nobody knows whether a code from before was used, or whose licences it shows."""

from __future__ import annotations

import pytest

from tests.support.clock import Clock
from tests.support.judgements import finding, judgement
from tests.support.people import Visitor
from tests.support.showing import row_counts, show, state
from verify.codes import CLOCK_TOLERANCE, LIVE_CODE_LIFE
from wallet.base.deps import Deps


@pytest.mark.parametrize("later", [0, LIVE_CODE_LIFE + CLOCK_TOLERANCE, 900])
def test_a_code_from_before_stays_open_names_no_licence_and_is_used(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, later: int
) -> None:
    code, judged_at = show(li), clock.now
    deps.epoch.notice(deps.db, deps.epoch.marks(), clock.advance(10))
    clock.advance(later)
    before = row_counts(deps)
    found = finding(zhao, judgement(code["text"], judged_at))
    assert (found["verdict"], found["reason"], found["conflict"]) == (
        "undetermined",
        "trust_stale",
        True,
    )
    after = row_counts(deps)
    assert after["uses"] == before["uses"]
    assert after["claims"] == before["claims"] + 1
    assert state(li, code)["state"] == "used"


def test_a_code_from_well_after_is_taken_in_as_ever(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    deps.epoch.notice(deps.db, deps.epoch.marks(), clock.now)
    clock.advance(LIVE_CODE_LIFE + CLOCK_TOLERANCE)
    code = show(li)
    assert finding(zhao, judgement(code["text"], clock.now))["verdict"] == "accepted"


def test_a_use_that_was_told_is_marked_outside_the_database(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code, refused = show(li), show(li)
    finding(zhao, judgement(code["text"], clock.now))
    marked = deps.epoch.marks().last
    with deps.db.read() as tx:
        (jti,) = tx.exec_driver_sql("SELECT jti FROM claims").scalars().all()
    assert marked == jti
    finding(zhao, judgement(refused["text"], clock.now, verdict="refused", reason="expired"))
    assert deps.epoch.marks().last == marked
