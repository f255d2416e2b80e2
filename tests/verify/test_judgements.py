"""What a desk may tell of an offline judgement: a reason that its own check gives for that outcome."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.exceptions import UnprocessableEntity

from tests.support.bundles import AS_OF, a_bundle
from tests.support.codes import cases, make, signer
from tests.support.judgements import judgement
from verify.check import check
from verify.judgements import OFFLINE_REASONS, read_judgements
from verify.trust import TRUST_LIMIT, gather, read_bundle
from verify.verdict import REASONS

NOW = datetime.fromtimestamp(AS_OF, UTC)
GOOD = {(outcome, reason) for outcome, reasons in OFFLINE_REASONS.items() for reason in reasons}


def read(**changed: Any) -> tuple[str, str]:
    (one,) = read_judgements({"judgements": [judgement("x", NOW, **changed)]})
    return one.outcome, one.reason


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("outcome", ["accepted", "refused", "undetermined", "pending"])
def test_a_reason_is_taken_with_the_outcome_that_an_offline_check_gives_it(
    outcome: str, reason: str
) -> None:
    if (outcome, reason) in GOOD:
        assert read(verdict=outcome, reason=reason) == (outcome, reason)
    else:
        with pytest.raises(UnprocessableEntity):
            read(verdict=outcome, reason=reason)


@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["ok"], "OK", ""], ids=repr)
@pytest.mark.parametrize("member", ["verdict", "reason"])
def test_what_is_no_outcome_or_no_reason_is_refused(member: str, value: object) -> None:
    with pytest.raises(UnprocessableEntity):
        read(**{member: value})


@pytest.mark.parametrize("seconds", [0, TRUST_LIMIT])
def test_whatever_a_check_says_may_be_told(seconds: int) -> None:
    library = signer()
    trust = gather([read_bundle(a_bundle(library))])
    for case in cases().values():
        verdict = check(make(case, library, AS_OF + seconds), trust, AS_OF + seconds)
        assert (verdict.outcome, verdict.reason) in GOOD
