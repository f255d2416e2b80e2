"""No record, no answer: where nothing can be written the desk gets 503 and the code stays good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.support.clock import Clock
from tests.support.judgements import finding, judgement, tell
from tests.support.people import Visitor
from tests.support.showing import RENEWAL, ask, refusal, row_counts, show, state, verify, withdraw
from wallet.base.database import Database
from wallet.base.deps import Deps

Fault = Callable[[Database], AbstractContextManager[None]]


def _run(db: Database, *statements: str) -> None:
    with db.begin() as tx:
        for statement in statements:
            tx.exec_driver_sql(statement)


def no_insert_into(table: str) -> Fault:
    """The disk is full for this table."""

    @contextmanager
    def fault(db: Database) -> Iterator[None]:
        if db.is_sqlite:
            _run(
                db,
                f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END",
            )
            yield
            _run(db, "DROP TRIGGER full_disk")
            return
        _run(
            db,
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END$$",
            f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION full_disk()",
        )
        yield
        _run(db, f"DROP TRIGGER full_disk ON {table}", "DROP FUNCTION full_disk()")

    fault.__name__ = f"no_insert_into_{table}"
    return fault


@contextmanager
def read_only(db: Database) -> Iterator[None]:
    """The database takes no writes at all."""
    switch = "PRAGMA query_only = ON" if db.is_sqlite else "SET default_transaction_read_only = on"

    def configure(connection: Any, _entry: Any) -> None:
        connection.cursor().execute(switch)
        if not db.is_sqlite:
            connection.commit()

    event.listen(db.engine, "connect", configure)
    db.close()
    yield
    event.remove(db.engine, "connect", configure)
    db.close()


FAULTS = [no_insert_into(table) for table in ("audit_events", "uses", "verifications", "claims")]


@pytest.mark.parametrize("fault", [*FAULTS, read_only])
def test_a_code_that_cannot_be_recorded_gets_no_answer_and_is_not_consumed(
    li: Visitor, zhao: Visitor, deps: Deps, fault: Fault
) -> None:
    code = show(li)
    before = row_counts(deps)
    with fault(deps.db):
        answer = ask(zhao, code["text"])
        assert refusal(answer) == (503, "unavailable")
        assert "licences" not in answer.get_json()
    assert row_counts(deps) == before
    assert state(li, code)["state"] == "waiting"
    assert verify(zhao, code["text"])["verdict"] == "accepted"


@pytest.mark.parametrize("fault", [*FAULTS, read_only])
def test_an_offline_judgement_that_cannot_be_recorded_gets_no_answer_and_may_be_sent_again(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, fault: Fault
) -> None:
    one = judgement(show(li)["text"], clock.now)
    before = row_counts(deps)
    with fault(deps.db):
        answer = tell(zhao, one)
        assert refusal(answer) == (503, "unavailable")
        assert "items" not in answer.get_json()
    assert row_counts(deps) == before
    assert not finding(zhao, one)["conflict"]


def test_a_refusal_a_repeat_and_a_403_need_their_record_as_well(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    used = show(li)
    assert verify(zhao, used["text"])["verdict"] == "accepted"
    before = row_counts(deps)
    with no_insert_into("audit_events")(deps.db):
        for text, item in (
            ("not a code", RENEWAL),
            (used["text"], RENEWAL),
            (used["text"], "no-such-item"),
        ):
            assert refusal(ask(zhao, text, item)) == (503, "unavailable")
    assert row_counts(deps) == before
    assert verify(zhao, used["text"])["repeated"]


def test_a_withdrawal_that_cannot_be_recorded_is_none(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    code = show(li)
    with no_insert_into("audit_events")(deps.db):
        assert refusal(withdraw(li, code)) == (503, "unavailable")
    assert state(li, code)["state"] == "waiting"
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_while_nothing_can_be_written_the_phone_still_shows(li: Visitor, deps: Deps) -> None:
    with read_only(deps.db):
        code = show(li)
        assert state(li, code)["state"] == "waiting"
