"""A licence is suspended while desks judge its codes."""

from __future__ import annotations

import time

from flask import Flask

from tests.faults.desks_at_work import judge_all
from tests.faults.sizes import ROUNDS
from tests.support.servers import servers
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, set_licence
from tests.support.two_desks import fresh_texts, open_hall

CODES = 100
REFUSED = ("refused", "licence_suspended")


def test_no_desk_accepts_that_began_after_the_suspension_was_acknowledged(app: Flask) -> None:
    deps, hall = deps_of(app), open_hall(app)
    with servers(deps.config) as started:
        for _ in range(max(1, ROUNDS // CODES)):
            set_licence(deps, hall.identifier, status="valid")
            acknowledged: list[float] = []

            def suspend(acknowledged: list[float] = acknowledged) -> None:
                set_licence(deps, hall.identifier, status="suspended")
                acknowledged.append(time.monotonic())

            texts = fresh_texts(hall, CODES)
            answers = judge_all(started, hall.desks, texts, RENEWAL, suspend)
            after = {answer.outcome for answer in answers if answer.began >= acknowledged[0]}
            assert after == {REFUSED}
            assert {answer.outcome for answer in answers} == {("accepted", "ok"), REFUSED}
