"""Reconciliation against a digest list, and coverage: what differs, what is missing."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from tests.support.in_step import issuing
from tests.support.licences import (
    FOOD,
    ISSUER_CODE,
    OPERATOR,
    OTHER_ISSUER_CODE,
    client_of,
    day,
    encoded,
    food_licence,
    image,
    issue,
    operator_licence,
)
from tests.support.people import Machine, machine, sign_in
from tests.support.shared import deps_of
from wallet import numbers
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.licences.in_step.alarms import alarms_of
from wallet.licences.in_step.model import ReconciliationDifference
from wallet.licences.in_step.reconciliations import forget_differences
from wallet.organisations.tree import subtree

PATH: Final = "/api/v1/reconciliations"
COVERAGE: Final = "/api/v1/coverage"
SNIPPET: Final = "docs/integrator.md"


@pytest.fixture
def deps(app: Flask) -> Deps:
    """The Deps of an app of the test's own."""
    return deps_of(app)


@pytest.fixture
def data(deps: Deps) -> Path:
    """Its data folder."""
    return deps.config.data


@pytest.fixture
def issuer(app: Flask, data: Path) -> Machine:
    """The client of the business system."""
    return machine(app, data, "issuer")


def digest(body: dict[str, Any], version: int = 1, **fields: str) -> str:
    """As the integrator's guide has it, by its own program."""
    guide = (Path(__file__).parents[3] / SNIPPET).read_text("utf-8")
    [program] = [
        one for one in re.findall(r"```python\n(.*?)```", guide, re.DOTALL) if "digest(lic" in one
    ]
    known: dict[str, Any] = {}
    exec(program, known)  # the guide is ours
    told = {key: body[key] for key in body if key != "fields"}
    made: str = known["digest"](told | {"version": version, "fields": body["fields"] | fields})
    return made


def line(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "number": body["number"],
        "version": 1,
        "status": "valid",
        "digest": digest(body),
    } | changes


def send(
    issuer: Machine, lines: list[dict[str, Any]] | bytes, query: str = "", kind: str = FOOD
) -> TestResponse:
    body = lines if isinstance(lines, bytes) else "".join(
        json.dumps(one, ensure_ascii=False) + "\n" for one in lines
    ).encode()  # fmt: skip
    return issuer.http.post(
        f"{PATH}?type={kind}{query}",
        data=body,
        content_type="application/x-ndjson",
        headers=issuer.headers,
    )


def differences(answer: TestResponse) -> dict[str, set[str]]:
    """Kinds by number."""
    assert answer.status_code == 201, answer.text
    found: dict[str, set[str]] = {}
    for item in answer.get_json()["items"]:
        found.setdefault(item["number"], set()).add(item["kind"])
    return found


def test_every_way_to_differ_is_told_and_what_agrees_is_not(
    issuer: Machine, deps: Deps, data: Path
) -> None:
    query = f"&from={day(-1)}&to={day(-1)}"
    bodies = [food_licence(data) for _ in range(7)]
    same, content, status, older_here, older_there, unsent, both = bodies
    for body in bodies:
        issue(issuer, body)
    issue(issuer, older_there | {"version": 2})
    absent = food_licence(data)
    answer = send(
        issuer,
        [
            line(same),
            line(content, digest="0" * 64),
            line(status, status="suspended"),
            line(older_here, version=2, digest="0" * 64),
            line(older_there),
            line(absent),
            line(both, status="revoked", digest=None) | {"digest": "f" * 64},
        ],
        query,
    )
    assert differences(answer) == {
        content["number"]: {"content_differs"},
        status["number"]: {"status_differs"},
        older_here["number"]: {"older_here"},
        older_there["number"]: {"older_there"},
        absent["number"]: {"missing_here"},
        both["number"]: {"status_differs", "content_differs"},
        unsent["number"]: {"missing_there"},
    }
    said = answer.get_json()
    assert (said["lines"], said["same"], said["listed"]) == (7, 1, 8)
    assert said["counts"] == {
        "missing_here": 1,
        "missing_there": 1,
        "older_here": 1,
        "older_there": 1,
        "status_differs": 2,
        "content_differs": 2,
    }
    first = issuer.get(f"{PATH}/{said['id']}?limit=3").get_json()
    rest = issuer.get(f"{PATH}/{said['id']}?cursor={first['next_cursor']}").get_json()
    assert first["items"] + rest["items"] == said["items"]
    unit = issuing(deps).unit_id
    assert unit is not None
    with deps.db.begin() as tx:
        found = alarms_of(tx, deps, subtree(unit), read_clock())
        assert [(one.subject, one.count) for one in found if one.kind == "reconciliation"] == [
            (said["id"], 8)
        ]
        later = read_clock() + timedelta(days=numbers.RECONCILIATION_DAYS)
        assert forget_differences(tx, later - timedelta(seconds=60)) == 0
        assert forget_differences(tx, later) == 8
        left = select(func.count()).select_from(ReconciliationDifference)
        assert tx.execute(left).scalar_one() == 0
    kept = issuer.get(f"{PATH}/{said['id']}").get_json()
    assert (kept["counts"], kept["listed"], kept["items"]) == (said["counts"], 0, [])


def test_the_digest_of_the_guide_is_that_of_the_library(issuer: Machine, data: Path) -> None:
    photo = image(8, 8)
    body = operator_licence(data, encoded(photo))
    issue(issuer, body)
    endless = food_licence(data, valid_until=None)
    endless["fields"]["premises"] = '𠮷林"街\\\t'[:4] + "ᠮᠣᠩᠭᠣᠯ"
    issue(issuer, endless)
    period = f"&from={day(-1)}&to={day(-1)}"
    assert differences(send(issuer, [line(body)], period, OPERATOR)) == {}
    assert differences(send(issuer, [line(endless)], period)) == {}
    changed = line(endless, digest=digest(endless, business_items="茶"))
    assert differences(send(issuer, [changed], period)) == {endless["number"]: {"content_differs"}}


def test_a_list_that_is_broken_keeps_nothing(issuer: Machine, data: Path) -> None:
    good = line(food_licence(data))
    for lines, slug, place in (
        (json.dumps(good).encode() + b"\n{\n", "digest_line", "第 2 行"),
        ([good, good | {"number": " "}], "digest_line", "第 2 行"),
        ([good | {"status": "gone"}], "digest_line", "第 1 行"),
        ([good | {"digest": "A" * 64}], "digest_line", "第 1 行"),
        ([good, good | {"number": f" {good['number']} "}], "duplicate_line", "第 2 行"),
        (b"x" * 3000, "digest_line", "第 1 行"),
    ):
        answer = send(issuer, lines)
        assert answer.status_code == 422, answer.text
        assert answer.get_json()["slug"] == slug
        assert place in answer.get_json()["detail"]
    reversed_ = send(issuer, [good], f"&from={day(1)}&to={day(0)}")
    assert reversed_.get_json()["slug"] == "period_reversed"
    assert send(issuer, [], kind="driving-licence").status_code == 403
    assert send(issuer, [], kind="nothing").get_json()["slug"] == "unknown_type"
    other = issuer.http.post(f"{PATH}?type={FOOD}", json=[], headers=issuer.headers)
    assert other.status_code == 415


def test_a_list_has_a_limit_of_lines_and_bytes(
    issuer: Machine, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "RECONCILIATION_LINES_MAX", 3)
    lines = [line(food_licence(data)) for _ in range(4)]
    answer = send(issuer, lines[:3], f"&from={day(5)}&to={day(5)}")
    assert answer.get_json()["counts"]["missing_here"] == 3
    assert send(issuer, lines).get_json()["slug"] == "too_many_lines"
    long = send(issuer, b"\n" * (numbers.RECONCILIATION_BODY_MAX + 1))
    assert (long.status_code, long.get_json()["slug"]) == (413, "too_large")
    headers = issuer.headers | {"Transfer-Encoding": "chunked"}
    cut = issuer.http.post(
        f"{PATH}?type={FOOD}",
        input_stream=io.BytesIO(b'{"number": "1", "status": "valid"}'),
        content_type="application/x-ndjson",
        headers=headers,
    )
    assert cut.status_code == 400


def test_a_report_is_of_its_unit_alone(app: Flask, issuer: Machine) -> None:
    made = send(issuer, [], f"&from={day(9)}&to={day(9)}").get_json()["id"]
    stranger = client_of(app, OTHER_ISSUER_CODE, "issuing")
    assert issuer.get(f"{PATH}/{made}").status_code == 200
    assert stranger.get(f"{PATH}/{made}").status_code == 404


def row_of(asker: Any, year: int) -> dict[str, Any]:
    items = asker.get(f"{COVERAGE}?limit=200").get_json()["items"]
    found: dict[str, Any] = next(
        one
        for one in items
        if (one["unit"], one["type"], one["period"]) == (ISSUER_CODE, FOOD, str(year))
    )
    return found


def test_coverage_is_what_is_here_of_what_the_unit_says(
    app: Flask, issuer: Machine, deps: Deps, data: Path
) -> None:
    year = local_day(read_clock()).year
    since = local_day(read_clock()).replace(month=1, day=1)
    with deps.db.begin() as tx:
        tx.execute(
            update(LicenceType).where(LicenceType.code == FOOD).values(collected_since=since)
        )
    dates = {"issued_on": since.isoformat(), "valid_from": since.isoformat()}
    number = uuid.uuid4().hex
    issue(issuer, food_licence(data, number=number, **dates))
    before = row_of(issuer, year)["collected"]
    issue(issuer, food_licence(data, number=number, version=2, **dates))  # the same licence
    older = (since - timedelta(days=1)).isoformat()
    issue(issuer, food_licence(data, issued_on=older))  # from before it is collected
    assert row_of(issuer, year)["collected"] == before
    chen = sign_in(app, "issuer-chen")
    told = chen.post(COVERAGE, {"type": FOOD, "period": str(year), "expected": before + 1})
    assert told.status_code == 200, told.text
    row = row_of(chen, year)
    assert told.get_json() == row
    assert (row["missing"], row["collected"], row["sealed"]) == (1, before, before)
    assert row["percent"] == before * 1000 // (before + 1) / 10
    unit = issuing(deps).unit_id
    assert unit is not None
    with deps.db.read() as tx:
        found = alarms_of(tx, deps, subtree(unit), read_clock())
    assert [(one.subject, one.count) for one in found if one.kind == "coverage"] == [(FOOD, 1)]
    manager = sign_in(app, "manager-sun")
    assert row_of(manager, year) == row
    table = list(csv.DictReader(io.StringIO(manager.get(f"{COVERAGE}.csv").text.lstrip("\ufeff"))))
    in_table = {(one["unit"], one["type"], one["period"]): one for one in table}
    assert in_table[ISSUER_CODE, FOOD, str(year)]["missing"] == "1"
    assert len({one["unit"] for one in table}) > 1
    pages = manager.get(f"{COVERAGE}?limit=1").get_json()
    assert manager.get(f"{COVERAGE}?limit=1&cursor={pages['next_cursor']}").get_json()["items"]
    for wrong in (since.year - 1, year + 1):
        answer = chen.post(COVERAGE, {"type": FOOD, "period": str(wrong), "expected": 1})
        assert answer.get_json()["slug"] == "coverage_period"


def test_a_digest_list_of_a_whole_year_says_how_many_there_should_be(
    issuer: Machine, data: Path
) -> None:
    year = local_day(read_clock()).year
    first = f"{year}-01-01"
    issue(issuer, food_licence(data, issued_on=first, valid_from=first))
    lines = [line(food_licence(data)) for _ in range(2)]
    send(issuer, lines, f"&from={year}-01-01&to={year}-12-30")
    assert row_of(issuer, year)["expected"] is None
    send(issuer, lines, f"&from={year}-01-01&to={year}-12-31")
    row = row_of(issuer, year)
    assert (row["expected"], row["source"]) == (2, "reconciliation")
