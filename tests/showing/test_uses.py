"""A holder sees every use of the own licences, and nobody else does (M-21)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.delegations import delegate
from tests.support.licences import food_licence, issue, person
from tests.support.people import Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import (
    IDENTITY,
    RENEWAL,
    SENIOR,
    created,
    open_code,
    refusal,
    show,
    verify,
    withdraw,
)
from verify.jws import encode_bytes


def uses(holder: Visitor, query: str = "") -> dict[str, Any]:
    answer = holder.get(f"/api/v1/me/uses{query}")
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.get_json()
    return page


def test_a_use_says_when_who_where_for_what_and_which_fields(li: Visitor, zhao: Visitor) -> None:
    assert uses(li) == {"items": [], "next_cursor": None}
    verdict = verify(zhao, show(li)["text"])
    assert uses(li)["items"] == [
        {
            "id": verdict["id"],
            "at": verdict["checked_at"],
            "unit": "东胜区政务服务大厅（演示）",
            "terminal": "3 号窗口",
            "item": RENEWAL,
            "item_name": "食品经营许可证延续",
            "item_name_en": "Food permit renewal",
            "identifier": verdict["licences"][0]["identifier"],
            "licence_type": "食品经营许可证",
            "licence_type_en": "Food Operation Permit",
            "fields": [field["label"] for field in verdict["licences"][0]["fields"]],
            "fields_en": [field["label_en"] for field in verdict["licences"][0]["fields"]],
            "asked": [],
            "asked_en": [],
            "outcome": "accepted",
            "reason": "ok",
            "shown_by": "holder",
            "served": None,
            "offline": False,
            "role": "own",
            "under": None,
            "holder": None,
            "acted": None,
            "counter": None,
            "kind": "use",
            "cause": None,
            "case": None,
            "paper_asked": [],
            "evidence": None,
            "act": None,
        }
    ]


def test_refusals_of_a_readable_code_are_listed_without_fields(li: Visitor, zhao: Visitor) -> None:
    code = show(li)
    assert withdraw(li, code).status_code == 204
    verify(zhao, code["text"])
    (use,) = uses(li)["items"]
    assert (use["outcome"], use["reason"], use["fields"]) == ("refused", "withdrawn", [])


def test_what_the_desk_did_next_is_listed(li: Visitor, zhao: Visitor) -> None:
    verdict = verify(zhao, show(li)["text"])
    outcome = {"outcome": "person_mismatch"}
    assert zhao.post(f"/api/v1/verifications/{verdict['id']}/outcome", outcome).status_code == 204
    assert uses(li)["items"][0]["served"] == "person_mismatch"


def test_a_delegates_showing_is_in_the_history_of_both_and_of_nobody_else(
    elder: Visitor, granddaughter: Visitor, li: Visitor, zhao: Visitor
) -> None:
    verify(zhao, show(granddaughter, SENIOR, role="delegate")["text"], "senior-allowance")
    (use,) = uses(elder)["items"]
    assert (use["shown_by"], use["outcome"], use["role"]) == ("delegate", "accepted", "own")
    assert (use["under"]["grantor"], use["under"]["delegate"]) == ("王秀英", "李娜")
    assert uses(granddaughter)["items"] == [use | {"role": "delegate"}]
    assert uses(li)["items"] == []


def test_a_delegate_sees_the_own_showings_and_none_of_the_grantors(
    elder: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    verify(zhao, show(elder, SENIOR)["text"], "senior-allowance")
    clock.advance(1)
    assert uses(granddaughter)["items"] == []
    code = show(granddaughter, SENIOR, role="delegate")
    mine = verify(zhao, code["text"], "senior-allowance")["id"]
    assert [use["id"] for use in uses(granddaughter)["items"]] == [mine]
    assert len(uses(elder)["items"]) == 2
    under = uses(elder)["items"][0]["under"]["id"]
    for visitor in (elder, granddaughter):
        assert [use["id"] for use in uses(visitor, f"?delegation={under}")["items"]] == [mine]


def test_the_history_of_a_delegation_outlives_it(
    elder: Visitor, granddaughter: Visitor, li: Visitor, zhao: Visitor
) -> None:
    verify(zhao, show(granddaughter, SENIOR, role="delegate")["text"], "senior-allowance")
    under = uses(granddaughter)["items"][0]["under"]["id"]
    assert elder.delete(f"/api/v1/me/delegations/{under}").status_code == 204
    assert len(uses(granddaughter)["items"]) == 1
    assert len(uses(elder, f"?delegation={under}")["items"]) == 1
    assert refusal(li.get(f"/api/v1/me/uses?delegation={under}")) == (404, "not_found")


def test_a_joint_holder_reads_the_delegates_name_masked(
    app: Flask, li: Visitor, elder: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    deps = deps_of(app)
    data = deps.config.data
    body = food_licence(data, holders=[person(data, "holder-elder"), person(data)])
    joint = issue(machine(app, data, "issuer"), body)["identifier"]
    delegate(deps, clock.now, "holder-li", joint)
    verify(zhao, created(open_code(granddaughter, joint))["text"])
    assert uses(li)["items"][0]["under"]["delegate"] == "李娜"
    assert uses(elder)["items"][0]["under"]["delegate"] == "李*"


def test_strangers_see_none_and_desks_may_not_ask(
    app: Flask, li: Visitor, elder: Visitor, zhao: Visitor
) -> None:
    verify(zhao, show(li)["text"])
    assert uses(elder)["items"] == uses(sign_in(app, "holder-company"))["items"] == []
    assert refusal(zhao.get("/api/v1/me/uses")) == (403, "not_permitted")
    assert refusal(Visitor(app).get("/api/v1/me/uses")) == (401, "not_signed_in")


def test_pages_follow_each_other_newest_first_and_lose_nothing(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    made = []
    clock.advance(0.123456)  # a cursor carries all of it
    for number in range(5):
        clock.advance(number % 2)  # two of them in the same second
        made.append(verify(zhao, show(li)["text"])["id"])
    pages: list[list[str]] = []
    cursor = ""
    while not pages or cursor:
        page = uses(li, f"?limit=2&cursor={cursor}" if cursor else "?limit=2")
        pages.append([use["id"] for use in page["items"]])
        cursor = page["next_cursor"]
    assert [len(page) for page in pages] == [2, 2, 1]
    listed = [id for page in pages for id in page]
    assert sorted(listed) == sorted(made)
    assert listed[0] in made[3:]
    times = [use["at"] for use in uses(li)["items"]]
    assert times == sorted(times, reverse=True)


def test_a_code_of_two_licences_is_two_uses_and_no_page_loses_one(
    li: Visitor, zhao: Visitor
) -> None:
    types = ("driving-licence", "special-equipment-operator")
    verdicts = [verify(zhao, show(li, *types)["text"], IDENTITY) for _ in range(2)]
    expected = sorted((v["id"], row["identifier"]) for v in verdicts for row in v["licences"])
    assert len(expected) == 4
    listed, cursor = [], ""
    while True:
        page = uses(li, f"?limit=1&cursor={cursor}" if cursor else "?limit=1")
        listed += [(use["id"], use["identifier"]) for use in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert sorted(listed) == expected


def cursor_of(text: str) -> str:
    return encode_bytes(text.encode())


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=%20",
        f"cursor={cursor_of('2026-11-22T00:00:00+00:00 id')}",
        f"cursor={cursor_of('2026-11-22T00:00:00 id 1')}",
        f"cursor={cursor_of('9999-12-31T23:59:59-12:00 id 1')}",
        f"cursor={cursor_of('2026-11-22T00:00:00+00:00 id 2147483648')}",
        f"cursor={cursor_of('2026-11-22T00:00:00+00:00 id -1')}",
        f"cursor={cursor_of(chr(0) + ' id 1')}",
        f"cursor={'A' * 129}",
    ],
)
def test_a_page_that_cannot_be_is_refused(shared_app: Flask, clock: Clock, query: str) -> None:
    li = sign_in(shared_app, "holder-li")
    assert refusal(li.get(f"/api/v1/me/uses?{query}"))[0] == 422


def test_the_greatest_cursor_is_an_empty_page(li: Visitor, zhao: Visitor) -> None:
    verify(zhao, show(li)["text"])
    cursor = cursor_of("0001-01-01T00:00:00+00:00 id 2147483647")
    assert uses(li, f"?cursor={cursor}") == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("path", ["/api/v1/me/licences", "/api/v1/catalogue", "/api/v1/items"])
def test_a_list_by_number_ends_beyond_its_last_and_refuses_no_number_of_ours(
    shared_app: Flask, clock: Clock, path: str
) -> None:
    li = sign_in(shared_app, "holder-li")
    assert li.get(f"{path}?cursor=2147483647").get_json()["items"] == []
    for cursor in ("2147483648", "999999999999999", "-1", "1.0", "٣", "0" * 11, ""):
        assert refusal(li.get(f"{path}?cursor={cursor}")) == (422, "invalid_cursor"), cursor
