"""The same-day rule (O-8, M-7): what is late, what explains it, and the alarms of it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from tests.support.batches import csv_of, row_of, upload, work_all
from tests.support.in_step import LATE, at, issuing, reported
from tests.support.licences import FOOD, ISSUER_CODE, day, food_licence, stored_licence
from tests.support.people import machine, sign_in
from tests.support.shared import deps_of
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.dispatches import Dispatch
from wallet.base.outbox import OutboxMessage
from wallet.catalogue.model import LicenceType
from wallet.licences.exempt import exempt
from wallet.licences.in_step.alarms import Alarm, alarms_of
from wallet.licences.in_step.force_majeure import clear
from wallet.licences.in_step.late import LateUpload, late_uploads
from wallet.licences.model import Licence, LicenceBatch
from wallet.licences.receive import receive
from wallet.licences.schemas import NewLicenceSchema
from wallet.organisations.model import BasisDocument
from wallet.organisations.tree import subtree
from wallet.web.principal import Principal

NOW = at("2026-11-24 00:00")
"""The first moment of a Tuesday."""


@pytest.fixture
def deps(app: Flask) -> Deps:
    """The Deps of an app of the test's own."""
    return deps_of(app)


@pytest.fixture
def unit(deps: Deps) -> Principal:
    """The issuing unit."""
    return issuing(deps)


def take_in(deps: Deps, unit: Principal, now: datetime = NOW, **changes: Any) -> str:
    """Issue a licence; gives its identifier."""
    dates = {"issued_on": "2026-11-23", "valid_from": "2026-11-23", "valid_until": None}
    body = food_licence(deps.config.data, **(dates | changes))
    key = uuid.uuid4().hex
    new = NewLicenceSchema().load(body)
    return receive(deps, unit, key, hashlib.sha256(key.encode()).digest(), new, now).identifier


def late(deps: Deps, unit: Principal) -> dict[str | None, LateUpload]:
    return {entry.identifier: entry for entry in late_uploads(deps, unit, 200, None)[0]}


def alarms(deps: Deps, unit: Principal, now: datetime, kind: str) -> list[Alarm]:
    assert unit.unit_id is not None
    with deps.db.read() as tx:
        found = alarms_of(tx, deps, subtree(unit.unit_id), now)
    return [alarm for alarm in found if alarm.kind == kind]


def test_a_licence_is_late_from_the_midnight_after_its_day(deps: Deps, unit: Principal) -> None:
    in_time = take_in(deps, unit, NOW - timedelta(seconds=1))
    too_late = take_in(deps, unit)
    of_the_future = take_in(deps, unit, issued_on="2026-11-25")
    found = late(deps, unit)
    assert too_late in found
    assert not {in_time, of_the_future} & found.keys()
    entry = found[too_late]
    assert (entry.days, entry.rule, entry.force_majeure) == (1, "in_step", None)
    [alarm] = alarms(deps, unit, NOW, "late")
    assert (alarm.unit, alarm.subject, alarm.count, alarm.since) == (ISSUER_CODE, FOOD, 1, NOW)
    assert alarms(deps, unit, NOW + timedelta(days=7), "late")
    assert not alarms(deps, unit, NOW + timedelta(days=7, seconds=1), "late")


def test_a_new_version_is_late_by_a_new_date_of_issue_alone(deps: Deps, unit: Principal) -> None:
    number = "JY11506020000777"
    take_in(deps, unit, at("2026-11-23 12:00"), number=number)
    same_date = take_in(deps, unit, number=number, version=2)
    new_date = take_in(deps, unit, number=number, version=3, issued_on="2026-11-22")
    found = late(deps, unit)
    assert same_date not in found
    assert found[new_date].days == 2


def test_stock_and_what_is_older_than_the_collection_of_its_type_are_not_late(
    app: Flask, deps: Deps, unit: Principal
) -> None:
    issuer = machine(app, deps.config.data, "issuer")
    bodies = [food_licence(deps.config.data, issued_on=day(-400)) for _ in range(2)]
    for body, query in zip(bodies, ("&stock=true", ""), strict=True):
        file = csv_of([row_of(body)])
        answer = issuer.http.post(
            f"/api/v1/licence-batches?type={FOOD}{query}",
            data=file,
            content_type="text/csv",
            headers=issuer.headers,
        )
        assert answer.status_code == 202, answer.text
    work_all(deps)
    assert [entry.issued_on.isoformat() for entry in late(deps, unit).values()] == [day(-400)]
    since = date(2026, 11, 1)
    with deps.db.begin() as tx:
        tx.execute(
            update(LicenceType).where(LicenceType.code == FOOD).values(collected_since=since)
        )
    before = take_in(deps, unit, issued_on="2026-10-31")
    first = take_in(deps, unit, issued_on="2026-11-01")
    found = late(deps, unit)
    assert before not in found
    assert first in found


def test_a_type_that_is_exempt_from_issue_in_step_has_until_midnight(
    deps: Deps, unit: Principal
) -> None:
    day_before = at("2026-11-23 09:00")
    exempt(deps, "step", ISSUER_CODE, FOOD, "《演示办法》第八条", None, day_before, "系统不支持")
    in_time = take_in(deps, unit, at("2026-11-23 23:59:59"))
    too_late = take_in(deps, unit)
    earlier = take_in(deps, unit, issued_on="2026-11-22")
    rules = {identifier: entry.rule for identifier, entry in late(deps, unit).items()}
    assert rules == {too_late: "same_day", earlier: "in_step"}
    assert in_time not in rules


def test_force_majeure_explains_what_was_issued_in_it_and_is_in_by_its_deadline(
    deps: Deps, unit: Principal
) -> None:
    made = reported(deps, unit, "2026-11-20 08:00", "2026-11-20 09:00").id
    while_it_lasts = take_in(deps, unit)
    before_it = take_in(deps, unit, issued_on="2026-11-19")
    clear(deps, unit, made, at("2026-11-23 22:00"), at("2026-11-23 23:00"))
    ends_at = at("2026-11-27 00:00")  # three working days after Monday the 23rd
    in_time = take_in(deps, unit, ends_at - timedelta(seconds=1))
    beyond = take_in(deps, unit, ends_at)
    after_it = take_in(deps, unit, ends_at, issued_on="2026-11-24")
    explained = {key: entry.force_majeure for key, entry in late(deps, unit).items()}
    assert explained == {
        while_it_lasts: made,
        before_it: None,
        in_time: made,
        beyond: None,
        after_it: None,
    }
    [alarm] = alarms(deps, unit, ends_at, "late")
    assert alarm.count == 3
    assert not alarms(deps, unit, ends_at - timedelta(seconds=1), "force_majeure_overdue")
    [overdue] = alarms(deps, unit, ends_at, "force_majeure_overdue")
    assert (overdue.subject, overdue.since, overdue.link[-len(made) :]) == (made, ends_at, made)


def test_managers_see_how_late_without_whose(app: Flask, deps: Deps, unit: Principal) -> None:
    identifier = take_in(deps, unit)
    own = sign_in(app, "issuer-chen").get(LATE).get_json()["items"]
    above = sign_in(app, "manager-sun").get(LATE).get_json()["items"]
    assert [entry["identifier"] for entry in own] == [identifier]
    assert above == [own[0] | {"identifier": None}]


def test_what_is_left_pending_and_a_batch_with_refused_lines_are_alarms(
    app: Flask, deps: Deps, unit: Principal
) -> None:
    identifier = take_in(deps, unit)
    licence = stored_licence(deps, identifier).id
    with deps.db.begin() as tx:
        tx.execute(update(Licence).where(Licence.id == licence).values(issued_at=None))
    assert not alarms(deps, unit, NOW + timedelta(seconds=599), "pending")
    [pending] = alarms(deps, unit, NOW + timedelta(seconds=600), "pending")
    assert (pending.subject, pending.count) == (FOOD, 1)
    with deps.db.begin() as tx:
        waits = {"review_state": "waiting"}
        tx.execute(update(Licence).where(Licence.id == licence).values(waits))
    assert not alarms(deps, unit, NOW + timedelta(hours=24, seconds=-1), "review")
    assert not alarms(deps, unit, NOW + timedelta(hours=24), "pending")
    assert [one.subject for one in alarms(deps, unit, NOW + timedelta(hours=24), "review")] == [
        FOOD
    ]
    issuer = machine(app, deps.config.data, "issuer")
    file = csv_of([row_of(food_licence(deps.config.data), 有效期止="")])
    batch = upload(issuer, file, "csv").get_json()["id"]
    work_all(deps)
    with deps.db.begin() as tx:
        tx.execute(update(LicenceBatch).values(finished_at=NOW))
    [refused] = alarms(deps, unit, NOW, "batch")
    assert (refused.subject, refused.count) == (batch, 1)
    assert not alarms(deps, unit, NOW + timedelta(days=8), "batch")
    with deps.db.begin() as tx:
        message = {"topic": "x", "payload": {}, "created_at": NOW}
        said = tx.execute(insert(OutboxMessage).returning(OutboxMessage.id), message).scalar_one()
        dead = {"destination": "channel:x", "stream": "1", "state": "dead", "attempts": 20}
        times = {"created_at": NOW, "next_at": NOW, "ended_at": NOW}
        tx.execute(insert(Dispatch).values(key="1", message_id=said, **dead, **times))
    [letters] = alarms(deps, unit, NOW, "dead_letters")
    assert (letters.subject, letters.count) == ("channel:x", 1)


def test_a_seal_and_a_basis_document_are_alarms_before_and_after_their_end(
    deps: Deps, unit: Principal
) -> None:
    now = datetime.now(NOW.tzinfo)
    assert not alarms(deps, unit, now, "seal")
    in_three_years = now + timedelta(days=3 * 365 - 20)
    assert [alarm.unit for alarm in alarms(deps, unit, in_three_years, "seal")] == [ISSUER_CODE]
    ended = alarms(deps, unit, in_three_years + timedelta(days=40), "seal")
    assert "已于" in ended[0].sentence
    today = local_day(now)
    with deps.db.begin() as tx:
        for code, ends in (("soon", 90), ("later", 91), ("lapsed", 0)):
            tx.execute(
                insert(BasisDocument).values(
                    code=code,
                    number=code,
                    title=code,
                    effective_from=today,
                    effective_to=today + timedelta(days=ends),
                )
            )
    said = {alarm.subject: alarm.sentence for alarm in alarms(deps, unit, now, "basis")}
    assert said.keys() >= {"soon", "lapsed"}
    assert "later" not in said
    assert ("将于" in said["soon"], "已于" in said["lapsed"]) == (True, True)


def test_another_unit_has_none_of_these_alarms(deps: Deps, unit: Principal, tmp_path: Path) -> None:
    take_in(deps, unit)
    with deps.db.read() as tx:
        found = alarms_of(tx, deps, subtree(0), NOW)
    assert {alarm.kind for alarm in found} <= {"basis"}
