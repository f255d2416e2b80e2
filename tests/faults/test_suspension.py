"""A managing unit suspends a grant while desks judge codes under it."""

from __future__ import annotations

import random
import time

from flask import Flask

from tests.faults.desks_at_work import judge_all
from tests.faults.sizes import ROUNDS
from tests.support.beyond import grant_ids
from tests.support.people import Visitor, sign_in
from tests.support.servers import PROCESSES, servers
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL
from tests.support.two_desks import fresh_texts, open_hall

CODES = 50
"""Requests in flight around each suspension."""
ACCEPTED = ("accepted", "ok")
BEYOND = ("403", "not_permitted")


def test_no_desk_accepts_that_began_after_the_suspension_was_acknowledged(app: Flask) -> None:
    deps, hall = deps_of(app), open_hall(app)
    drawn, seen = random.Random(CODES), set()
    (grant,) = grant_ids(deps)
    path = f"/api/v1/grants/{grant}/suspension"
    with servers(deps.config) as started:
        for _ in range(max(2, ROUNDS // 50)):
            manager = sign_in(app, "manager-sun")
            acknowledged: list[float] = []

            def strike(
                acknowledged: list[float] = acknowledged, manager: Visitor = manager
            ) -> None:
                body = {"reason": "正在核查"}
                answer = manager.http.put(path, json=body, headers=manager._csrf())
                assert answer.status_code == 200, answer.text
                acknowledged.append(time.monotonic())

            texts = fresh_texts(hall, CODES)
            place = drawn.randrange(CODES // PROCESSES)
            answers = judge_all(started, hall.desks, texts, RENEWAL, place, strike)
            after = {answer.outcome for answer in answers if answer.began >= acknowledged[0]}
            assert after <= {BEYOND}
            seen |= {answer.outcome for answer in answers}
            assert manager.delete(path).status_code == 200
    assert seen == {ACCEPTED, BEYOND}
