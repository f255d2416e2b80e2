"""A licence speaks of the holder who shows it, under the name that the licence gives."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from tests.support.clock import Clock
from tests.support.delegations import delegate
from tests.support.library import account_id, licence_id
from tests.support.licences import food_licence, issue, person, stored_licence
from tests.support.people import Visitor, machine
from tests.support.showing import claims_of, created, next_code, open_code, refusal
from verify.credential import read_credential
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.holders.model import Representative
from wallet.licences.model import CREDENTIAL, LicenceHolder

COMPANY = {"kind": "organisation", "code_type": "001", "code": "91150602MADEM0601A", "name": "公司"}


def issued(app: Flask, deps: Deps, *holders: dict[str, Any]) -> str:
    """The identifier of a new permit of these holders."""
    body = food_licence(deps.config.data, holders=list(holders))
    identifier: str = issue(machine(app, deps.config.data, "issuer"), body)["identifier"]
    return identifier


def represent(deps: Deps, clock: Clock, login: str, identifier: str) -> None:
    """Let a persona act for the holder of a licence."""
    holder = select(LicenceHolder.holder_id).where(
        LicenceHolder.licence_id == licence_id(deps, identifier)
    )
    account = account_id(deps, login)
    with deps.db.begin() as tx:
        values = {"account_id": account, "holder_id": tx.execute(holder).scalar_one()}
        tx.execute(insert(Representative), values | {"starts_on": local_day(clock.now)})


def names(visitor: Visitor, *identifiers: str) -> tuple[str | None, str | None]:
    """The name in the first and in the next code of a showing."""
    first = created(open_code(visitor, *identifiers))
    following = created(next_code(visitor, first))
    return claims_of(first["text"]).get("n"), claims_of(following["text"]).get("n")


def card(visitor: Visitor, identifier: str) -> dict[str, Any]:
    """A licence as its page in the wallet has it."""
    members: dict[str, Any] = visitor.get(f"/api/v1/me/licences/{identifier}").get_json()
    return members


def test_each_licence_keeps_the_name_that_it_was_issued_under(
    app: Flask, li: Visitor, deps: Deps
) -> None:
    before = li.get("/api/v1/me").get_json()["name"]
    identifier = issued(app, deps, person(deps.config.data) | {"name": "黎明"})
    credential = deps.vault.open(stored_licence(deps, identifier).credential_sealed, CREDENTIAL)
    [holder] = read_credential(credential, deps.keys.public)["holders"]
    assert holder["name"] == "黎明"
    assert names(li, identifier) == ("黎*", "黎*")
    assert card(li, identifier)["holder"] == "黎*"
    assert li.get("/api/v1/me").get_json()["name"] == before


def test_of_joint_holders_the_one_who_shows_is_named(
    app: Flask, li: Visitor, elder: Visitor, deps: Deps
) -> None:
    data = deps.config.data
    identifier = issued(app, deps, person(data, "holder-elder"), person(data))
    assert (names(li, identifier), card(li, identifier)["holder"]) == (("李*", "李*"), "李*")
    assert (names(elder, identifier), card(elder, identifier)["holder"]) == (("王*", "王*"), "王*")


def test_of_joint_holders_a_delegate_names_the_grantor(
    app: Flask, granddaughter: Visitor, deps: Deps, clock: Clock
) -> None:
    data = deps.config.data
    identifier = issued(app, deps, person(data, "holder-elder"), person(data))
    delegate(deps, clock.now, "holder-li", identifier)
    assert names(granddaughter, identifier) == ("李*", "李*")
    assert card(granddaughter, identifier)["holder"] == "李*"


def test_a_code_names_the_person_if_a_person_holds_any_of_its_licences(
    app: Flask, li: Visitor, deps: Deps, clock: Clock
) -> None:
    companys, own = issued(app, deps, COMPANY), issued(app, deps, person(deps.config.data))
    represent(deps, clock, "holder-li", companys)
    assert names(li, companys) == (None, None)
    assert names(li, companys, own) == names(li, own, companys) == ("李*", "李*")


def test_licences_go_into_one_code_where_one_delegation_covers_them_all(
    app: Flask, granddaughter: Visitor, deps: Deps, clock: Clock
) -> None:
    owner = person(deps.config.data, "holder-elder")
    one, two, three = (issued(app, deps, owner) for _ in range(3))
    delegate(deps, clock.now, "holder-elder", one)
    delegate(deps, clock.now, "holder-elder", one, two)
    delegate(deps, clock.now, "holder-elder", three)
    assert names(granddaughter, one, two) == ("王*", "王*")
    assert refusal(open_code(granddaughter, two, three)) == (422, "mixed_showing")
    held = granddaughter.get("/api/v1/me/licences?limit=200").get_json()["items"]
    assert [row["identifier"] for row in held].count(one) == 1
