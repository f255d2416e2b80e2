"""What a delegate showed to an offline desk, where the delegation has been ended before the desk tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.clock import Clock
from tests.support.delegations import PATH, accepted, body_of, offered
from tests.support.judgements import finding, judgement
from tests.support.people import Visitor
from tests.support.showing import FOOD, identifier_of, show
from wallet.base.clock import rfc3339


def ended_and_told(
    li: Visitor, delegate: Visitor, desk: Visitor, clock: Clock, *, judged_after: int
) -> tuple[dict[str, Any], str]:
    """The finding of a judgement made so many seconds after the delegation ended, and its end."""
    made = accepted(
        delegate, offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    )
    code = show(delegate, FOOD, role="delegate")
    clock.advance(30)
    assert li.delete(f"{PATH}/{made['id']}").status_code == 204
    ended_at = clock.now
    judged_at = ended_at + timedelta(seconds=judged_after)
    clock.advance(600)
    return finding(desk, judgement(code["text"], judged_at)), rfc3339(ended_at)


def test_it_was_good_while_the_delegation_had_not_been_ended(
    li: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    found, _ = ended_and_told(li, granddaughter, zhao, clock, judged_after=-1)
    assert (found["verdict"], found["reason"], found["conflict"]) == ("accepted", "ok", False)


def test_it_is_a_conflict_since_the_end_where_that_came_first(
    li: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    found, ended_at = ended_and_told(li, granddaughter, zhao, clock, judged_after=0)
    assert (found["verdict"], found["reason"], found["conflict"]) == ("refused", "withdrawn", True)
    assert found["since"] == ended_at
