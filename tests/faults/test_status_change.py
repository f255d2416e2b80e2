"""An issuing unit suspends or revokes a licence while desks judge its codes."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.faults.desks_at_work import judge_all
from tests.faults.sizes import ROUNDS
from tests.support.licences import food_licence, issue
from tests.support.people import machine
from tests.support.servers import PROCESSES, servers
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL
from tests.support.statuses import REVOKE, SUSPEND, set_status
from tests.support.two_desks import fresh_texts, open_hall

CODES = 20
ACCEPTED = ("accepted", "ok")


@pytest.mark.parametrize("change", [SUSPEND, REVOKE], ids=["suspended", "revoked"])
def test_no_desk_accepts_that_began_after_the_change_was_acknowledged(
    app: Flask, change: dict[str, Any]
) -> None:
    deps, hall = deps_of(app), open_hall(app)
    data, refused = deps.config.data, ("refused", f"licence_{change['status']}")
    drawn, seen = random.Random(CODES), set()
    with servers(deps.config) as started:
        for _ in range(max(4, ROUNDS // 50)):
            issuer = machine(app, data, "issuer")  # a token is shorter than a long run
            identifier = issue(issuer, food_licence(data))["identifier"]
            acknowledged: list[float] = []

            def strike(
                acknowledged: list[float] = acknowledged,
                call: tuple[Any, ...] = (issuer, identifier, change),
            ) -> None:
                set_status(*call)
                acknowledged.append(time.monotonic())

            texts = fresh_texts(replace(hall, identifier=identifier), CODES)
            place = drawn.randrange(CODES // PROCESSES)
            answers = judge_all(started, hall.desks, texts, RENEWAL, place, strike)
            after = {answer.outcome for answer in answers if answer.began >= acknowledged[0]}
            assert after <= {refused}
            seen |= {answer.outcome for answer in answers}
    assert seen == {ACCEPTED, refused}
