"""A guardian shows a child's licences, under the child's name, until the last day or the end."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.consent import BANK_ACCOUNT, answer, outcome, recall
from tests.support.delegations import PATH as DELEGATIONS
from tests.support.delegations import body_of
from tests.support.licences import food_licence, issue
from tests.support.people import Visitor, machine, sign_in
from tests.support.representatives import (
    FATHER,
    IDENTITY_ITEM,
    RESIDENCE,
    child,
    end,
    enter,
    new,
    person_born,
    persona,
)
from tests.support.showing import (
    FOOD,
    claims_of,
    created,
    identifier_of,
    midnight_after,
    next_code,
    open_code,
    refusal,
    set_licence,
    show,
    state,
    verify,
)
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.find import find_holder
from wallet.holders.identify import find_citizen, open_account
from wallet.holders.model import Account
from wallet.licences.held import held_licences
from wallet.showing.freeze import freeze
from wallet.web.oidc.exchange import Answer
from wallet.web.oidc.finish import Found
from wallet.web.principal import Principal

API = "/api/v1/me"


@pytest.fixture
def father(app: Flask) -> Visitor:
    """The phone of the child's father."""
    return sign_in(app, FATHER)


def uses(holder: Visitor, query: str = "") -> list[dict[str, object]]:
    items: list[dict[str, object]] = holder.get(f"{API}/uses{query}").get_json()["items"]
    return items


def test_the_child_is_shown_by_a_delegate_and_named_in_the_code(
    father: Visitor, zhao: Visitor
) -> None:
    code = show(father, RESIDENCE, role="delegate")
    assert claims_of(code["text"])["n"] == "张*"
    verdict = verify(zhao, created(next_code(father, code))["text"], IDENTITY_ITEM)
    assert (verdict["verdict"], verdict["shown_by"]) == ("accepted", "delegate")
    shown = {field["key"]: field["value"] for field in verdict["licences"][0]["fields"]}
    assert shown["name"] == "张禾"
    assert state(father, code)["state"] == "used"


def test_in_the_wallet_it_is_told_whose_it_is_and_that_the_own_ones_are_others(
    father: Visitor,
) -> None:
    rows = father.get(f"{API}/licences").get_json()["items"]
    of_child = [row for row in rows if row["holder"] == "张禾"]
    assert [(row["type"]["code"], row["role"]) for row in of_child] == [(RESIDENCE, "delegate")]
    assert {row["role"] for row in rows if row not in of_child} == {"own"}
    page = father.get("/wallet").text
    assert "监护" in page
    assert "张禾的证照" in page


def test_own_licences_and_a_childs_do_not_go_into_one_code(father: Visitor) -> None:
    own = identifier_of(father, "business-licence")
    of_child = identifier_of(father, RESIDENCE, "delegate")
    assert refusal(open_code(father, own, of_child)) == (422, "mixed_showing")


def test_a_stranger_finds_nothing_of_a_child(app: Flask, father: Visitor) -> None:
    identifier = identifier_of(father, RESIDENCE, "delegate")
    li = sign_in(app, "holder-li")
    assert refusal(open_code(li, identifier)) == (404, "not_found")
    assert li.get(f"{API}/licences/{identifier}").status_code == 404
    assert li.get(f"/wallet/{identifier}").status_code == 404


def test_once_it_has_ended_the_code_on_the_screen_is_withdrawn(
    father: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(father, RESIDENCE, role="delegate")
    identifier = identifier_of(father, RESIDENCE, "delegate")
    end(deps, clock, persona(FATHER), child())
    assert verify(zhao, code["text"], IDENTITY_ITEM)["reason"] == "withdrawn"
    assert refusal(next_code(father, code)) == (409, "withdrawn")
    assert refusal(open_code(father, identifier)) == (404, "not_found")


def test_on_the_last_day_a_guardian_shows_and_the_day_after_no_more(
    app: Flask, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    enter(deps, clock, new(persona("delegate-li"), child(), local_day(clock.now)))
    mother = sign_in(app, "delegate-li")
    identifier = identifier_of(mother, RESIDENCE, "delegate")
    clock.now = midnight_after(clock.now)
    clock.advance(-31)
    mother, zhao = sign_in(app, "delegate-li"), sign_in(app, "desk-zhao")
    code = created(open_code(mother, identifier))
    assert verify(zhao, code["text"], IDENTITY_ITEM)["verdict"] == "accepted"
    again = created(open_code(mother, identifier))
    clock.advance(31)
    assert verify(zhao, again["text"], IDENTITY_ITEM)["reason"] == "withdrawn"
    assert refusal(open_code(mother, identifier)) == (404, "not_found")


def test_a_frozen_guardian_shows_nothing_and_the_other_one_does(
    app: Flask, father: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    enter(deps, clock, new(persona("delegate-li"), child()))
    mother = sign_in(app, "delegate-li")
    code = show(father, RESIDENCE, role="delegate")
    clock.advance(1)
    assert father.post(f"{API}/freeze").status_code == 204
    assert verify(zhao, code["text"], IDENTITY_ITEM)["reason"] == "withdrawn"
    shown = show(mother, RESIDENCE, role="delegate")
    assert verify(zhao, shown["text"], IDENTITY_ITEM)["verdict"] == "accepted"


def test_both_guardians_see_every_use_and_who_of_them_showed(
    app: Flask, father: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    enter(deps, clock, new(persona("delegate-li"), child()))
    mother = sign_in(app, "delegate-li")
    verify(zhao, show(father, RESIDENCE, role="delegate")["text"], IDENTITY_ITEM)
    (own,), (others,) = uses(father), uses(mother)
    assert (own["holder"], own["acted"]) == ("张禾", None)
    assert (others["holder"], others["acted"]) == ("张禾", "张磊")
    assert len(uses(father, "?by=me")) == len(uses(mother, "?by=others")) == 1
    assert "由 张磊 出示" in mother.get("/wallet/uses").text
    end(deps, clock, persona(FATHER), child())
    assert uses(father) == []
    assert [use["acted"] for use in uses(mother)] == ["张*"]


def test_a_desk_that_asks_is_answered_by_the_guardian_who_shows(
    app: Flask, father: Visitor, deps: Deps
) -> None:
    row = child()
    holder = {"kind": "person", "code_type": row.code_type, "code": row.code, "name": row.name}
    body = food_licence(deps.config.data, holders=[holder])
    issue(machine(app, deps.config.data, "issuer"), body)
    bank, code = sign_in(app, "desk-bank"), show(father, FOOD, role="delegate")
    pending = verify(bank, code["text"], BANK_ACCOUNT)
    assert state(father, code)["state"] == "asked"
    assert answer(father, code, True).status_code == 204
    told = recall(bank, pending)
    assert (*outcome(told), told["shown_by"]) == ("accepted", "ok", "delegate")


def test_a_child_that_has_frozen_its_own_phone_stops_no_guardian(
    father: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    with deps.db.begin() as tx:
        found = find_holder(tx, deps.vault, child().code_type, child().code)
        assert found is not None
        own = open_account(tx, found.id, clock.now)
    code = show(father, RESIDENCE, role="delegate")
    clock.advance(1)
    freeze(deps, holder_principal(deps, own), clock.now)
    assert next_code(father, code).status_code == 201
    assert verify(zhao, code["text"], IDENTITY_ITEM)["verdict"] == "accepted"


def test_a_childs_licence_that_does_not_stand_is_not_shown(
    father: Visitor, zhao: Visitor, deps: Deps
) -> None:
    identifier = identifier_of(father, RESIDENCE, "delegate")
    code = created(open_code(father, identifier))
    set_licence(deps, identifier, status="revoked", status_code="4")
    assert verify(zhao, code["text"], IDENTITY_ITEM)["reason"] == "licence_revoked"
    assert refusal(open_code(father, identifier)) == (409, "licence_revoked")


def test_a_guardian_hands_nothing_on(father: Visitor, clock: Clock) -> None:
    identifier = identifier_of(father, RESIDENCE, "delegate")
    offered = father.post(DELEGATIONS, body_of(clock.now, "holder-li", identifier))
    assert refusal(offered) == (404, "not_found")
    assert "授权他人代为出示" not in father.get(f"/wallet/{identifier}").text


def test_a_guardian_who_never_signed_in_finds_the_child_at_the_first_sign_in(
    deps: Deps, clock: Clock
) -> None:
    unknown = person_born(local_day(clock.now).replace(year=1990, month=1, day=2))
    enter(deps, clock, new(unknown, child()))
    claims = {"id_type": "111", "id_number": unknown.code, "id_number_verified": True}
    said = Answer(claims | {"name": unknown.name}, "e30.e30.AAAA", None)
    with deps.db.begin() as tx:
        found = find_citizen(tx, said, deps=deps, now=clock.now, add=True)
    assert isinstance(found, Found)
    held, _ = held_licences(deps, holder_principal(deps, found.id), clock.now, 10)
    assert [(one.type_code, one.delegation) for one in held] == [(RESIDENCE, "guardian")]


def holder_principal(deps: Deps, account: int) -> Principal:
    row = deps.db.row(select(Account.holder_id).where(Account.id == account))
    assert row is not None
    return Principal("holder", account, 0, "", holder_id=row.holder_id)
