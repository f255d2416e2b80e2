"""Keys change while desks work, with the product's own times."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

from flask import Flask

from tests.faults.desks_at_work import judge_until_unknown_key
from tests.faults.sizes import ROUNDS
from tests.support.rotation import work_through_rotations
from tests.support.servers import PROCESSES, servers
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL
from tests.support.two_desks import fresh_texts, open_hall
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.key_files import change
from wallet.base.key_states import retired, rotated
from wallet.config import Config


def test_no_rotation_refuses_a_code(config: Config) -> None:
    rotations = max(1, ROUNDS // 1000)
    reasons = work_through_rotations(config, PROCESSES, rotations, numbers.KEY_LOOK)
    assert reasons.keys() == {"ok"}
    assert reasons["ok"] > PROCESSES * rotations


def test_every_process_refuses_a_retired_key_in_time(app: Flask) -> None:
    deps, hall = deps_of(app), open_hall(app)
    kid = deps.keys.current.kid
    (text,) = fresh_texts(hall, 1)
    folder, secret = deps.config.keys_dir, deps.config.secret_key
    now = read_clock() + timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)
    change(folder, secret, now, partial(rotated, now=now))
    retired_at: list[float] = []

    def retire() -> None:
        change(folder, secret, now, partial(retired, kid=kid, now=now, hurry=True))
        retired_at.append(time.monotonic())

    with servers(deps.config) as started:
        last_known = judge_until_unknown_key(started, hall.desks, text, RENEWAL, retire)
    assert len(last_known) == PROCESSES
    assert max(last_known) < retired_at[0] + numbers.KEY_SETTLE
