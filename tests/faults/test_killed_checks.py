"""The worker is killed (SIGKILL) at each step of a platform's list: no line is lost, answered twice, or told twice."""

from __future__ import annotations

from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from typing import Final

from flask import Flask
from sqlalchemy import select

from tests.faults.processes import kill_at, until_ended
from tests.faults.sizes import KEPT_FROM, ROUNDS
from tests.support.merchants import COMPANY, LI, platform_of, result, said, sent
from tests.support.shared import deps_of
from tests.support.showing import events
from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.config import Config
from wallet.relying.merchant_checks.answer import answer_some
from wallet.showing.model import LookUp

STRIDE: Final = 1 if ROUNDS >= KEPT_FROM else 4
"""Of the steps all in `make faults`, and some in `make test`."""
STEPS_LEAST: Final = 10
"""The look, the list, the grant, the lines, two for licences, the answers, the history, two of the record, the commit."""


def _answer(config: Config, step: int, tell: Connection) -> None:
    deps = build_deps(config)
    kill_at(deps.db, step)
    tell.send(answer_some(deps, read_clock()))


def test_killed_at_any_step_the_worker_goes_on_behind_what_it_answered(app: Flask) -> None:
    deps, platform = deps_of(app), platform_of(app)
    lines = [LI, COMPANY, LI | {"name": "?"}]
    left, before = [], 0
    for step in count(0, STRIDE):
        check = sent(platform, lines)["id"]
        told = until_ended(deps.config, partial(_answer, deps.config, step))
        answered = said(platform, check)["answered"]
        assert answered in (0, len(lines))
        left.append(bool(answered))
        while answer_some(deps, read_clock()):
            pass
        assert [row["answer"] for row in result(platform, check)] == ["match", "match", "no_match"]
        looked_up = len(deps.db.rows(select(LookUp.id)))
        assert looked_up - before == 2
        before = looked_up
        if told:
            break
    # Nothing up to the commit, all of it from then on.
    assert left == sorted(left)
    assert len(left) * STRIDE >= STEPS_LEAST
    finished = [name for name, _ in events(deps, "merchant_check.finished")]
    assert len(finished) == len(left)
