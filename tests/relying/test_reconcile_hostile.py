"""A hostile code that a desk says it accepted offline gets the reason that it gets online."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.relying.test_hostile_codes import CASES, texts
from tests.support.clock import Clock
from tests.support.judgements import judgement, tell
from tests.support.people import Visitor
from tests.support.showing import events, refusal, row_counts
from wallet import numbers
from wallet.base.deps import Deps


def test_each_case_gets_its_reason_as_a_conflict_and_is_recorded_once(
    deps: Deps,
    li: Visitor,
    zhao: Visitor,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # More reports in a second than a desk may make, on a machine that is quick.
    monkeypatch.setattr(numbers, "DEMO_LIMIT_FACTOR", len(CASES))
    expected = {
        name: case.get("http", case.get("online", case["reason"])) for name, case in CASES.items()
    }
    given: dict[str, int | str] = {}
    for name, text in texts(deps, li, clock).items():
        answer = tell(zhao, judgement(text, clock.now))
        if answer.status_code != 200:
            given[name], _ = refusal(answer)
            continue
        (found,) = answer.get_json()["items"]
        given[name] = found["reason"]
        assert found["conflict"] is (found["reason"] != "ok")
        assert found["verdict"] == ("refused" if found["conflict"] else "accepted")
    assert given == expected
    judged = Counter(reason for reason in expected.values() if isinstance(reason, str))
    assert Counter(fields["reason"] for _, fields in events(deps)) == judged
    counts = row_counts(deps)
    assert counts["verifications"] == judged.total()
    assert counts["claims"] == counts["uses"] == judged["ok"]
