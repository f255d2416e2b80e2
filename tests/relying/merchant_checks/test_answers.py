"""Each line is answered match, no match or changed, and what is no match is the same for every reason."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support.licences import (
    OTHER_ISSUER_CODE,
    client_of,
    day,
    food_licence,
    issue,
    person,
)
from tests.support.merchants import COMPANY, ITEM, LI, answer_all, answers, result, sent
from tests.support.people import Machine, sign_in
from tests.support.showing import OPERATOR, identifier_of, set_licence
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.holders.names import normalise_name
from wallet.licences.model import HOLDER_NAME, IDENTIFIER, NUMBER, Licence, LicenceHolder
from wallet.relying.merchant_checks.model import MerchantLine
from wallet.relying.model import Grant

Body = dict[str, Any]
PATH: Final = "/api/v1/licences"


def set_status(issuer: Machine, identifier: str, status: str, code: str) -> None:
    """As its issuer."""
    body = {"status": status, "code": code, "reason": "整改（演示）", "basis": "演示"}
    assert issuer.post(f"{PATH}/{identifier}/status", body).status_code == 200


def by_number(body: Body) -> Body:
    """A line that asks for a licence by its number and its holder's name."""
    return {"number": body["number"], "name": body["holders"][0]["name"]}


def test_a_licence_is_found_by_identifier_or_by_number_and_name(
    app: Flask, deps: Deps, platform: Machine, issuer: Machine
) -> None:
    body = food_licence(deps.config.data)
    identifier = issue(issuer, body)["identifier"]
    lines = [{"identifier": identifier}, by_number(body), COMPANY, LI]
    assert answers(app, platform, lines) == ["match"] * 4


@pytest.mark.parametrize("written", [str.lower, lambda text: f" {text} ", lambda text: "".join(
    chr(ord(character) + 0xFEE0) if character.isalnum() else character for character in text)])  # fmt: skip
def test_it_is_found_however_its_number_is_typed(
    app: Flask, platform: Machine, written: Any
) -> None:
    line = {"number": written(LI["number"]), "name": " 李 明"}
    assert answers(app, platform, [line]) == ["match"]


def test_no_match_is_the_same_for_every_reason(
    app: Flask, deps: Deps, platform: Machine, issuer: Machine
) -> None:
    pending = issue(issuer, food_licence(deps.config.data))["identifier"]
    set_licence(deps, pending, issued_at=None)
    lines = [
        {"identifier": "1.2.156.3005.2.11100000MADEM1014H025.11150602MADEM0230U.0000000.001.0"},
        {"number": "JY00000000000000", "name": "李明"},
        LI | {"name": "李四"},
        {"identifier": identifier_of(sign_in(app, "holder-li"), OPERATOR)},
        {"identifier": pending},
    ]
    assert answers(app, platform, lines) == ["no_match"] * 5


def test_only_the_type_that_is_asked_for_is_looked_for(app: Flask, platform: Machine) -> None:
    assert answers(app, platform, [COMPANY, LI], type="business-licence") == ["match", "no_match"]


def test_what_does_not_stand_has_changed(
    app: Flask, deps: Deps, platform: Machine, issuer: Machine
) -> None:
    data = deps.config.data
    bodies = [food_licence(data) for _ in range(3)]
    suspended, revoked, resumed = (issue(issuer, body)["identifier"] for body in bodies)
    set_status(issuer, suspended, "suspended", "02")
    set_status(issuer, revoked, "revoked", "07")
    set_status(issuer, resumed, "suspended", "02")
    set_status(issuer, resumed, "valid", "01")
    today = food_licence(data, valid_until=day(0))
    over = food_licence(data, issued_on=day(-9), valid_from=day(-9), valid_until=day(-1))
    ahead = food_licence(data, valid_from=day(1))
    lines = [by_number(body) for body in bodies]
    for body in (today, over, ahead):
        issue(issuer, body)
        lines.append(by_number(body))
    expected = ["changed", "changed", "match", "match", "changed", "changed"]
    assert answers(app, platform, lines) == expected


def test_an_older_version_has_changed_and_its_number_finds_the_newer(
    app: Flask, deps: Deps, platform: Machine, issuer: Machine
) -> None:
    body = food_licence(deps.config.data)
    old = issue(issuer, body)["identifier"]
    company = {"kind": "person", "code_type": "414", "code": "E12345678", "name": "新名"}
    new = issue(issuer, body | {"version": 2, "holders": [company]})["identifier"]
    lines = [{"identifier": old}, {"identifier": new}, by_number(body),
             {"number": body["number"], "name": "新名"}]  # fmt: skip
    assert answers(app, platform, lines) == ["changed", "match", "changed", "match"]


def test_since_a_day_a_change_that_is_over_counts(
    app: Flask, deps: Deps, platform: Machine, issuer: Machine
) -> None:
    data = deps.config.data
    bodies = [food_licence(data) for _ in range(3)]
    first, *_ = (issue(issuer, body)["identifier"] for body in bodies)
    set_status(issuer, first, "suspended", "02")
    set_status(issuer, first, "valid", "01")
    issue(issuer, bodies[1] | {"version": 2})
    lines = [by_number(body) for body in bodies]
    assert answers(app, platform, lines) == ["match"] * 3
    assert answers(app, platform, lines, since=day(0)) == ["changed", "changed", "match"]


def test_one_number_of_two_issuers_matches_whichever_stands(
    app: Flask, deps: Deps, platform: Machine, issuer: Machine
) -> None:
    body = food_licence(deps.config.data)
    mine = issue(issuer, body)["identifier"]
    other = client_of(app, OTHER_ISSUER_CODE, "issuing")
    issue(other, body | {"area_code": "150603"})
    set_status(issuer, mine, "suspended", "02")
    assert answers(app, platform, [by_number(body)]) == ["match"]


def oracle(deps: Deps, lines: Sequence[Body], types: set[int]) -> list[str]:
    """The answers by going through every licence that there is, by the words of the rule alone."""
    query = select(Licence, LicenceHolder.name_sealed).join(
        LicenceHolder, LicenceHolder.licence_id == Licence.id
    )
    every = []
    for row in deps.db.rows(query):
        opened = (
            deps.vault.open(row.identifier_sealed, IDENTIFIER),
            deps.vault.open(row.number_sealed, NUMBER),
            normalise_name(deps.vault.open(row.name_sealed, HOLDER_NAME)),
        )
        every.append((*opened, row))
    today, told = local_day(read_clock()), []
    for line in lines:
        found = [
            row
            for identifier, number, name, row in every
            if row.type_id in types
            and row.issued_at is not None
            and (
                identifier == line["identifier"]
                if "identifier" in line
                else (number, name) == (line["number"], normalise_name(line["name"]))
            )
        ]
        good = [
            row
            for row in found
            if row.superseded_at is None
            and row.status == "valid"
            and row.valid_from <= today
            and (row.valid_until is None or today <= row.valid_until)
        ]
        told.append("match" if good else "changed" if found else "no_match")
    return told


def test_random_lists_are_answered_as_going_through_all_licences_would(
    app: Flask, deps: Deps, platform: Machine, issuer: Machine
) -> None:
    dice, data = random.Random(20261128), deps.config.data
    people = [
        person(data),
        {"kind": "person", "code_type": "414", "code": "E1234567", "name": "A B"},
    ]
    lines: list[Body] = []
    for at in range(40):
        ends = dice.choice([day(-1), day(0), day(30), None])
        body = food_licence(data, holders=[dice.choice(people)], issued_on=day(-9),
                            valid_from=dice.choice([day(-9), day(-2)]), valid_until=ends)  # fmt: skip
        identifier = issue(issuer, body, f"{at}")["identifier"]
        if ends is None and dice.random() < 0.5:
            identifier = issue(issuer, body | {"version": 2}, f"{at}b")["identifier"]
        if dice.random() < 0.3 and ends != day(-1):
            set_status(issuer, identifier, *dice.choice([("suspended", "02"), ("revoked", "07")]))
        lines += [{"identifier": identifier}, by_number(body)]
    lines += [
        line | {"name": dice.choice(["李明", "A B", "李四"])} for line in lines if "name" in line
    ]
    lines += [{"number": f"JY{dice.randrange(10**9)}", "name": "李明"} for _ in range(100)]
    lines += [dict(dice.choice(lines)) for _ in range(300)]
    dice.shuffle(lines)

    granted = select(Grant.type_id).join(UseItem).where(UseItem.code == ITEM)
    types = {row.type_id for row in deps.db.rows(granted)}
    expected = oracle(deps, lines, types)
    assert {"match", "changed", "no_match"} == set(expected)
    assert answers(app, platform, lines) == expected


def test_a_line_that_cannot_be_opened_any_more_keeps_no_other_waiting(
    deps: Deps, platform: Machine
) -> None:
    check = sent(platform, [COMPANY, LI])
    with deps.db.begin() as tx:
        tx.execute(
            update(MerchantLine)
            .where(MerchantLine.asked_sealed.is_not(None), MerchantLine.line == _first(deps))
            .values(asked_sealed=b"sealed with another key, so long that it has a nonce")
        )
    answer_all(deps)
    assert [row["answer"] for row in result(platform, check["id"])] == ["unreadable", "match"]


def _first(deps: Deps) -> int:
    return int(deps.db.rows(select(func.min(MerchantLine.line)))[0][0])
