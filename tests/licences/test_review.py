"""A licence of a type with review is sealed when its unit has looked at it, and not before."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.batches import COLUMNS, csv_of, row_of, taken_in
from tests.support.licences import (
    FOOD,
    ISSUER_CODE,
    OTHER_ISSUER_CODE,
    client_of,
    day,
    food_licence,
    issue,
    stored_licence,
)
from tests.support.people import Machine, Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.statuses import RESUME, SUSPEND, set_status
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.outbox import OutboxMessage
from wallet.licences.batches.command import _finish_left
from wallet.licences.model import Licence
from wallet.organisations.model import Client, Staff, Unit
from wallet.web.principal import Principal
from wallet.worker import work_once

DRUG = "drug-operation-permit"
QUEUE = "/api/v1/reviews"


def drug_permit(**changes: Any) -> dict[str, Any]:
    """A drug operation permit of the demo's company."""
    number = f"DA{uuid.uuid4().hex[:12].upper()}"
    name, code = "鄂尔多斯市蓝城健康食品有限公司（演示）", "91150602MADEM0601A"
    fields = {
        "number": number,
        "enterprise_name": name,
        "credit_code": code,
        "legal_representative": "张磊",
        "principal": "张磊",
        "quality_principal": "高洁",
        "premises": "鄂尔多斯市东胜区（演示）",
        "business_mode": "3",
        "scope": "中成药",
    }
    body = {
        "type": DRUG,
        "number": number,
        "holders": [{"kind": "organisation", "code_type": "001", "code": code, "name": name}],
        "issued_on": day(-1),
        "valid_from": day(0),
        "valid_until": day(365),
        "area_code": "150602",
        "fields": fields,
    }
    return body | changes


@pytest.fixture(scope="module")
def chen(shared_app: Flask) -> Visitor:
    """Staff of the unit that the client `issuer` belongs to."""
    return sign_in(shared_app, "issuer-chen")


def state_of(issuer: Machine, identifier: str) -> dict[str, Any]:
    """What the issuing client is told of a licence."""
    answer = issuer.get(f"/api/v1/licences/{identifier}")
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def queue(staff: Visitor) -> list[str]:
    """The identifiers that wait."""
    return [entry["identifier"] for entry in staff.get(f"{QUEUE}?limit=200").get_json()["items"]]


def decide(staff: Visitor, identifier: str, decision: str, reason: str = "") -> Any:
    """A decision."""
    return staff.post(
        f"{QUEUE}/{identifier}",
        {"decision": decision} | ({"reason": reason} if reason else {}),
    )


def wallet_of(app: Flask) -> set[str]:
    """The identifiers in the company's wallet."""
    company = sign_in(app, "holder-company")
    return {entry["identifier"] for entry in company.get("/api/v1/me/licences").get_json()["items"]}


def test_it_waits_unsealed_until_it_is_passed_and_then_is_issued(
    shared_app: Flask, issuer: Machine, chen: Visitor
) -> None:
    deps, body, key = deps_of(shared_app), drug_permit(), uuid.uuid4().hex
    identifier = issue(issuer, body, key)["identifier"]
    assert issue(issuer, body, key)["status"] == "pending"
    work_once(deps, read_clock() + timedelta(minutes=2))
    told = state_of(issuer, identifier)
    assert (told["status"], told["review"]["state"], told["issued_at"]) == (
        "pending",
        "waiting",
        None,
    )
    assert identifier not in wallet_of(shared_app)
    assert identifier in queue(chen)
    shown = chen.get(f"{QUEUE}/{identifier}").get_json()
    assert {field["key"]: field["value"] for field in shown["fields"]}["scope"] == "中成药"

    passed = decide(chen, identifier, "pass")
    assert (passed.status_code, passed.get_json()["state"]) == (200, "passed")
    assert state_of(issuer, identifier)["status"] == "valid"
    assert identifier in wallet_of(shared_app)
    assert identifier not in queue(chen)
    # The answer to a request is the same for ever.
    assert issue(issuer, body, key)["status"] == "pending"
    assert decide(chen, identifier, "pass").get_json() == passed.get_json()
    refused = decide(chen, identifier, "return", "迟了")
    assert (refused.status_code, refused.get_json()["slug"]) == (409, "already_reviewed")


def test_what_is_returned_is_never_issued_and_comes_again_as_a_higher_version(
    shared_app: Flask, issuer: Machine, chen: Visitor
) -> None:
    deps, body = deps_of(shared_app), drug_permit()
    identifier = issue(issuer, body)["identifier"]
    without = decide(chen, identifier, "return")
    assert (without.status_code, without.get_json()["slug"]) == (422, "reason_required")
    assert decide(chen, identifier, "return", "经营范围与档案不符").status_code == 200
    work_once(deps, read_clock() + timedelta(minutes=2))
    told = state_of(issuer, identifier)
    assert (told["status"], told["review"]["reason"]) == ("returned", "经营范围与档案不符")
    suspended = issuer.post(
        f"/api/v1/licences/{identifier}/status",
        {"status": "suspended", "code": "02", "reason": "x", "basis": "y"},
    )
    assert suspended.get_json()["slug"] == "licence_returned"
    assert decide(chen, identifier, "pass").get_json()["slug"] == "already_reviewed"

    again = issuer.post("/api/v1/licences", body, key=uuid.uuid4().hex)
    assert again.get_json()["slug"] == "stale_version"
    second = issue(issuer, body | {"version": 2})["identifier"]
    assert decide(chen, second, "pass").status_code == 200
    assert state_of(issuer, second)["status"] == "valid"
    assert state_of(issuer, identifier)["status"] == "returned"


def test_a_change_of_what_waits_is_news_to_nobody_before_it_is_issued(
    shared_app: Flask, issuer: Machine, chen: Visitor
) -> None:
    deps, body = deps_of(shared_app), drug_permit()

    def told(identifier: str) -> list[str]:
        payload = {"licence": stored_licence(deps, identifier).id}
        rows = deps.db.rows(select(OutboxMessage).order_by(OutboxMessage.id))
        return [row.topic for row in rows if payload.items() <= row.payload.items()]

    first = issue(issuer, body)["identifier"]
    set_status(issuer, first, SUSPEND)
    assert told(first) == []
    decide(chen, first, "pass")
    assert state_of(issuer, first)["status"] == "suspended"
    second = issue(issuer, body | {"version": 2})["identifier"]
    set_status(issuer, second, RESUME)
    assert told(second) == []
    assert told(first) == ["licence.issued", "licence.status_changed"]


def test_an_older_version_can_only_be_returned_once_a_newer_one_is_issued(
    issuer: Machine, chen: Visitor
) -> None:
    body = drug_permit()
    first = issue(issuer, body)["identifier"]
    second = issue(issuer, body | {"version": 2})["identifier"]
    assert decide(chen, second, "pass").status_code == 200
    assert decide(chen, first, "pass").get_json()["slug"] == "stale_version"
    assert decide(chen, first, "return", "已有新版本").status_code == 200
    assert state_of(issuer, second)["superseded_at"] is None


def test_another_unit_neither_sees_it_nor_decides_nor_is_told(
    shared_app: Flask, issuer: Machine
) -> None:
    identifier = issue(issuer, drug_permit())["identifier"]
    deps, other = deps_of(shared_app), sign_in(shared_app, "issuer-chen")
    with deps.db.begin() as tx:
        unit = tx.execute(select(Unit.id).where(Unit.code == OTHER_ISSUER_CODE)).scalar_one()
        own = tx.execute(select(Unit.id).where(Unit.code == ISSUER_CODE)).scalar_one()
        tx.execute(update(Staff).where(Staff.login == "issuer-chen").values(unit_id=unit))
    try:
        assert queue(other) == []
        assert other.get(f"{QUEUE}/{identifier}").status_code == 404
        assert decide(other, identifier, "pass").status_code == 404
    finally:
        with deps.db.begin() as tx:
            tx.execute(update(Staff).where(Staff.login == "issuer-chen").values(unit_id=own))
    stranger = client_of(shared_app, OTHER_ISSUER_CODE, "issuing")
    assert stranger.get(f"/api/v1/licences/{identifier}").status_code == 404


def test_a_batch_and_an_import_leave_what_waits_alone(shared_app: Flask, issuer: Machine) -> None:
    deps = deps_of(shared_app)
    identifier = issue(issuer, drug_permit())["identifier"]
    with deps.db.read() as tx:
        row = tx.execute(
            select(Client.id, Client.unit_id).where(Client.client_id == "demo-issuer")
        ).one()
    _finish_left(deps, Principal("client", row.id, 0, "", unit_id=row.unit_id))
    assert state_of(issuer, identifier)["status"] == "pending"


def test_types_without_review_are_issued_at_once_and_the_demo_has_a_queue(
    app: Flask,
) -> None:
    deps = deps_of(app)
    with deps.db.read() as tx:
        seeded = tx.execute(select(Licence.review_state, Licence.issued_at)).all()
    assert {row.review_state for row in seeded if row.issued_at} == {None}
    assert len([row for row in seeded if row.review_state == "waiting"]) == 2
    assert len(queue(sign_in(app, "issuer-chen"))) == 2


def test_the_queue_has_pages(app: Flask) -> None:
    chen = sign_in(app, "issuer-chen")
    first = chen.get(f"{QUEUE}?limit=1").get_json()
    second = chen.get(f"{QUEUE}?limit=1&cursor={first['next_cursor']}").get_json()
    assert second["next_cursor"] is None
    assert [page["items"][0]["identifier"] for page in (first, second)] == queue(chen)


@pytest.mark.parametrize("mark", ["internal", "secret", "confidential", "top_secret", "机密", "?"])
def test_what_is_marked_as_secret_is_refused_and_noted_without_its_content(
    shared_app: Flask, issuer: Machine, mark: str
) -> None:
    deps, body = deps_of(shared_app), drug_permit(secrecy=mark)
    answer = issuer.post("/api/v1/licences", body, key=uuid.uuid4().hex)
    assert (answer.status_code, answer.get_json()["slug"]) == (422, "state_secret")
    with deps.db.read() as tx:
        noted = tx.execute(
            select(AuditEvent.fields)
            .where(AuditEvent.name == "licence.secret_refused")
            .order_by(AuditEvent.id.desc())
            .limit(1)
        ).scalar_one()
    assert noted["type"] == DRUG
    assert noted.keys() == {"actor", "unit", "type", "batch", "line"}
    assert issue(issuer, drug_permit(secrecy="none"))["status"] == "pending"


@pytest.mark.parametrize("kind", ["ndjson", "csv"])
def test_a_line_that_is_marked_as_secret_is_refused_and_the_others_are_stored(
    shared_app: Flask, issuer: Machine, data: Path, kind: str
) -> None:
    open_one, secret = food_licence(data), food_licence(data)
    if kind == "ndjson":
        lines = [open_one | {"secrecy": "none"}, secret | {"secrecy": "secret"}]
        file = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    else:
        rows = [[*row_of(open_one), "无"], [*row_of(secret), "机密"]]
        file = csv_of(rows, [*COLUMNS, "密级"])
    said = taken_in(shared_app, issuer, file, kind)
    assert (said["stored"], said["failed"]) == (1, 1)
    [fault] = said["items"]
    assert (fault["slug"], fault["field"]) == ("state_secret", "secrecy")
    with deps_of(shared_app).db.read() as tx:
        noted = tx.execute(
            select(AuditEvent.fields)
            .where(AuditEvent.name == "licence.secret_refused")
            .order_by(AuditEvent.id.desc())
            .limit(1)
        ).scalar_one()
    assert (noted["type"], noted["line"]) == (FOOD, fault["line"])
