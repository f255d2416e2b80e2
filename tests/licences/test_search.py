"""An issuing unit's staff find the licences of their unit, by anything exact, and of no other."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.licences import (
    OTHER_ISSUER_CODE,
    client_of,
    day,
    food_licence,
    issue,
    person,
)
from tests.support.people import Machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import counted_statements, events
from tests.support.staff import send_form, staff_of
from tests.support.statuses import SUSPEND, set_status
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.errors import Invalid
from wallet.licences.search import Found, Wanted, search_licences
from wallet.web.principal import Principal

NAME = "阿拉坦·其其格"


@pytest.fixture(scope="module")
def deps(shared_app: Flask) -> Deps:
    """The Deps of the shared app."""
    return deps_of(shared_app)


@pytest.fixture(scope="module")
def staff(deps: Deps) -> Principal:
    """The demo's issuer."""
    return staff_of(deps, "issuer-chen")


@pytest.fixture(scope="module")
def sent(issuer: Machine, data: Any) -> dict[str, Any]:
    """A licence with a holder of its own."""
    holder = {"kind": "person", "code_type": "999", "code": "X-7A", "name": NAME}
    return issue(issuer, food_licence(data, holders=[holder], issued_on=day(-40)))


def look(deps: Deps, staff: Principal, **wanted: Any) -> Found:
    """The first page."""
    return search_licences(deps, staff, Wanted(**wanted), read_clock(), 50)


def identifiers(found: Found) -> list[str]:
    """What was found."""
    return [licence.identifier for licence in found.licences]


def test_number_identifier_code_and_name_find_it_however_they_are_typed(
    deps: Deps, staff: Principal, sent: dict[str, Any]
) -> None:
    number = sent["number"]
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number)
    for text in (
        number, number.lower(), f" {number} ", wide, sent["identifier"], sent["identifier"].lower(),
        "x-7a", "Ｘ-7A", NAME, "阿拉坦•其其格", "阿拉坦 · 其其格",
    ):  # fmt: skip
        assert identifiers(look(deps, staff, text=text)) == [sent["identifier"]], text
    for text in (
        number[:-1],
        sent["identifier"][:-1],
        "x-7",
        "阿拉坦",
        "其其格",
        "%",
        "_",
        "' OR 1",
    ):
        assert identifiers(look(deps, staff, text=text)) == [], text


def test_a_resident_number_in_lower_case_finds_every_licence_of_that_person(
    deps: Deps, staff: Principal, issuer: Machine, data: Any
) -> None:
    sent = issue(issuer, food_licence(data))
    found = look(deps, staff, text=person(data)["code"].lower())
    assert sent["identifier"] in identifiers(found)
    assert {licence.holder for licence in found.licences} == {"李*"}


def test_a_type_with_personal_numbers_shows_them_masked(deps: Deps, staff: Principal) -> None:
    found = look(deps, staff, type="special-equipment-operator")
    assert found.licences
    assert all("••••" in licence.number for licence in found.licences)


def test_another_units_licence_is_not_found(
    deps: Deps, staff: Principal, shared_app: Flask, data: Any
) -> None:
    other = client_of(shared_app, OTHER_ISSUER_CODE, "issuing")
    sent = issue(other, food_licence(data))
    for text in (sent["identifier"], sent["number"]):
        assert identifiers(look(deps, staff, text=text)) == []
    assert sent["identifier"] not in identifiers(look(deps, staff))


def test_filters_take_their_days_inclusive_and_the_status_as_it_stands(
    deps: Deps, staff: Principal, issuer: Machine, sent: dict[str, Any], data: Any
) -> None:
    on, text = read_clock().date().fromisoformat(day(-40)), sent["number"]
    before, after = on.fromisoformat(day(-41)), on.fromisoformat(day(-39))
    assert identifiers(look(deps, staff, text=text, issued_from=on, issued_to=on))
    assert not identifiers(look(deps, staff, text=text, issued_from=after))
    assert not identifiers(look(deps, staff, text=text, issued_to=before))
    bodies = {
        "valid": food_licence(data, valid_from=day(0), valid_until=day(0)),
        "expired": food_licence(data, valid_from=day(-9), issued_on=day(-9), valid_until=day(-1)),
        "not_yet_valid": food_licence(data, valid_from=day(1)),
        "suspended": food_licence(data),
    }
    made = {status: issue(issuer, body) for status, body in bodies.items()}
    set_status(issuer, made["suspended"]["identifier"], SUSPEND)
    for status in bodies:
        found = identifiers(look(deps, staff, status=status))
        assert {name for name, one in made.items() if one["identifier"] in found} == {status}
    assert not identifiers(look(deps, staff, status="pending"))
    assert not identifiers(look(deps, staff, type="driving-licence"))


def test_of_two_versions_the_number_finds_the_new_one_and_the_identifier_its_own(
    deps: Deps, staff: Principal, issuer: Machine, data: Any
) -> None:
    body = food_licence(data)
    first, second = issue(issuer, body), issue(issuer, body | {"version": 2})
    assert identifiers(look(deps, staff, text=body["number"])) == [second["identifier"]]
    [old] = look(deps, staff, text=first["identifier"]).licences
    assert (old.identifier, old.superseded) == (first["identifier"], True)


def test_pages_follow_one_another_without_loss_and_a_strange_cursor_is_refused(
    deps: Deps, staff: Principal, issuer: Machine, data: Any
) -> None:
    for _ in range(3):
        issue(issuer, food_licence(data))
    whole, paged, cursor = identifiers(look(deps, staff)), [], None
    while True:
        found = search_licences(deps, staff, Wanted(), read_clock(), 2, cursor)
        paged += identifiers(found)
        if (cursor := found.next_cursor) is None:
            break
    assert paged == whole
    with pytest.raises(Invalid):
        search_licences(deps, staff, Wanted(), read_clock(), 2, "x")


def test_many_cost_as_many_statements_as_one(
    shared_app: Flask, deps: Deps, staff: Principal, sent: dict[str, Any]
) -> None:
    with counted_statements(shared_app) as one:
        assert len(look(deps, staff, text=sent["number"]).licences) == 1
    with counted_statements(shared_app) as many:
        assert len(look(deps, staff).licences) > 3
    assert len(one) == len(many) == 4


def test_the_look_up_is_recorded_and_never_what_was_looked_for(
    deps: Deps, staff: Principal, sent: dict[str, Any]
) -> None:
    look(deps, staff, text=NAME)
    look(deps, staff, text=sent["identifier"])
    look(deps, staff, status="expired")
    look(deps, staff)
    told = [fields for _, fields in events(deps, "licence.searched")[-4:]]
    assert [event["by"] for event in told] == [
        ["number", "holder_code", "holder_name"], ["identifier"], ["filters"], ["latest"],
    ]  # fmt: skip
    assert [event["hits"] for event in told[:2]] == [1, 1]
    assert all(event["actor"] == staff.account for event in told)
    assert all(event["unit"] == staff.unit_id for event in told)
    assert all(event.keys() == {"actor", "unit", "by", "hits"} for event in told)


def test_the_address_of_the_results_has_what_was_looked_for_sealed(
    shared_app: Flask, sent: dict[str, Any]
) -> None:
    chen = sign_in(shared_app, "issuer-chen")
    form = {"text": NAME, "status": "valid", "type": "", "from": "", "to": day(0)}
    answer = send_form(chen, "/issuer/search", **form)
    assert answer.status_code == 303
    assert "%E9" not in answer.location
    assert NAME not in answer.location
    for _ in range(2):  # the page can be opened again
        page = chen.get(answer.location).get_data(as_text=True)
        assert sent["number"] in page
        assert f'value="{NAME}"' in page
        assert 'value="valid" selected' in page
    other = sign_in(shared_app, "issuer-chen").get(
        "/issuer/licences?q=AAAA&status=x&from=y&cursor="
    )
    assert other.status_code == 422
    assert sign_in(shared_app, "issuer-chen").get("/issuer/licences?q=A*&from=y").status_code == 200
