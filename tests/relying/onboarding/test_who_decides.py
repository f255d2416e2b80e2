"""Who decides: the managing unit of that level, for social scenarios the city unless it has opened that right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.support.applications import (
    APPLICATIONS,
    ELSEWHERE,
    RIGHTS,
    begun,
    day_in,
    filed,
    passed,
    proved,
    step,
    submitted,
    took,
)
from tests.support.people import Visitor
from tests.support.showing import refusal
from tests.support.units import (
    BANK,
    BESIDE,
    CITY,
    DISTRICT,
    HALL,
    REGION,
    manager_at,
    unit_id,
)
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.organisations.model import Unit
from wallet.relying.onboarding.model import ApprovalRight

PASS = {"decision": "pass"}


@pytest.fixture
def district(app: Flask) -> Visitor:
    """A manager of the district's managing unit."""
    return manager_at(app, DISTRICT)


def _moved(deps: Deps, code: str, under: str, area: str) -> None:
    """As if a unit had been registered under another one."""
    parent = unit_id(deps, under)
    with deps.db.begin() as tx:
        values = {"parent_id": parent, "area_code": area}
        tx.execute(update(Unit).where(Unit.code == code).values(**values))


def _opened(manager: Visitor, unit: str = DISTRICT, ends_on: str | None = None) -> TestResponse:
    body = {"ends_on": ends_on}
    return manager.http.put(f"{RIGHTS}/{unit}", json=body, headers=manager._csrf())


def test_a_government_item_is_decided_in_the_district_and_may_be_above(
    qian: Visitor, district: Visitor, sun: Visitor
) -> None:
    made = submitted(qian, ELSEWHERE)
    assert sun.get(f"{APPLICATIONS}/{made}").get_json()["decider"] == DISTRICT
    assert passed(district, sun, made)["state"] == "granted"


def test_a_manager_beside_or_of_the_party_itself_finds_nothing(
    app: Flask, bank: Visitor, sun: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    beside = manager_at(app, BESIDE)
    assert beside.get(f"{APPLICATIONS}/{made}").status_code == 404
    assert refusal(step(beside, made, "review", PASS)) == (404, "not_found")
    draft = begun(bank, "bank-merchant-account", types=[
        {"type": "business-licence", "fields": ["name"]}
    ])  # fmt: skip
    assert sun.get(f"{APPLICATIONS}/{draft}").status_code == 404


def test_a_social_scenario_of_the_district_goes_to_the_city_until_it_opens_the_right(
    bank: Visitor, district: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    _moved(deps, BANK, DISTRICT, "150602")
    made = submitted(bank)
    assert district.get(f"{APPLICATIONS}/{made}").get_json()["decider"] == CITY
    assert refusal(step(district, made, "review", PASS)) == (403, "not_decider")
    assert _opened(sun).status_code == 204
    assert district.get(f"{APPLICATIONS}/{made}").get_json()["decider"] == DISTRICT
    took(step(district, made, "review", PASS))
    # The unit above may stand in, so a district with one manager is not at a loss.
    took(step(wu, made, "approval", {"decision": "approve"}))
    assert sun.delete(f"{RIGHTS}/{DISTRICT}").status_code == 204
    assert refusal(step(district, made, "filing", {"measures": "专网"})) == (403, "not_decider")
    assert filed(sun, made)["state"] == "granted"


def test_a_right_counts_on_its_last_day_and_no_longer(
    bank: Visitor, district: Visitor, sun: Visitor, deps: Deps
) -> None:
    _moved(deps, BANK, DISTRICT, "150602")
    assert _opened(sun, ends_on=day_in(0)).status_code == 204
    made = submitted(bank)
    assert district.get(f"{APPLICATIONS}/{made}").get_json()["decidable"] is True
    with deps.db.begin() as tx:
        tx.execute(
            update(ApprovalRight).values(ends_on=local_day(read_clock()) - timedelta(days=1))
        )
    assert district.get(f"{APPLICATIONS}/{made}").get_json()["decidable"] is False


def test_rights_are_opened_from_above_by_who_has_them(
    app: Flask, district: Visitor, sun: Visitor, han: Visitor
) -> None:
    listed = [one["unit"] for one in sun.get(RIGHTS).get_json()["items"]]
    assert listed == [DISTRICT, BESIDE]
    assert district.get(RIGHTS).get_json()["items"] == []
    for unit, expected in (
        (CITY, (403, "own_unit")),
        (HALL, (422, "invalid_right")),
        (REGION, (404, "not_found")),
        ("x", (404, "not_found")),
    ):
        assert refusal(_opened(sun, unit)) == expected
    assert refusal(_opened(sun, ends_on=day_in(-1))) == (422, "invalid_right")
    assert refusal(sun.delete(f"{RIGHTS}/{DISTRICT}")) == (409, "no_right")
    for _ in range(2):  # anew is no other right
        assert _opened(han, ends_on=day_in(30)).status_code == 204
    [first, second] = sun.get(RIGHTS).get_json()["items"]
    assert (first["ends_on"], second["starts_on"]) == (day_in(30), None)
    assert sun.delete(f"{RIGHTS}/{DISTRICT}").status_code == 204


def test_where_nobody_above_decides_an_application_is_not_handed_in(
    bank: Visitor, deps: Deps
) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(Unit).where(Unit.code == BANK).values(parent_id=None))
    made = begun(bank)
    proved(bank, made)
    assert refusal(step(bank, made, "submission")) == (409, "no_decider")


def test_a_right_whose_days_have_passed_is_not_shown_as_open(
    app: Flask, sun: Visitor, deps: Deps
) -> None:
    assert _opened(sun, ends_on=day_in(0)).status_code == 204
    assert sun.get(RIGHTS).get_json()["items"][0]["open"] is True
    yesterday = local_day(read_clock()) - timedelta(days=1)
    with deps.db.begin() as tx:
        tx.execute(update(ApprovalRight).values(ends_on=yesterday))
    assert sun.get(RIGHTS).get_json()["items"][0]["open"] is False
    page = sun.get("/manager/approval-rights").text
    assert "已到期" in page
    assert "已开放" not in page
