"""Force majeure (O-10, M-9): report, measures, clearance, three working days, closure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.in_step import REPORTS, WHAT, at, issuing, new_report, reported, states
from tests.support.licences import FOOD, OTHER_ISSUER_CODE, client_of
from tests.support.people import machine, sign_in
from tests.support.shared import deps_of
from wallet.base.audit import AuditEvent
from wallet.base.deps import Deps
from wallet.errors import Conflict, DomainError, Invalid
from wallet.licences.in_step.force_majeure import (
    add_measure,
    clear,
    close,
    recount_deadlines,
    report,
)
from wallet.licences.in_step.model import ForceMajeureReport
from wallet.licences.in_step.reports import visible_report
from wallet.web.principal import Principal


@pytest.fixture(scope="module")
def deps(shared_app: Flask) -> Deps:
    """The Deps of the shared app."""
    return deps_of(shared_app)


@pytest.fixture(scope="module")
def unit(deps: Deps) -> Principal:
    """The unit that reports."""
    return issuing(deps)


def slug_of(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.slug


def test_a_report_goes_from_open_over_cleared_to_closed(deps: Deps, unit: Principal) -> None:
    made = reported(deps, unit, "2026-09-28 22:00", "2026-09-29 10:00")
    assert (made.state, made.due_at, made.in_time) == ("open", None, None)
    again = add_measure(deps, unit, made.id, "调来备用电源（演示）", at("2026-09-29 11:00"))
    assert [entry.measure for entry in again.measures][1:] == ["调来备用电源（演示）"]
    early = at("2026-09-30 11:00")
    assert slug_of(lambda: close(deps, unit, made.id, 1, early)) == "not_cleared"
    cleared = clear(deps, unit, made.id, at("2026-09-30 17:00"), at("2026-09-30 18:00"))
    # National Day, then the 8th, the 9th and the Saturday that is worked, until its midnight.
    assert (cleared.state, cleared.due_at) == ("cleared", at("2026-10-11 00:00"))
    assert cleared.holidays_published
    in_time = at("2026-10-10 23:59:59")
    done = close(deps, unit, made.id, 12, in_time)
    assert (done.state, done.backlog, done.in_time) == ("closed", 12, True)
    assert close(deps, unit, made.id, 12, at("2026-10-12 09:00")) == done
    assert slug_of(lambda: close(deps, unit, made.id, 13, in_time)) == "already_closed"
    assert slug_of(lambda: add_measure(deps, unit, made.id, "又一项", in_time)) == "already_closed"
    with deps.db.read() as tx:
        rows = tx.execute(
            select(AuditEvent.name, AuditEvent.fields)
            .where(AuditEvent.name.startswith("force_majeure."))
            .order_by(AuditEvent.id)
        ).all()
    steps = [row.name.partition(".")[2] for row in rows]
    assert steps == ["reported", "measured", "cleared", "closed"]
    assert "机房" not in str(rows)


def test_it_is_overdue_from_the_midnight_after_the_third_working_day(
    deps: Deps, unit: Principal
) -> None:
    made = reported(deps, unit, "2026-11-23 08:00", "2026-11-23 09:00").id
    assert states(deps, unit, "2026-11-23 10:00")[made] == "open"
    clear(deps, unit, made, at("2026-11-23 11:00"), at("2026-11-23 12:00"))
    assert states(deps, unit, "2026-11-26 23:59:59")[made] == "cleared"
    assert states(deps, unit, "2026-11-27 00:00:00")[made] == "overdue"
    assert close(deps, unit, made, 0, at("2026-11-27 00:00:00")).in_time is False
    assert states(deps, unit, "2026-11-27 00:00:01")[made] == "closed"


def test_without_announced_holidays_the_deadline_says_so_until_it_is_reckoned_anew(
    deps: Deps, unit: Principal
) -> None:
    made = reported(deps, unit, "2026-12-30 08:00", "2026-12-30 09:00").id
    told = clear(deps, unit, made, at("2026-12-30 11:00"), at("2026-12-30 12:00"))
    assert (told.due_at, told.holidays_published) == (at("2027-01-05 00:00"), False)
    with deps.db.begin() as tx:
        assert recount_deadlines(tx) == 0  # nothing more is known yet
        # as if it had been cleared in a year that is announced by now
        tx.execute(
            update(ForceMajeureReport)
            .where(ForceMajeureReport.public_id == made)
            .values(cleared_at=at("2026-09-30 11:00"))
        )
        assert recount_deadlines(tx) == 1
    final = visible_report(deps, unit, made, at("2026-12-31 09:00"))
    assert (final.due_at, final.holidays_published) == (at("2026-10-11 00:00"), True)


def test_the_same_again_is_the_same_and_what_contradicts_it_is_refused(
    deps: Deps, unit: Principal
) -> None:
    now = at("2026-03-02 12:00")
    made = reported(deps, unit, "2026-03-02 08:00", "2026-03-02 12:00")
    assert reported(deps, unit, "2026-03-02 08:00", "2026-03-02 12:00") == made
    other = new_report("2026-03-02 08:00", what="停电（演示）")
    assert slug_of(lambda: report(deps, unit, other, now)) == "already_reported"
    first = clear(deps, unit, made.id, at("2026-03-02 11:00"), now)
    assert clear(deps, unit, made.id, at("2026-03-02 11:00"), now) == first
    with pytest.raises(Conflict, match="排除时间"):
        clear(deps, unit, made.id, at("2026-03-02 11:30"), now)


def test_a_fault_begins_and_is_cleared_in_this_order_and_not_in_future(
    deps: Deps, unit: Principal
) -> None:
    now = at("2026-03-03 12:00")
    with pytest.raises(Invalid, match="started_at"):
        report(deps, unit, new_report("2026-03-03 12:00:01"), now)
    made = report(deps, unit, new_report("2026-03-03 12:00"), now)
    for wrong in ("2026-03-03 11:59:59", "2026-03-03 12:00:01"):
        with pytest.raises(Invalid, match="cleared_at"):
            clear(deps, unit, made.id, at(wrong), now)
    assert clear(deps, unit, made.id, now, now).state == "cleared"


def body(started_at: str) -> dict[str, object]:
    return {"started_at": at(started_at).isoformat(), "what": WHAT, "types": [FOOD]}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("started_at", "2026-03-03T12:00:00"),
        ("started_at", "yesterday"),
        ("started_at", "0001-01-01T00:00:00+14:00"),
        ("what", " "),
        ("types", []),
        ("types", ["driving-licence"]),
        ("measures", ["x" * 1001]),
        ("more", 1),
    ],
)
def test_a_report_that_breaks_a_rule_is_refused(
    shared_app: Flask, member: str, value: object
) -> None:
    chen = sign_in(shared_app, "issuer-chen")
    answer = chen.post(REPORTS, body("2026-03-01 12:00") | {member: value})
    assert answer.status_code == 422, answer.text


def test_staff_and_client_work_on_it_managers_look_on_and_other_units_see_nothing(
    shared_app: Flask, deps: Deps
) -> None:
    chen = sign_in(shared_app, "issuer-chen")
    client = machine(shared_app, deps.config.data, "issuer")
    manager = sign_in(shared_app, "manager-sun")
    stranger = client_of(shared_app, OTHER_ISSUER_CODE, "issuing")
    made = chen.post(REPORTS, body("2026-01-05 08:00"))
    assert made.status_code == 201, made.text
    path = f"{REPORTS}/{made.get_json()['id']}"
    assert manager.get(path).get_json() == client.get(path).get_json() == made.get_json()
    listed = manager.get(f"{REPORTS}?state=open&limit=1").get_json()
    assert [entry["state"] for entry in listed["items"]] == ["open"]
    assert path.rpartition("/")[2] not in stranger.get(REPORTS).text
    assert stranger.get(path).status_code == 404
    for step, said in (
        ("measures", {"measure": "x"}),
        ("clearance", {"cleared_at": at("2026-01-05 09:00").isoformat()}),
        ("closure", {"backlog": 0}),
    ):
        assert stranger.post(f"{path}/{step}", said).status_code == 404
        assert manager.post(f"{path}/{step}", said).status_code == 403
        assert client.post(f"{path}/{step}", said).status_code == 200, step
    assert chen.get(path).get_json()["state"] == "closed"
