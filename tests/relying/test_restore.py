"""After the database was put back, no code that may have been used before is accepted."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.backup import take_backup
from tests.support.clock import Clock
from tests.support.licences import food_licence, issue
from tests.support.people import Visitor, machine, sign_in
from tests.support.race import race
from tests.support.servers import session_of
from tests.support.shared import deps_of
from tests.support.showing import (
    RENEWAL,
    ask,
    claims_of,
    created,
    events,
    next_code,
    open_code,
    refusal,
    show,
    verify,
    withdraw,
)
from verify.codes import CLOCK_TOLERANCE, LIVE_CODE_LIFE
from wallet.app import create_app
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.showing.model import Claim, Use, Verification

WINDOW = LIVE_CODE_LIFE + CLOCK_TOLERANCE


@pytest.fixture
def deps(app: Flask) -> Deps:
    """The Deps that the app works with."""
    return deps_of(app)


def judged(desk: Visitor, text: str) -> tuple[str, str]:
    """Verdict and reason."""
    verdict = verify(desk, text)
    return verdict["verdict"], verdict["reason"]


UNDETERMINED = ("undetermined", "trust_stale")
ACCEPTED = ("accepted", "ok")


def test_a_code_that_was_used_after_the_backup_is_undetermined_and_gives_nothing(
    deps: Deps, li: Visitor, zhao: Visitor, qian: Visitor
) -> None:
    code = show(li)
    backup = take_backup(deps.db)
    assert judged(zhao, code["text"]) == ACCEPTED
    backup.put_back()
    for desk in (zhao, qian, zhao):  # the desk that was answered before is no exception
        verdict = verify(desk, code["text"])
        assert (verdict["verdict"], verdict["reason"]) == UNDETERMINED
        assert (verdict["licences"], verdict["shown_by"]) == ([], None)
        assert "恢复" in verdict["message"]


def test_each_such_judgement_is_on_record_and_consumes_nothing(
    deps: Deps, li: Visitor, zhao: Visitor
) -> None:
    code = show(li)
    backup = take_backup(deps.db)
    verify(zhao, code["text"])
    backup.put_back()
    ids = [verify(zhao, code["text"])["id"] for _ in range(2)]
    jti = claims_of(code["text"])["jti"]
    with deps.db.read() as tx:
        rows = tx.execute(
            select(Verification.id, Verification.verdict, Verification.reason).where(
                Verification.jti == jti
            )
        ).all()
        assert sorted(rows) == sorted((id, *UNDETERMINED) for id in ids)
        assert tx.execute(select(Claim.jti).where(Claim.jti == jti)).all() == []
        uses = select(func.count()).select_from(Use).where(Use.verification_id.in_(ids))
        assert tx.execute(uses).scalar_one() == 0
    assert [fields["verification"] for _, fields in events(deps)] == ids


def test_no_live_code_is_accepted_until_those_from_before_have_ended(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    backup = take_backup(deps.db)
    verify(zhao, show(li)["text"])
    backup.put_back()
    assert judged(zhao, show(li)["text"]) == UNDETERMINED  # found out now
    clock.advance(LIVE_CODE_LIFE)
    assert judged(zhao, show(li)["text"]) == UNDETERMINED
    clock.advance(WINDOW - LIVE_CODE_LIFE - 1)
    last_inside = show(li)
    assert judged(zhao, last_inside["text"]) == UNDETERMINED
    clock.advance(1)
    assert judged(zhao, last_inside["text"]) == ACCEPTED
    assert judged(zhao, show(li)["text"]) == ACCEPTED


def test_a_code_used_just_before_is_never_accepted_again_whatever_the_time(
    deps: Deps, li: Visitor, zhao: Visitor, qian: Visitor, clock: Clock
) -> None:
    backup = take_backup(deps.db)
    code = show(li)
    assert judged(zhao, code["text"]) == ACCEPTED
    backup.put_back()
    seen = set()
    for _ in range(2 * WINDOW):
        # As many desks as there are seconds: none is to be told to wait.
        seen.add(ask(qian, code["text"]).get_json().get("reason"))
        clock.advance(1)
    assert seen <= {"trust_stale", "expired", None}
    assert "trust_stale" in seen


def test_a_showing_from_before_gives_no_new_code(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    backup = take_backup(deps.db)
    code = show(li)
    verify(zhao, code["text"])
    backup.put_back()
    assert judged(zhao, code["text"]) == UNDETERMINED
    assert refusal(next_code(li, code)) == (409, "showing_ended")
    clock.advance(WINDOW)
    assert refusal(next_code(li, code)) == (409, "showing_ended")
    created(next_code(li, show(li)))


def test_a_withdrawal_that_was_forgotten_is_found_out_too(
    deps: Deps, li: Visitor, zhao: Visitor
) -> None:
    backup = take_backup(deps.db)
    code = show(li)
    assert withdraw(li, code).status_code == 204
    backup.put_back()
    assert judged(zhao, code["text"]) == UNDETERMINED


def test_a_withdrawal_after_it_does_not_hide_what_was_forgotten(
    deps: Deps, li: Visitor, zhao: Visitor
) -> None:
    backup = take_backup(deps.db)
    used, other = show(li), show(li)
    verify(zhao, used["text"])
    backup.put_back()
    assert withdraw(li, other).status_code == 204
    assert judged(zhao, used["text"]) == UNDETERMINED


def test_a_licence_that_was_forgotten_is_no_unknown_licence(
    app: Flask, deps: Deps, li: Visitor, zhao: Visitor
) -> None:
    backup = take_backup(deps.db)
    licence = issue(machine(app, deps.config.data, "issuer"), food_licence(deps.config.data))
    code = created(open_code(li, licence["identifier"]))
    verify(zhao, show(li)["text"])
    backup.put_back()
    assert judged(zhao, code["text"]) == UNDETERMINED


def test_a_restore_that_a_round_of_the_worker_outlived_is_found_without_a_use(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    backup = take_backup(deps.db)
    deps.epoch.tick(deps.db, clock.now)
    backup.put_back()
    assert judged(zhao, show(li)["text"]) == UNDETERMINED


def test_another_process_knows_it_at_once_and_it_is_recorded_once(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    backup = take_backup(deps.db)
    first, second = show(li), show(li)
    verify(zhao, first["text"])
    backup.put_back()
    assert judged(zhao, first["text"]) == UNDETERMINED
    other = create_app(deps.config)
    zhao.http.application = other
    assert judged(zhao, second["text"]) == UNDETERMINED
    deps_of(other).db.close()
    deps.epoch.tick(deps.db, clock.now)
    assert events(deps, "library.") == [("library.restored", {"by": "unknown"})]


def test_put_back_a_second_time_it_is_found_out_a_second_time(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    backup = take_backup(deps.db)
    verify(zhao, show(li)["text"])
    backup.put_back()
    assert judged(zhao, show(li)["text"]) == UNDETERMINED
    clock.advance(WINDOW)
    code = show(li)
    assert judged(zhao, code["text"]) == ACCEPTED
    backup.put_back()
    assert judged(zhao, code["text"]) == UNDETERMINED


def test_a_backup_that_lacks_nothing_raises_no_alarm(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    verify(zhao, show(li)["text"])
    deps.epoch.tick(deps.db, clock.now)
    backup = take_backup(deps.db)
    assert judged(zhao, "no code")[1] == "malformed"  # a refusal gives nothing that could be lost
    backup.put_back()
    assert judged(zhao, show(li)["text"]) == ACCEPTED
    assert deps.epoch.marks().restored_at is None


def test_four_processes_that_judge_while_rounds_go_by_raise_no_alarm(
    deps: Deps, app: Flask
) -> None:
    li = sign_in(app, "holder-li")
    desks = [session_of(sign_in(app, name)) for name in ("desk-zhao", "desk-qian")]
    codes = [(show(li)["text"], RENEWAL) for _ in range(40)]
    done = threading.Event()

    def rounds() -> int:
        count = 0
        while not done.is_set():
            deps.epoch.tick(deps.db, read_clock())
            count += 1
        return count

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(rounds)
        try:
            answers = race(deps.config, desks, codes, processes=4, uses=60)
        finally:
            done.set()
        assert worker.result() > 3
    assert {answer.outcome for answer in answers} == {ACCEPTED, ("refused", "already_used")}
    assert deps.epoch.marks().restored_at is None
