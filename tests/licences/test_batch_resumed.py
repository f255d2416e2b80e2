"""Work on a batch may be cut off anywhere and taken over by anyone, without loss or doubles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support.batches import csv_of, ndjson_of, progress, row_of, upload, work_all
from tests.support.licences import ISSUER_CODE, client_of, food_licence, licences_stored
from tests.support.people import Machine, machine
from wallet import numbers
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences.batches import work
from wallet.licences.batches.claim import Overtaken, claim, claim_next, clear_batch_files
from wallet.licences.batches.work import Taken, work_off
from wallet.licences.model import AWAITS_SEALING, BatchFault, Licence, LicenceBatch
from wallet.organisations.model import Client
from wallet.worker import work_once

LINES = 10


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lines are stored at once."""
    monkeypatch.setattr(numbers, "BATCH_CHUNK", 3)


@pytest.fixture
def sender(app: Flask, config: Config) -> Machine:
    """The client that issues food operation permits."""
    return machine(app, config.data, "issuer")


@pytest.fixture
def batch(sender: Machine, config: Config) -> str:
    """A batch of ten lines, of which the fifth is bad."""
    rows = [row_of(food_licence(config.data)) for _ in range(LINES)]
    rows[4][0] = ""
    answer = upload(sender, csv_of(rows), "csv")
    assert answer.status_code == 202, answer.text
    batch: str = answer.get_json()["id"]
    return batch


class Died(Exception):
    """The process ended here."""


def count(deps: Deps, table: Any) -> int:
    """Rows of a table."""
    with deps.db.read() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


def pending(deps: Deps) -> int:
    """Licences that wait to be signed."""
    with deps.db.read() as tx:
        return tx.execute(
            select(func.count()).select_from(Licence).where(AWAITS_SEALING)
        ).scalar_one()


def assert_whole(deps: Deps, sender: Machine, batch: str, before: int) -> None:
    """The batch is done: nine are stored and issued, one refused, each once."""
    said = progress(sender, batch)
    assert (said["state"], said["stored"], said["failed"]) == ("done", 9, 1)
    assert [fault["line"] for fault in said["items"]] == [6]
    assert licences_stored(deps) == before + 9
    assert count(deps, BatchFault) == 1


@pytest.mark.parametrize("step", ["record_licences", "issue_all", "_take_chunk"])
@pytest.mark.parametrize("at", [1, 2, 4])
def test_work_that_dies_at_any_step_is_gone_on_with(
    deps: Deps, sender: Machine, batch: str, monkeypatch: pytest.MonkeyPatch, step: str, at: int
) -> None:
    before, real, calls = licences_stored(deps), getattr(work, step), iter(range(1, 100))

    def dies(*given: Any, **named: Any) -> Any:
        if next(calls) == at:
            raise Died
        return real(*given, **named)

    now = read_clock()
    claimed = claim_next(deps, now)
    assert claimed is not None
    with monkeypatch.context() as patched:
        patched.setattr(work, step, dies)
        with pytest.raises(Died):
            work_off(deps, claimed, lambda: now)
    assert progress(sender, batch)["state"] == "running"
    just = timedelta(seconds=numbers.BATCH_CLAIM)
    assert claim_next(deps, now + just - timedelta(seconds=1)) is None
    again = claim_next(deps, now + just)
    assert again is not None
    work_off(deps, again, read_clock)
    work_once(deps, read_clock() + timedelta(seconds=numbers.SWEEP_AFTER))
    assert_whole(deps, sender, batch, before)
    assert pending(deps) == 0


def test_work_that_is_stopped_is_gone_on_with_at_once(
    deps: Deps, sender: Machine, batch: str
) -> None:
    before, stops = licences_stored(deps), iter([False, True])
    claimed = claim_next(deps, read_clock())
    assert claimed is not None
    work_off(deps, claimed, read_clock, lambda: next(stops))
    said = progress(sender, batch)
    assert (said["state"], said["done"], said["total"]) == ("running", 3, LINES)
    work_all(deps)
    assert_whole(deps, sender, batch, before)


def test_of_two_that_work_on_a_batch_the_later_wins(
    deps: Deps, sender: Machine, batch: str
) -> None:
    before = licences_stored(deps)
    first = claim_next(deps, read_clock())
    assert first is not None

    def overtaken() -> Iterator[bool]:
        yield False
        second = claim(deps, first.id, read_clock())
        assert second is not None
        work_off(deps, second, read_clock)
        yield False

    moments = overtaken()
    with pytest.raises(Overtaken):
        work_off(deps, first, read_clock, lambda: next(moments))
    assert_whole(deps, sender, batch, before)
    assert claim(deps, first.id, read_clock()) is None


def test_a_file_that_is_gone_is_asked_for_and_the_work_goes_on_with_it(
    deps: Deps, sender: Machine, config: Config
) -> None:
    before = licences_stored(deps)
    file = ndjson_of([food_licence(config.data) for _ in range(5)])
    batch = upload(sender, file, "ndjson").get_json()["id"]
    stops = iter([False, True])
    claimed = claim_next(deps, read_clock())
    assert claimed is not None
    work_off(deps, claimed, read_clock, lambda: next(stops))
    for sealed in config.batches_dir.iterdir():
        sealed.unlink()
    work_all(deps)
    said = progress(sender, batch)
    assert (said["state"], said["error_slug"], said["stored"]) == ("failed", "batch_lost", 3)
    again = upload(sender, file, "ndjson").get_json()
    assert (again["id"], again["state"]) == (batch, "waiting")
    work_all(deps)
    said = progress(sender, batch)
    assert (said["state"], said["stored"], said["failed"]) == ("done", 5, 0)
    assert licences_stored(deps) == before + 5


def test_a_client_that_may_issue_no_more_has_its_batch_refused(
    app: Flask, deps: Deps, config: Config
) -> None:
    sender = client_of(app, ISSUER_CODE, "issuing")
    batch = upload(sender, ndjson_of([food_licence(config.data)]), "ndjson").get_json()["id"]
    with deps.db.begin() as tx:
        tx.execute(update(Client).values(disabled_at=read_clock()))
    before = licences_stored(deps)
    work_all(deps)
    assert licences_stored(deps) == before
    with deps.db.read() as tx:
        row = tx.execute(select(LicenceBatch).where(LicenceBatch.public_id == batch)).one()
    assert (row.state, row.error_slug) == ("failed", "not_permitted")


def test_the_file_is_sealed_while_it_waits_and_deleted_afterwards(
    deps: Deps, config: Config, sender: Machine, batch: str
) -> None:
    [kept] = config.batches_dir.iterdir()
    assert "李明".encode() not in kept.read_bytes()
    assert b"JY" not in kept.read_bytes()[:40]
    assert kept.stat().st_mode & 0o077 == 0
    now = read_clock()
    assert clear_batch_files(deps, now + timedelta(days=9)) == 0
    (config.batches_dir / "left").write_bytes(b"by an upload that was cut off")
    assert clear_batch_files(deps, now) == 0
    assert clear_batch_files(deps, now + timedelta(days=2)) == 1
    work_all(deps)
    assert list(config.batches_dir.iterdir()) == []


def test_a_file_that_a_crash_left_behind_its_batch_is_deleted_at_once(
    deps: Deps, config: Config, batch: str
) -> None:
    [kept] = config.batches_dir.iterdir()
    sealed = kept.read_bytes()
    work_all(deps)
    kept.write_bytes(sealed)
    assert clear_batch_files(deps, read_clock()) == 1
    assert list(config.batches_dir.iterdir()) == []


def test_receipt_and_end_of_a_batch_are_audited(deps: Deps, batch: str) -> None:
    work_all(deps)
    with deps.db.read() as tx:
        events = tx.execute(
            select(AuditEvent.name, AuditEvent.fields)
            .where(AuditEvent.name.startswith("batch."))
            .order_by(AuditEvent.id)
        ).all()
    assert [event.name for event in events] == ["batch.received", "batch.finished"]
    assert (events[1].fields["stored"], events[1].fields["failed"]) == (9, 1)


def test_who_seals_elsewhere_is_told_of_every_chunk(deps: Deps, batch: str) -> None:
    told: list[Taken] = []
    claimed = claim_next(deps, read_clock())
    assert claimed is not None
    work_off(deps, claimed, read_clock, seal=told.append)
    assert [taken.lines for taken in told] == [3, 3, 3, 1]
    assert [len(taken.licences) for taken in told] == [3, 2, 3, 1]
    assert {taken.total for taken in told} == {LINES}
    assert pending(deps) == 9
