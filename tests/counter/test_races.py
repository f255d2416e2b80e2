"""One desk that scans a copy several times at once has used it once, also where it is for one use."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.counter import ALLOWANCE, begun, printed
from tests.support.people import sign_in
from tests.support.race import race
from tests.support.servers import session_of
from tests.support.shared import deps_of
from wallet.counter.model import Copy

PROCESSES = 4
USES_EACH = 5


@pytest.mark.parametrize("single_use", [True, False])
def test_twenty_scans_at_once_at_one_desk_are_one_use(app: Flask, single_use: bool) -> None:
    wang = sign_in(app, "counter-wang")
    copy = printed(wang, begun(app, wang), single_use=single_use)
    deps = deps_of(app)
    desks = [session_of(sign_in(app, "desk-zhao"), 0)]
    answers = race(deps.config, desks, [(copy["text"], ALLOWANCE)], PROCESSES, USES_EACH)
    assert {answer.status for answer in answers} == {200}
    assert {answer.outcome for answer in answers} == {("accepted", "ok")}
    assert [row.uses for row in deps.db.rows(select(Copy))] == [1]
