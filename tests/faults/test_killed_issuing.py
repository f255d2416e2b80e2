"""A process is killed at random moments while it issues: by the API, and from a batch."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, Final

from flask import Flask
from sqlalchemy import select

from tests.faults.issuing import CHUNK, Body, found_of, issue_until_killed, work_until_killed
from tests.faults.sizes import KILLS
from tests.faults.tables import KillLine
from tests.support.batches import csv_of, progress, row_of, upload
from tests.support.licences import PATH, food_licence
from tests.support.people import machine
from tests.support.shared import deps_of
from tests.support.two_desks import last_event
from wallet import numbers
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences.batches.claim import clear_batch_files
from wallet.licences.issue import pending_before
from wallet.licences.model import BatchFault, LicenceBatch
from wallet.worker import work_once

LICENCES: Final = 3
STEPS: Final = 90
"""About as many as it takes to issue them."""
LINES: Final = 6 * CHUNK
BAD_LINE: Final = 10
STEPS_OF_A_BATCH: Final = 180
OVER: Final = timedelta(seconds=numbers.BATCH_CLAIM + 1)
Report = Callable[[KillLine], None]


def _sweep(deps: Deps, later: timedelta = timedelta()) -> int:
    """Let the worker finish what is pending; how many there were."""
    now = read_clock() + later + timedelta(seconds=numbers.SWEEP_AFTER + 1)
    left = pending_before(now, numbers.SWEEP_AFTER)
    pending = len(deps.db.rows(left))
    work_once(deps, now)
    assert not deps.db.rows(left)
    return pending


def test_what_a_unit_was_told_is_issued_and_the_rest_is_whole_or_not_there(
    app: Flask, config: Config, database_kind: str, report: Report
) -> None:
    deps, counts, wrong = deps_of(app), Counter[str](), list[str]()
    began = time.monotonic()
    for seed in range(KILLS):
        chance = random.Random(seed)
        issuer = machine(app, config.data, "issuer")  # a token is shorter than a long run
        bodies = {uuid.uuid4().hex: food_licence(config.data) for _ in range(LICENCES)}
        sent, before = list(bodies.values()), last_event(deps)
        answers = issue_until_killed(deps.config, issuer, bodies, chance, STEPS)
        found = found_of(deps, sent, before)
        told = len(answers)
        # In whichever state it is, it is so in whole; only the one that it was at may be begun.
        states = [
            "issued" if one.is_whole(body, 1)
            else "pending" if one.is_pending(body, 1)
            else "nothing" if one.is_nothing()
            else "broken"
            for one, body in zip(found, sent, strict=True)
        ]  # fmt: skip
        counts["lost"] += sum(state != "issued" for state in states[:told])
        wrong += [f"{seed}: {found}" for state in states if state == "broken"]
        wrong += [f"{seed}: {states}" for state in states[told + 1 :] if state != "nothing"]
        wrong += [f"{seed}: {status}" for status, _ in answers if status != 201]
        swept = chance.random() < 0.5
        counts["left_pending"] += states.count("pending")
        if swept and _sweep(deps) != states.count("pending"):
            wrong.append(f"{seed}: the sweep found others")
        # The unit sends all of it again, under the same keys.
        again = [issuer.post(PATH, body, key=key) for key, body in bodies.items()]
        counts["other_answers"] += sum(
            (one.status_code, one.get_json()) != first
            for one, first in zip(again, answers, strict=False)
        )
        counts["other_answers"] += sum(one.status_code != 201 for one in again[told:])
        _sweep(deps)
        settled = found_of(deps, sent, before)
        counts["half_issued"] += sum(
            not one.is_whole(body, 1) for one, body in zip(settled, sent, strict=True)
        )
        counts.update(kills=1, licences=LICENCES, acknowledged=told)
    seconds = round(time.monotonic() - began, 1)
    report(_line(database_kind, "one by one", counts, seconds))
    assert wrong == []
    assert counts["lost"] == counts["half_issued"] == counts["other_answers"] == 0
    assert counts["acknowledged"] > 0


def test_a_batch_whose_process_is_killed_again_and_again_is_stored_once_and_whole(
    app: Flask, config: Config, database_kind: str, report: Report
) -> None:
    deps, counts, wrong = deps_of(app), Counter[str](), list[str]()
    began, chance = time.monotonic(), random.Random(LINES)
    while counts["kills"] < KILLS:
        issuer = machine(app, config.data, "issuer")
        bodies = [food_licence(config.data) for _ in range(LINES)]
        rows = [row_of(body) for body in bodies]
        for row in rows[BAD_LINE - 1 :: BAD_LINE]:
            row[0] = ""
        good = [body for number, body in enumerate(bodies, 1) if number % BAD_LINE]
        before = last_event(deps)
        batch = upload(issuer, csv_of(rows), "csv").get_json()["id"]
        later, told = timedelta(), set[str]()
        for kill in count():
            later = kill * OVER
            if work_until_killed(deps.config, later, chance, STEPS_OF_A_BATCH):
                break
            counts["kills"] += 1
            found = found_of(deps, good, before)
            for one, body in zip(found, good, strict=True):
                if not (one.is_nothing() or one.is_pending(body, 0) or one.is_whole(body, 0)):
                    wrong.append(f"{kill}: {one}")
            stored = _numbers(good, [not one.is_nothing() for one in found])
            said = progress(issuer, batch)
            # What the unit has been told of is there, and stays there.
            counts["lost"] += abs(said["stored"] - len(stored)) + len(told - stored)
            counts["left_pending"] += sum(one.issued == [False] for one in found)
            told = stored
            if said["state"] == "done":
                break
        _sweep(deps, later)
        settled = found_of(deps, good, before)
        counts["half_issued"] += sum(
            not one.is_whole(body, 0) for one, body in zip(settled, good, strict=True)
        )
        wrong += _unlike(deps, batch, before, len(good))
        counts.update(licences=len(good), acknowledged=len(told))
        issuer = machine(app, config.data, "issuer")
        again = upload(issuer, csv_of(rows), "csv").get_json()
        counts["other_answers"] += (again["id"], again["state"]) != (batch, "done")
    seconds = round(time.monotonic() - began, 1)
    report(_line(database_kind, "batches", counts, seconds))
    assert wrong == []
    assert counts["lost"] == counts["half_issued"] == counts["other_answers"] == 0
    clear_batch_files(deps, read_clock())
    assert list(config.batches_dir.iterdir()) == []


def _line(database: str, way: str, counts: Counter[str], seconds: float) -> KillLine:
    names = list(KillLine.__dataclass_fields__)[2:-1]
    return KillLine(database, way, **{name: counts[name] for name in names}, seconds=seconds)


def _numbers(bodies: list[Body], there: list[bool]) -> set[str]:
    return {body["number"] for body, found in zip(bodies, there, strict=True) if found}


def _unlike(deps: Deps, batch: str, before: int, good: int) -> list[str]:
    """What is not as it must be of a batch that has come to its end."""
    with deps.db.read() as tx:
        row: Any = tx.execute(select(LicenceBatch).where(LicenceBatch.public_id == batch)).one()
        lines = tx.execute(
            select(BatchFault.line).where(BatchFault.batch_id == row.id).order_by(BatchFault.id)
        ).scalars()
        events = tx.execute(
            select(AuditEvent.name)
            .where(AuditEvent.id > before, AuditEvent.name.like("batch.%"))
            .order_by(AuditEvent.id)
        ).scalars()
        found = (row.state, row.stored, row.failed, list(lines), list(events))
    # The first line is the header's.
    bad = list(range(1 + BAD_LINE, LINES + 2, BAD_LINE))
    expected = ("done", good, len(bad), bad, ["batch.received", "batch.finished"])
    return [] if found == expected else [f"{found}"]
