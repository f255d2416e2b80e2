"""Whoever did not bring it about is told in the inbox, and an entry leads to the delegation."""

from __future__ import annotations

from typing import Any

from tests.licences.delegations.test_offering import STRANGER
from tests.support.clock import Clock
from tests.support.delegations import PATH, accepted, answered, body_of, offered
from tests.support.people import Visitor
from tests.support.showing import FOOD, identifier_of, refusal
from wallet.base.deps import Deps
from wallet.queue.fan_out import fan_out

INBOX = "/api/v1/me/inbox"


def news(visitor: Visitor, delegation: str) -> list[dict[str, Any]]:
    """Entries of a delegation, oldest first."""
    items = visitor.get(f"{INBOX}?limit=200").get_json()["items"]
    return [one for one in reversed(items) if one.get("delegation", {}).get("id") == delegation]


def acts(visitor: Visitor, delegation: str) -> list[str]:
    return [one["act"] for one in news(visitor, delegation)]


def test_each_side_is_told_of_what_the_other_did(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    fan_out(deps, clock.now)
    (told,) = news(granddaughter, made["id"])
    assert told["delegation"] == {
        "id": made["id"], "kind": "family", "grantor": "李明", "delegate": "李娜", "begins_on": None,
    }  # fmt: skip
    assert told["licence"] is None
    accepted(granddaughter, made)
    assert li.delete(f"{PATH}/{made['id']}").status_code == 204
    fan_out(deps, clock.now)
    assert acts(li, made["id"]) == ["delegation_accepted"]
    assert acts(granddaughter, made["id"]) == ["delegation_offered", "delegation_ended"]
    opened = granddaughter.post(f"{INBOX}/{told['id']}/read").get_json()
    assert opened == {"licence": None, "delegation": made["id"]}
    assert refusal(li.post(f"{INBOX}/{told['id']}/read")) == (404, "not_found")


def test_declined_given_up_and_taken_back_are_told_apart(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    food = identifier_of(li, FOOD)
    made = []
    for act in ("decline", "give up", "take back"):
        one = offered(li, body_of(clock.now, "delegate-li", food))
        made.append(one["id"])
        if act == "decline":
            answered(granddaughter, one["id"], accept=False)
        elif act == "give up":
            accepted(granddaughter, one)
            granddaughter.delete(f"{PATH}/{one['id']}")
        else:
            li.delete(f"{PATH}/{one['id']}")
    fan_out(deps, clock.now)
    declined, given_up, taken_back = made
    assert acts(li, declined) == ["delegation_declined"]
    assert acts(li, given_up) == ["delegation_accepted", "delegation_ended"]
    assert acts(li, taken_back) == []
    assert acts(granddaughter, taken_back) == ["delegation_offered", "delegation_withdrawn"]
    assert acts(granddaughter, declined) == acts(granddaughter, given_up) == ["delegation_offered"]


def test_a_wrong_name_and_an_unknown_person_are_told_nothing(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    food = identifier_of(li, FOOD)
    body = body_of(clock.now, "delegate-li", food)
    misnamed = offered(li, body | {"delegate": body["delegate"] | {"name": "李那"}})
    offered(li, body | {"delegate": STRANGER})
    fan_out(deps, clock.now)
    assert news(granddaughter, misnamed["id"]) == []


def test_an_offer_waits_for_whoever_signs_in_for_the_first_time(
    li: Visitor, granddaughter: Visitor, clock: Clock, deps: Deps
) -> None:
    """An offer is found by code and name, not by a notice: an account need not be there yet."""
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    assert news(granddaughter, made["id"]) == []
    assert accepted(granddaughter, made)["state"] == "active"
