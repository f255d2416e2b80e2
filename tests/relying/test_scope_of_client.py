"""A machine client works under the grants that are bound to it, staff under all of their unit's (一证一接口)."""

from __future__ import annotations

from tests.support.beyond import alerts, beyond, unbind
from tests.support.people import Machine, Visitor
from tests.support.showing import IDENTITY, RENEWAL, ask, show, state, verify
from wallet.base.deps import Deps


def test_a_client_without_the_grant_is_refused_where_staff_of_its_unit_are_not(
    li: Visitor, zhao: Visitor, reception: Machine, deps: Deps
) -> None:
    unbind(deps)
    code = show(li)
    assert "事项" in beyond(ask(reception, code["text"], terminal="1"))
    assert state(li, code)["state"] == "waiting"
    assert RENEWAL not in reception.get("/api/v1/me").get_json()["items"]
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_its_other_grants_go_on(li: Visitor, reception: Machine, deps: Deps) -> None:
    unbind(deps)
    code = show(li, "driving-licence")
    assert verify(reception, code["text"], IDENTITY, terminal="1")["verdict"] == "accepted"


def test_what_it_was_given_is_not_read_again_once_the_grant_is_no_longer_its_own(
    li: Visitor, reception: Machine, deps: Deps
) -> None:
    verdict = verify(reception, show(li)["text"], terminal="1")
    path = f"/api/v1/verifications/{verdict['id']}"
    assert reception.get(path).get_json()["licences"]
    unbind(deps)
    assert reception.get(path).get_json()["licences"] == []


def test_a_refusal_is_alerted_once_however_often_it_comes(
    li: Visitor, reception: Machine, deps: Deps
) -> None:
    unbind(deps)
    text = show(li)["text"]
    for _ in range(3):
        beyond(ask(reception, text, terminal="1"))
    (row,) = alerts(deps)
    assert (row.item, row.cause, row.times) == (RENEWAL, "item", 3)
    assert row.closed_at is None
    assert row.first_at <= row.last_at
