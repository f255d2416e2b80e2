"""The states of a key: which step is allowed when, to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from verify.codes import CLOCK_TOLERANCE, PAPER_CODE_LIFE
from verify.trust import TRUST_LIMIT
from wallet import numbers
from wallet.base.key_states import (
    KeyState,
    States,
    on_schedule,
    retired,
    retires_at,
    rotated,
    rotates_at,
    signs_from,
)
from wallet.errors import ConfigurationError

START = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST: States = {"aaaa": KeyState("current", START), "bbbb": KeyState("next", START)}
READY = START + timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)


def states_of(states: States) -> dict[str, str]:
    return {kid: key.state for kid, key in states.items()}


def rotated_once() -> States:
    """After a rotation at READY, with the next key made at the same time."""
    return {**rotated(FIRST, READY), "cccc": KeyState("next", READY)}


def end_of_first() -> datetime:
    return retires_at(rotated_once()["aaaa"])


def test_a_next_key_signs_when_every_bundle_without_it_has_lapsed_and_no_second_sooner() -> None:
    assert signs_from(FIRST["bbbb"]) == READY
    with pytest.raises(ConfigurationError, match="may sign from"):
        rotated(FIRST, READY - SECOND)
    after = rotated(FIRST, READY)
    assert states_of(after) == {"aaaa": "previous", "bbbb": "current"}
    assert {key.since for key in after.values()} == {READY}


def test_in_a_hurry_only_the_servers_are_waited_for() -> None:
    settled = START + timedelta(seconds=numbers.KEY_SETTLE)
    with pytest.raises(ConfigurationError, match="not every server"):
        rotated(FIRST, settled - SECOND, hurry=True)
    assert states_of(rotated(FIRST, settled, hurry=True))["bbbb"] == "current"


@pytest.mark.parametrize("missing", ["aaaa", "bbbb"])
def test_without_a_current_and_a_next_key_nothing_rotates(missing: str) -> None:
    left = {kid: key for kid, key in FIRST.items() if kid != missing}
    with pytest.raises(ConfigurationError, match="no key to rotate to"):
        rotated(left, READY)
    assert rotates_at(left, 90) is None
    assert on_schedule(left, 90, READY + timedelta(days=900)) == left


def test_a_previous_key_outlives_its_codes_and_the_bundles_from_before_its_successor() -> None:
    last_code_ends = (
        READY + numbers.KEY_LOOK * SECOND + (PAPER_CODE_LIFE + CLOCK_TOLERANCE) * SECOND
    )
    assert end_of_first() > last_code_ends
    # A desk may judge until its bundle of the last moment lapses, with a clock that is behind.
    assert end_of_first() > READY + (TRUST_LIMIT + numbers.KEY_SETTLE + CLOCK_TOLERANCE) * SECOND
    assert TRUST_LIMIT < numbers.KEY_BUNDLES_LAPSE


def test_a_previous_key_retires_by_itself_then_and_no_second_sooner() -> None:
    before, end = rotated_once(), end_of_first()
    assert on_schedule(before, 0, end - SECOND) == before
    assert states_of(on_schedule(before, 0, end)) == {
        "aaaa": "retired",
        "bbbb": "current",
        "cccc": "next",
    }


def test_by_command_it_retires_no_sooner_but_in_a_hurry_at_once() -> None:
    before, end = rotated_once(), end_of_first()
    with pytest.raises(ConfigurationError, match="may be in use until"):
        retired(before, "aaaa", end - SECOND)
    assert retired(before, "aaaa", end)["aaaa"] == KeyState("retired", end)
    assert retired(before, "aaaa", READY, hurry=True)["aaaa"].state == "retired"


def test_the_longest_code_keeps_its_key() -> None:
    later = end_of_first() - READY - timedelta(seconds=PAPER_CODE_LIFE)
    assert timedelta(days=1) < later < timedelta(days=1, hours=2)


def test_the_key_that_signs_and_one_that_is_not_there_cannot_be_retired() -> None:
    for kid, said in (("aaaa", "keys rotate"), ("ffff", "no key ffff")):
        with pytest.raises(ConfigurationError, match=said):
            retired(FIRST, kid, READY, hurry=True)
    once = retired(FIRST, "bbbb", READY)
    with pytest.raises(ConfigurationError, match="retired already"):
        retired(once, "bbbb", READY, hurry=True)


def test_the_schedule_rotates_on_its_day_and_no_second_sooner() -> None:
    day = START + timedelta(days=90)
    assert rotates_at(FIRST, 90) == day
    assert on_schedule(FIRST, 90, day - SECOND) == FIRST
    assert states_of(on_schedule(FIRST, 90, day)) == {"aaaa": "previous", "bbbb": "current"}


def test_a_schedule_of_one_day_still_waits_for_the_bundles() -> None:
    assert rotates_at(FIRST, 1) == READY
    assert on_schedule(FIRST, 1, READY - SECOND) == FIRST


def test_without_a_schedule_nothing_rotates() -> None:
    assert on_schedule(FIRST, 0, START + timedelta(days=9000)) == FIRST
