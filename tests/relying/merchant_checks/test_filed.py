"""A platform applies with its registration, is approved by two and filed, and only then checks lists; nobody shows for its items."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete

from tests.support.applications import (
    day_in,
    filed,
    passed,
    proved,
    step,
    took,
    without_applications,
)
from tests.support.beyond import beyond, grant_ids
from tests.support.merchants import COMPANY, ITEM, PLATFORM_UNIT, file_of, send
from tests.support.people import Machine, Visitor, credentials, sign_in
from tests.support.showing import FOOD, identifier_of, refusal
from tests.support.units import REGION, add_member, responsible_at
from wallet.base.deps import Deps
from wallet.catalogue.matters import find_matters, matter_of
from wallet.relying.model import ClientGrant, Grant

APPLICATIONS = "/api/v1/applications"


def asked_for(type_code: str = "business-licence") -> dict[str, object]:
    """What the platform asks for."""
    return {
        "types": [{"type": type_code, "fields": ["name", "number"]}],
        "reason": "核对入驻商户的营业执照",
        "starts_on": None,
        "ends_on": day_in(300),
        "quota_per_day": 10_000,
        "networks": None,
        "no_secrets": True,
    }


def test_a_platform_checks_lists_once_what_it_applied_for_is_filed(
    app: Flask, deps: Deps, platform: Machine
) -> None:
    without_applications(app)
    with deps.db.begin() as tx:
        for table, column in ((ClientGrant, ClientGrant.grant_id), (Grant, Grant.id)):
            tx.execute(delete(table).where(column.in_(grant_ids(deps, ITEM))))
    file = file_of([COMPANY], "ndjson")
    beyond(send(platform, file))
    party = responsible_at(app, PLATFORM_UNIT, "platform-bo", [])
    first, second = (manager_of_region(app, login) for login in ("manager-a", "manager-b"))
    answer = party.post(APPLICATIONS, {"item": ITEM, "content": asked_for()})
    assert answer.status_code == 201, answer.text
    made = answer.get_json()["id"]
    assert proved(party, made).status_code == 201
    took(step(party, made, "submission"))
    assert passed(first, second, made)["state"] == "approved"
    beyond(send(platform, file))
    assert filed(second, made)["state"] == "granted"
    [grant] = grant_ids(deps, ITEM)
    bound = first.http.put(
        f"/api/v1/grants/{grant}/clients",
        json={"clients": ["demo-platform"]},
        headers=first._csrf(),
    )
    assert bound.status_code == 204
    assert send(platform, file).status_code == 202


def manager_of_region(app: Flask, login: str) -> Visitor:
    """A manager above the platform."""
    add_member(app, login, REGION, ["manager"])
    return sign_in(app, login)


def test_no_other_unit_applies_for_a_platforms_item(app: Flask) -> None:
    without_applications(app)
    for login in ("desk-qian", "desk-bank"):
        body = {"item": ITEM, "content": asked_for()}
        assert refusal(sign_in(app, login).post(APPLICATIONS, body)) == (404, "not_found")


def test_nobody_is_offered_a_platforms_item_to_show_for(app: Flask, deps: Deps) -> None:
    matters, _more = find_matters(deps, ["business-licence", FOOD], "", 200)
    codes = {matter.code for matter in matters}
    assert "open-a-shop" in codes
    assert ITEM not in codes
    assert matter_of(deps, ITEM) is None
    li = sign_in(app, "holder-li")
    body = {
        "delegate": credentials(deps.config.data, "people")["delegate-li"],
        "licences": [identifier_of(li, FOOD)],
        "items": [ITEM],
        "ends_on": day_in(30),
    }
    assert refusal(li.post("/api/v1/me/delegations", body)) == (422, "unknown_item")


def test_its_page_says_that_nobody_is_asked_and_who_sees_it(app: Flask) -> None:
    page = app.test_client().get(f"/items/{ITEM}").text
    assert "平台核验" in page
    assert "持证人在使用记录里看得到" in page
    assert "持证人出示即可" not in page


def test_the_managing_unit_sees_how_many_lines_were_checked(
    app: Flask, deps: Deps, platform: Machine
) -> None:
    manager = manager_of_region(app, "manager-a")
    assert send(platform, file_of([COMPANY] * 3, "ndjson")).status_code == 202
    assert send(platform, file_of([COMPANY], "ndjson"), type="business-licence").status_code == 202
    told = [
        manager.get(f"/api/v1/grants/{grant}/traffic").get_json() for grant in grant_ids(deps, ITEM)
    ]
    assert sorted(one["lines"] for one in told) == [3, 4]
    assert {one["judged"] for one in told} == {0}
    pages = [manager.get(f"/manager/grants/{grant}").text for grant in grant_ids(deps, ITEM)]
    assert sum("核对名单" in page for page in pages) == 2
