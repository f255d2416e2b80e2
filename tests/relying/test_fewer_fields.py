"""A desk may ask for fewer fields than its grant has; for one more it gets nothing at all."""

from __future__ import annotations

import pytest

from tests.support.beyond import alerts, beyond
from tests.support.consent import BANK_ACCOUNT, answer, recall
from tests.support.people import Visitor
from tests.support.showing import (
    DRIVING,
    FOOD,
    IDENTITY,
    RENEWAL,
    ask,
    events,
    fields_of,
    refusal,
    show,
    state,
    verify,
)
from wallet.base.deps import Deps

GRANTED = ["number", "operator_name", "premises", "business_items"]
"""What the renewal of a food permit sees of it."""


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (GRANTED, GRANTED),
        (["premises", "number", "number"], ["number", "premises"]),
        ([], []),
        ({FOOD: ["number"]}, ["number"]),
        ({}, []),
    ],
)
def test_what_is_asked_for_within_the_grant_is_given(
    li: Visitor, zhao: Visitor, wanted: object, given: list[str]
) -> None:
    verdict = verify(zhao, show(li)["text"], fields=wanted)
    assert fields_of(verdict) == [given]
    told = zhao.get(f"/api/v1/verifications/{verdict['id']}").get_json()
    assert fields_of(told) == [given]


@pytest.mark.parametrize(
    "wanted",
    [
        [*GRANTED, "credit_code"],
        ["no_such_field"],
        {FOOD: ["credit_code"]},
        {FOOD: ["number"], DRIVING: ["name"]},
        {"no-such-type": ["number"]},
    ],
)
def test_one_field_beyond_the_grant_is_refused_and_the_code_stays_good(
    li: Visitor, zhao: Visitor, deps: Deps, wanted: object
) -> None:
    code = show(li)
    assert "信息" in beyond(ask(zhao, code["text"], fields=wanted))
    assert events(deps)[-1][1]["cause"] == "fields"
    assert [(row.item, row.cause) for row in alerts(deps)] == [(RENEWAL, "fields")]
    assert state(li, code)["state"] == "waiting"
    assert verify(zhao, code["text"])["verdict"] == "accepted"


@pytest.mark.parametrize(
    "wanted",
    [None, "number", 1, [1], [""], ["a\n"], ["k" * 65], ["k"] * 201, {FOOD: "number"}, {FOOD: [None]},
     {f"t{n}": [] for n in range(201)}],
)  # fmt: skip
def test_what_is_no_list_of_keys_is_422(li: Visitor, zhao: Visitor, wanted: object) -> None:
    assert refusal(ask(zhao, show(li)["text"], fields=wanted))[0] == 422


def test_the_same_desk_never_reads_more_than_is_on_record(li: Visitor, zhao: Visitor) -> None:
    text = show(li)["text"]
    assert fields_of(verify(zhao, text, fields=["number"])) == [["number"]]
    again = verify(zhao, text)
    assert again["repeated"] is True
    assert fields_of(again) == [["number"]]
    assert fields_of(verify(zhao, text, fields=["number", "premises"])) == [["number"]]
    (use,) = li.get("/api/v1/me/uses?limit=1").get_json()["items"]
    assert len(use["licences"][0]["fields"] if "licences" in use else use["fields"]) == 1


def test_of_several_licences_each_gives_what_is_asked_of_it(li: Visitor, zhao: Visitor) -> None:
    code = show(li, DRIVING, "special-equipment-operator")
    verdict = verify(zhao, code["text"], IDENTITY, fields={DRIVING: ["name"]})
    given = {row["type"]: [field["key"] for field in row["fields"]] for row in verdict["licences"]}
    assert given == {DRIVING: ["name"], "special-equipment-operator": []}


def test_the_holder_is_asked_for_what_the_desk_asks_for(li: Visitor, bank: Visitor) -> None:
    code = show(li)
    pending = verify(bank, code["text"], BANK_ACCOUNT, fields=["number"])
    asked = state(li, code)["ask"]["fields"]
    assert len(asked) == 1
    assert answer(li, code, allow=True).status_code == 204
    assert fields_of(recall(bank, pending)) == [["number"]]
