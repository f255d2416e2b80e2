"""One licence on the issuer's page: what is masked, what is recorded, and the change of its status."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.licences import (
    OPERATOR,
    OTHER_ISSUER_CODE,
    client_of,
    encoded,
    food_licence,
    image,
    issue,
    operator_licence,
    person,
    stored_licence,
)
from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import counted_statements, events
from tests.support.staff import send_form, staff_of
from tests.support.statuses import BASIS, REASON, SUSPEND, changes_of, set_status
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.licences.model import Licence
from wallet.licences.search import Wanted, search_licences

PAGE = "/issuer/licences"
CHANGE = {"code": "02", "reason": REASON, "basis": BASIS}


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


@pytest.fixture
def identifier(issuer: Machine, deps: Deps) -> str:
    """A licence of the unit."""
    return str(issue(issuer, food_licence(deps.config.data))["identifier"])


def seen_of(page: str) -> str:
    """The last change that the confirmation page knew of."""
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_masked_values_and_the_photo_are_given_out_only_when_asked_for_and_that_is_recorded(
    chen: Visitor, issuer: Machine, deps: Deps
) -> None:
    code = person(deps.config.data)["code"]
    body = operator_licence(deps.config.data, encoded(image(8, 8)))
    address = f"{PAGE}/{issue(issuer, body)['identifier']}"
    masked = chen.get(address).text
    for hidden in (code, body["number"], "data:image/"):
        assert hidden not in masked
    shown = send_form(chen, address).text
    for value in (code, body["number"], "data:image/"):
        assert value in shown
    first, second = (fields for _, fields in events(deps, "licence.viewed")[-2:])
    assert (first["revealed"], second["revealed"]) == ([], ["number", "photo"])
    assert code not in str(first | second)
    assert body["type"] == OPERATOR


def test_another_units_licence_is_not_found_on_any_page(
    shared_app: Flask, chen: Visitor, deps: Deps
) -> None:
    other = client_of(shared_app, OTHER_ISSUER_CODE, "issuing")
    foreign = issue(other, food_licence(deps.config.data))["identifier"]
    answers = [
        chen.get(f"{PAGE}/{foreign}"),
        chen.get(f"{PAGE}/{foreign}.pdf"),
        chen.get(f"{PAGE}/{foreign}/status"),
        send_form(chen, f"{PAGE}/{foreign}"),
        send_form(chen, f"{PAGE}/{foreign}/status", **CHANGE, confirmed="1", seen="0"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert changes_of(deps, foreign) == []


def test_the_document_is_the_units_own_and_its_download_is_recorded(
    chen: Visitor, deps: Deps, identifier: str
) -> None:
    answer = chen.get(f"{PAGE}/{identifier}.pdf")
    assert answer.data.startswith(b"%PDF")
    _, told = events(deps, "licence.downloaded")[-1]
    assert (told["role"], told["actor"].split(":")[0]) == ("unit", "staff")


def test_a_change_is_chosen_checked_confirmed_and_done_once_however_often_it_is_sent(
    chen: Visitor, deps: Deps, identifier: str
) -> None:
    address = f"{PAGE}/{identifier}/status"
    asked = send_form(chen, address, **CHANGE)
    assert asked.status_code == 200
    assert changes_of(deps, identifier) == []
    confirmed = CHANGE | {"confirmed": "1", "seen": seen_of(asked.text)}
    for _ in range(2):
        answer = send_form(chen, address, **confirmed)
        assert (answer.status_code, answer.location) == (303, f"{PAGE}/{identifier}?changed=1")
    [change] = changes_of(deps, identifier)
    assert (change.act, change.client_id, change.staff_id is not None) == ("suspend", None, True)
    _, told = events(deps, "licence.status_changed")[-1]
    assert told["actor"] == f"staff:{change.staff_id}"
    page = chen.get(f"{PAGE}/{identifier}").text
    for word in ("暂扣", REASON, BASIS, "陈刚"):
        assert word in page


def test_reason_and_basis_are_needed_and_only_what_is_allowed_is_offered(
    chen: Visitor, deps: Deps, issuer: Machine, identifier: str
) -> None:
    address = f"{PAGE}/{identifier}/status"
    offered = chen.get(address).text
    assert re.findall(r'name="code" value="(\d+)"', offered) == ["02", "03", "04", "06", "07"]
    for missing in ("code", "reason", "basis"):
        answer = send_form(chen, address, **CHANGE | {missing: " "})
        assert answer.status_code == 422
        assert 'class="wrong-why"' in answer.text
    assert send_form(chen, address, **CHANGE | {"code": "05"}).status_code == 422
    set_status(issuer, identifier, SUSPEND | {"status": "revoked", "code": "07"})
    assert 'name="code"' not in chen.get(address).text
    for seen in ("0", "9" * 5000):
        late = send_form(chen, address, **CHANGE, confirmed="1", seen=seen)
        assert late.status_code == 409
    assert len(changes_of(deps, identifier)) == 1


def test_whoever_decided_on_what_is_no_longer_so_must_look_again(
    chen: Visitor, deps: Deps, issuer: Machine, identifier: str
) -> None:
    address = f"{PAGE}/{identifier}/status"
    seen = seen_of(send_form(chen, address, **CHANGE).text)
    set_status(issuer, identifier, SUSPEND | {"reason": "另一原因（演示）"})
    answer = send_form(chen, address, **CHANGE, confirmed="1", seen=seen)
    assert answer.status_code == 409
    assert "刚刚有了别的变更" in answer.text
    assert len(changes_of(deps, identifier)) == 1


def test_without_its_token_no_form_is_taken(chen: Visitor, deps: Deps, identifier: str) -> None:
    fields: dict[str, Any] = {**CHANGE, "confirmed": "1", "seen": "0"}
    for path in (f"{PAGE}/{identifier}/status", f"{PAGE}/{identifier}", "/issuer/search"):
        assert chen.http.post(path, data=fields).status_code == 403
    assert changes_of(deps, identifier) == []


def test_a_long_history_costs_no_more_statements_than_a_short_one(
    shared_app: Flask, chen: Visitor, deps: Deps, issuer: Machine, identifier: str
) -> None:
    with counted_statements(shared_app) as short:
        chen.get(f"{PAGE}/{identifier}")
    for number in range(3):
        set_status(issuer, identifier, SUSPEND | {"reason": f"原因{number}（演示）"})
    with counted_statements(shared_app) as long:
        chen.get(f"{PAGE}/{identifier}")
    assert len(short) == len(long)


def test_a_review_is_passed_by_another_than_sent_it_in_and_returned_with_a_reason(
    shared_app: Flask, chen: Visitor, deps: Deps
) -> None:
    waiting = search_licences(
        deps, staff_of(deps, "issuer-chen"), Wanted(status="in_review"), read_clock(), 50
    ).licences
    first, second = (f"{PAGE}/{licence.identifier}" for licence in waiting[:2])
    asked = chen.get(f"{first}/review").text
    for said in (waiting[0].number, "150602"):  # the number and the area are sealed as well
        assert f">{said}<" in asked
    assert send_form(chen, f"{first}/review").status_code == 422
    for reason in ("", "x" * 1001, "\u202e"):
        answer = send_form(chen, f"{first}/review", decision="return", reason=reason)
        assert answer.status_code == 422
    with deps.db.begin() as tx:
        own = stored_licence(deps, waiting[0].identifier)
        mine = update(Licence).where(Licence.id == own.id)
        tx.execute(mine.values(staff_id=staff_of(deps, "issuer-chen").id, client_id=None))
    refused = send_form(chen, f"{first}/review", decision="pass")
    assert refused.status_code == 409
    assert "另一人" in refused.text
    for _ in range(2):
        returned = send_form(
            chen, f"{first}/review", decision="return", reason="与材料不符（演示）"
        )
        assert returned.location == f"{first}?reviewed=return"
    assert 'data-status="returned"' in chen.get(first).text
    assert (
        send_form(chen, f"{second}/review", decision="pass").location == f"{second}?reviewed=pass"
    )
    assert 'data-status="valid"' in chen.get(second).text
