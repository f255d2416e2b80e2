"""Coverage, late uploads and reconciliations on the issuer's pages, and the way there from alarms."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.licences import FOOD, OTHER_ISSUER_CODE, day, food_licence, issue
from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.staff import send_form
from wallet.base.deps import Deps
from wallet.licences.in_step.alarms import KINDS
from wallet.licences.in_step.model import LateLicence, Reconciliation
from wallet.organisations.model import Unit
from wallet.pages.issuer_alarms import PAGES

COVERAGE = "/issuer/coverage"
YEAR = day(0)[:4]


@pytest.fixture(scope="module")
def deps(shared_app: Flask) -> Deps:
    """The Deps of the shared app."""
    return deps_of(shared_app)


@pytest.fixture(scope="module")
def issuer(shared_app: Flask, deps: Deps) -> Machine:
    """The unit's business system."""
    return machine(shared_app, deps.config.data, "issuer")


@pytest.fixture(scope="module")
def chen(shared_app: Flask) -> Visitor:
    """The unit's clerk."""
    return sign_in(shared_app, "issuer-chen")


def cells(page: str, what: str) -> list[list[str]]:
    """The texts of a table's rows."""
    rows = re.findall(rf'<tr data-testid="{what}">(.*?)</tr>', page, re.DOTALL)
    of_row = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in row] for row in of_row]


def test_every_kind_of_alarm_is_in_the_table_and_leads_to_a_page_where_one_can_act() -> None:
    assert PAGES.keys() == KINDS.keys()
    assert {kind for kind, page in PAGES.items() if not page} == {"dead_letters", "seal"}


def test_how_many_there_are_is_told_compared_and_told_anew(
    shared_app: Flask, chen: Visitor, issuer: Machine, deps: Deps
) -> None:
    issue(issuer, food_licence(deps.config.data, issued_on=day(0)))
    for expected, missing in ((100_000, True), (0, False)):
        told = send_form(chen, COVERAGE, type=FOOD, period=YEAR, expected=f" {expected} ")
        assert told.location == f"{COVERAGE}?told=1", told.text
        page = chen.get(told.location).text
        assert "已更新应归集数" in page
        [row] = [
            row
            for row in cells(page, "coverage-row")
            if row[0].startswith("食品经营") and row[1] == YEAR
        ]
        assert row[2] == str(expected)
        assert int(row[4]) == max(expected - int(row[3]), 0)
        assert row[6].startswith(YEAR)
        alarm = f'<a href="{COVERAGE}">食品经营许可证：应归集而未归集'
        assert (alarm in chen.get("/issuer").text) is missing
    assert FOOD in chen.get("/api/v1/coverage.csv").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "driving-licence"),
        ("type", "none"),
        ("period", "1899"),
        ("period", "9999"),
        ("period", "26"),
        ("expected", ""),
        ("expected", "-1"),
        ("expected", "100000001"),
        ("expected", "9" * 5000),
    ],
)
def test_a_count_that_cannot_be_is_refused_at_its_field(
    chen: Visitor, field: str, value: str
) -> None:
    said = {"type": FOOD, "period": YEAR, "expected": "1"} | {field: value}
    answer = send_form(chen, COVERAGE, **said)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-wrong"', answer.text) == [field]


def test_what_came_late_is_listed_latest_first_and_of_no_other_unit(
    chen: Visitor, issuer: Machine, deps: Deps
) -> None:
    made = [
        issue(issuer, food_licence(deps.config.data, issued_on=day(-days), valid_from=day(-days)))
        for days in (3, 2, 1)
    ]
    links = [f"/issuer/licences/{one['identifier']}" for one in made]
    assert 'href="/issuer/late"' in chen.get("/issuer").text
    page = chen.get("/issuer/late").text
    assert [row[4] for row in cells(page, "late")][:3] == ["1 天", "2 天", "3 天"]
    assert page.index(links[2]) < page.index(links[0])
    assert chen.get(links[2]).status_code == 200
    with deps.db.begin() as tx:
        other = tx.execute(select(Unit.id).where(Unit.code == OTHER_ISSUER_CODE)).scalar_one()
        tx.execute(update(LateLicence).values(unit_id=other))
    assert cells(chen.get("/issuer/late").text, "late") == []


def test_a_reconciliation_is_shown_to_its_unit_alone_with_what_to_do(
    chen: Visitor, issuer: Machine, deps: Deps
) -> None:
    line = json.dumps({"number": "JY11506020990777", "version": 1, "status": "valid"})
    sent = issuer.http.post(
        f"/api/v1/reconciliations?type={FOOD}&from=2001-01-01&to=2001-01-01",
        data=line,
        headers=issuer.headers | {"Content-Type": "application/x-ndjson"},
    )
    page = f"/issuer/reconciliations/{sent.get_json()['id']}"
    assert f'href="{page}"' in chen.get("/issuer").text
    [row] = cells(chen.get(page).text, "difference")
    assert row == ["JY11506020990777", "证照库没有 请补报。", "—", "第 1 版 有效"]
    with deps.db.begin() as tx:
        other = tx.execute(select(Unit.id).where(Unit.code == OTHER_ISSUER_CODE)).scalar_one()
        tx.execute(update(Reconciliation).values(unit_id=other))
    answer = chen.http.get(page, headers={"Accept": "text/html"})
    assert (answer.status_code, "JY11506020990777" in answer.text) == (404, False)
