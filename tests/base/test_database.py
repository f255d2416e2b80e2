"""Transactions: whole or not at all, and writers wait for each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError, StatementError

from tests.support.shared import deps_of
from wallet.base import audit, outbox
from wallet.base.audit import EVENTS, AuditEvent
from wallet.base.clock import read_clock
from wallet.base.database import insert_if_new
from wallet.base.outbox import OutboxMessage
from wallet.showing.model import Claim

TOPIC = "test.counter"


def _messages(tx: Connection) -> int:
    return tx.execute(select(func.count()).where(OutboxMessage.topic == TOPIC)).scalar_one()


def test_a_block_that_raises_leaves_nothing_behind(shared_app: Flask) -> None:
    db = deps_of(shared_app).db
    with db.read() as tx:
        before = _messages(tx)

    def fail() -> None:
        with db.begin() as tx:
            outbox.put(tx, TOPIC, read_clock(), n=1)
            assert _messages(tx) == before + 1
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with db.read() as tx:
        assert _messages(tx) == before
    with db.begin() as tx:
        outbox.put(tx, TOPIC, read_clock(), n=1)
    with db.read() as tx:
        assert _messages(tx) == before + 1


def test_a_reader_sees_one_moment_while_a_writer_goes_on(shared_app: Flask) -> None:
    db = deps_of(shared_app).db
    with db.read() as reader:
        before = _messages(reader)
        with db.begin() as writer:
            outbox.put(writer, TOPIC, read_clock(), n=1)
        assert _messages(reader) == before
    with db.read() as reader:
        assert _messages(reader) == before + 1


def test_reading_then_writing_under_contention_loses_nothing_and_never_fails(
    shared_app: Flask,
) -> None:
    db, writers, rounds = deps_of(shared_app).db, 8, 10
    with db.begin() as tx:
        row = tx.execute(
            insert(OutboxMessage).returning(OutboxMessage.id),
            {"topic": TOPIC, "payload": {"n": 0}, "created_at": read_clock()},
        ).scalar_one()
    start = Barrier(writers)

    def count(_writer: int) -> None:
        start.wait()
        for _ in range(rounds):
            with db.begin() as tx:
                payload = tx.execute(
                    select(OutboxMessage.payload).where(OutboxMessage.id == row).with_for_update()
                ).scalar_one()
                tx.execute(
                    update(OutboxMessage)
                    .where(OutboxMessage.id == row)
                    .values(payload={"n": payload["n"] + 1})
                )

    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(count, range(writers)))
    with db.read() as tx:
        payload = tx.execute(
            select(OutboxMessage.payload).where(OutboxMessage.id == row)
        ).scalar_one()
    assert payload == {"n": writers * rounds}


def test_of_many_claims_at_once_exactly_one_is_won(shared_app: Flask) -> None:
    db, rivals = deps_of(shared_app).db, 8
    start = Barrier(rivals)

    def claim(number: int) -> bool:
        start.wait()
        with db.begin() as tx:
            return insert_if_new(
                tx, Claim, jti="rivals", state="used", at=read_clock(), verification_id=str(number)
            )

    with ThreadPoolExecutor(rivals) as threads:
        assert sorted(threads.map(claim, range(rivals))) == [False] * (rivals - 1) + [True]
    with db.begin() as tx:
        tx.execute(delete(Claim).where(Claim.jti == "rivals"))


def test_a_reference_to_nothing_is_refused(shared_app: Flask) -> None:
    def orphan() -> None:
        with deps_of(shared_app).db.begin() as tx:
            tx.exec_driver_sql("INSERT INTO type_issuers (type_id, unit_id) VALUES (99999, 99999)")

    with pytest.raises(DBAPIError):
        orphan()


def test_a_time_without_a_zone_is_refused(shared_app: Flask) -> None:
    def write() -> None:
        with deps_of(shared_app).db.begin() as tx:
            outbox.put(tx, TOPIC, datetime(2026, 1, 1), n=1)  # noqa: DTZ001

    with pytest.raises(StatementError, match="without a zone"):
        write()


def test_a_time_of_any_zone_comes_back_as_the_same_instant_in_utc(shared_app: Flask) -> None:
    instant = datetime(2026, 1, 1, 7, 30, tzinfo=timezone(timedelta(hours=8)))
    with deps_of(shared_app).db.begin() as tx:
        row = tx.execute(
            insert(OutboxMessage).returning(OutboxMessage.id),
            {"topic": TOPIC, "payload": {}, "created_at": instant},
        ).scalar_one()
        stored = tx.execute(
            select(OutboxMessage.created_at).where(OutboxMessage.id == row)
        ).scalar_one()
    assert stored == instant
    assert (stored.tzinfo, stored.day, stored.hour) == (UTC, 31, 23)


def test_an_audit_event_with_its_exact_fields_is_written(shared_app: Flask) -> None:
    with deps_of(shared_app).db.begin() as tx:
        audit.record(tx, "session.ended", read_clock(), subject="staff:0", session=0)
        event = tx.execute(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.name, event.fields) == ("session.ended", {"subject": "staff:0", "session": 0})
    assert event.sealed is False


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("session.ended", {"subject": "staff:0"}),
        ("session.ended", {"subject": "staff:0", "session": 0, "holder": "李明"}),
        ("session.ended", {"subject": "staff:0", "sessions": 0}),
        ("session.ended", {}),
        ("session.enraged", {"subject": "staff:0", "session": 0}),
        ("", {}),
    ],
)
def test_an_audit_event_with_any_other_fields_is_refused(
    shared_app: Flask, name: str, fields: dict[str, object]
) -> None:
    db = deps_of(shared_app).db

    def write() -> None:
        with db.begin() as tx:
            audit.record(tx, name, read_clock(), **fields)

    with db.read() as tx:
        before = tx.execute(select(func.count()).select_from(AuditEvent)).scalar_one()
    with pytest.raises(ValueError, match="not declared"):
        write()
    with db.read() as tx:
        after = tx.execute(select(func.count()).select_from(AuditEvent)).scalar_one()
    assert after == before


def test_no_audit_event_declares_a_personal_value() -> None:
    declared = set().union(*EVENTS.values())
    assert declared & {"name", "holder", "code", "number", "identifier", "value", "text"} == set()
    assert "audit" in AuditEvent.__tablename__
