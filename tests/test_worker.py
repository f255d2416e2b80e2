"""The worker finishes, delivers and clears away; a round may be repeated."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import OperationalError

from wallet import numbers, worker
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.base.key_files import STATES_FILE, read_states
from wallet.base.key_states import States, retires_at
from wallet.base.outbox import OutboxMessage
from wallet.licences.issue import IssuedLicence, issue
from wallet.licences.model import IdempotencyKey, Licence
from wallet.licences.status.lists import publish_due
from wallet.organisations.model import Client, ClientAssertion
from wallet.web.sessions import Session, start_session
from wallet.worker import WorkDone, work, work_once

NOTHING = WorkDone(
    issued=0,
    lapsed=0,
    told=0,
    delivered=0,
    expired=0,
    reminded=0,
    ended=0,
    published=0,
    grants=0,
    sessions=0,
    idempotency_keys=0,
    assertions=0,
    attempts=0,
    deadlines=0,
    differences=0,
    visits=0,
    key_changes=0,
    document_days=0,
    checked=0,
    forgotten=0,
)


def test_a_round_with_nothing_to_do_does_nothing(deps: Deps) -> None:
    assert work_once(deps, read_clock()) == NOTHING


def test_what_a_crash_left_pending_is_issued_and_delivered_once(deps: Deps) -> None:
    now = read_clock()
    with deps.db.begin() as tx:
        licence_id = tx.execute(select(Licence.id).order_by(Licence.id)).scalars().first()
        tx.execute(
            update(Licence)
            .where(Licence.id == licence_id)
            .values(issued_at=None, credential_sealed=None, delivered_at=None, received_at=now)
        )
    assert work_once(deps, now) == NOTHING  # its own request may still be at work
    later = now + timedelta(seconds=numbers.SWEEP_AFTER)
    done = work_once(deps, later)
    assert (done.issued, done.delivered) == (1, 1)
    with deps.db.read() as tx:
        row = tx.execute(select(Licence).where(Licence.id == licence_id)).one()
    assert row.issued_at == row.delivered_at == later
    assert row.credential_sealed is not None
    assert work_once(deps, later) == NOTHING


def test_a_licence_that_cannot_be_issued_does_not_keep_the_others_waiting(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = read_clock()
    with deps.db.begin() as tx:
        bad, good = tx.execute(select(Licence.id).order_by(Licence.id).limit(2)).scalars()
        tx.execute(
            update(Licence)
            .where(Licence.id.in_([bad, good]))
            .values(issued_at=None, credential_sealed=None, received_at=now - timedelta(hours=1))
        )

    def fails_once(given: Deps, licence_id: int, at: datetime) -> IssuedLicence:
        if licence_id == bad:
            raise RuntimeError
        return issue(given, licence_id, at)

    monkeypatch.setattr(worker, "issue", fails_once)
    assert work_once(deps, now).issued == 1
    monkeypatch.undo()
    assert work_once(deps, now).issued == 1


def test_a_message_that_cannot_be_fanned_out_does_not_keep_the_round_waiting(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_arguments: object) -> int:
        raise KeyError("licence")

    monkeypatch.setattr(worker, "fan_out", failing)
    now = read_clock()
    with deps.db.begin() as tx:
        start_session(tx, "holder", 1, now - timedelta(seconds=numbers.HOLDER_SESSION_IDLE))
    done = work_once(deps, now)
    assert (done.delivered, done.sessions) == (0, 1)


def test_a_message_of_another_topic_is_left_alone(deps: Deps) -> None:
    with deps.db.begin() as tx:
        tx.execute(
            insert(OutboxMessage),
            {"topic": "something.else", "payload": {}, "created_at": read_clock()},
        )
    assert work_once(deps, read_clock()) == NOTHING


def test_sessions_that_have_ended_are_deleted_and_live_ones_stay(deps: Deps) -> None:
    now = read_clock()
    with deps.db.begin() as tx:
        start_session(tx, "holder", 1, now - timedelta(seconds=numbers.HOLDER_SESSION_IDLE))
        start_session(tx, "holder", 1, now)
    assert work_once(deps, now).sessions == 1
    with deps.db.read() as tx:
        assert tx.execute(select(func.count()).select_from(Session)).scalar_one() == 1


def test_old_idempotency_keys_and_assertions_are_forgotten(deps: Deps) -> None:
    now = read_clock()
    with deps.db.begin() as tx:
        keys = tx.execute(select(func.count()).select_from(IdempotencyKey)).scalar_one()
        client = tx.execute(select(Client.id)).scalars().first()
        tx.execute(
            insert(ClientAssertion),
            [
                {"client_id": client, "jti": "old", "expires_at": now},
                {"client_id": client, "jti": "new", "expires_at": now + timedelta(days=30)},
            ],
        )
    assert work_once(deps, now).assertions == 1
    done = work_once(deps, now + timedelta(days=numbers.IDEMPOTENCY_DAYS, seconds=1))
    assert done.idempotency_keys == keys > 0


def test_keys_rotate_on_their_day_and_the_previous_retires_in_time(deps: Deps) -> None:
    deps = replace(deps, config=replace(deps.config, key_days=100))
    first = deps.keys.current.kid
    day = states_of(deps)[first].since + timedelta(days=deps.config.key_days)
    assert work_once(deps, day - timedelta(seconds=1)).key_changes == 0
    assert work_once(deps, day).key_changes == 3  # previous, current, and a new next
    assert work_once(deps, day) == NOTHING
    end = retires_at(states_of(deps)[first])
    assert work_once(deps, end - timedelta(seconds=1)).key_changes == 0
    assert work_once(deps, end).key_changes == 1
    assert states_of(deps)[first].state == "retired"


def test_with_zero_days_keys_rotate_by_command_only(deps: Deps) -> None:
    by_command = replace(deps, config=replace(deps.config, key_days=0))
    late = read_clock() + timedelta(days=9000)
    assert work_once(by_command, late).key_changes == 0


def test_keys_that_cannot_be_kept_do_not_keep_licences_waiting(deps: Deps) -> None:
    (deps.config.keys_dir / STATES_FILE).write_text("{")
    assert work_once(deps, read_clock()) == NOTHING


def states_of(deps: Deps) -> States:
    return read_states(deps.config.keys_dir)


def test_it_stops_at_once_when_told_and_survives_a_database_that_is_away(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = threading.Event()

    def away(*_arguments: object) -> WorkDone:
        rounds.set()
        raise OperationalError("SELECT", None, Exception("away"))

    monkeypatch.setattr(worker, "work_once", away)
    monkeypatch.setattr(numbers, "WORKER_PAUSE", 600)
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(deps, stop))
    thread.start()
    assert rounds.wait(5)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize("error", [OSError("no space left"), RuntimeError("unforeseen")])
def test_a_round_that_fails_does_not_end_the_work(
    deps: Deps, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    rounds: list[datetime] = []
    stop = threading.Event()

    def full(_deps: Deps, now: datetime) -> int:
        rounds.append(now)
        if len(rounds) == 2:
            stop.set()
        raise error

    monkeypatch.setattr(worker, "publish_due", full)
    monkeypatch.setattr(numbers, "WORKER_PAUSE", 0)
    work(deps, stop)
    assert len(rounds) == 2


def test_it_publishes_the_status_lists(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()

    def once(given: Deps, now: datetime) -> int:
        stop.set()
        return publish_due(given, now)

    monkeypatch.setattr(worker, "publish_due", once)
    work(deps, stop)
    assert (deps.config.status_lists_dir / "0.jwt").is_file()
