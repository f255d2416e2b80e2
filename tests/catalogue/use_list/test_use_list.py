"""The published use list, as anybody reads it."""

from __future__ import annotations

from flask import Flask

from tests.support.grants import change_item
from tests.support.shared import deps_of
from tests.support.showing import IDENTITY, RENEWAL, refusal
from wallet.base.clock import read_clock
from wallet.catalogue.use_list.materials import fields_of

ITEMS = "/api/v1/items"


def test_an_item_says_what_it_asks_for_and_how_it_is_done_without_a_phone(
    shared_app: Flask,
) -> None:
    item = shared_app.test_client().get(f"{ITEMS}/{IDENTITY}").get_json()
    ((material),) = item["materials"]
    assert (material["needed"], material["satisfied_by"]) == (True, "any_of")
    assert [one["type"] for one in material["types"]] == item["licence_types"]
    assert item["fields"] == {one["type"]: one["fields"] for one in material["types"]}
    assert (item["scene"], item["consent"], item["version"]) == ("government", "none", 1)
    assert item["traditional_channel"]
    assert item["purpose"]
    assert item["basis_document"]["code"] == "ordos-2022-161"


def test_every_item_of_the_list_is_found_alone_and_page_by_page(shared_app: Flask) -> None:
    http, cursor, found = shared_app.test_client(), None, []
    while True:
        page = http.get(ITEMS, query_string={"limit": 5} | ({"cursor": cursor} if cursor else {}))
        found += page.get_json()["items"]
        cursor = page.get_json()["next_cursor"]
        if cursor is None:
            break
    assert found == http.get(f"{ITEMS}?limit=200").get_json()["items"]
    assert len(found) == 16
    for item in found:
        assert http.get(f"{ITEMS}/{item['code']}").get_json() == item
        assert fields_of(item["materials"]) == item["fields"]
        assert (item["consent"] == "ask") == (item["scene"] == "social")


def test_an_item_that_was_withdrawn_is_in_no_list(app: Flask) -> None:
    http = app.test_client()
    assert http.get(f"{ITEMS}/{RENEWAL}").status_code == 200
    change_item(deps_of(app), RENEWAL, withdrawn_at=read_clock())
    assert refusal(http.get(f"{ITEMS}/{RENEWAL}")) == (404, "not_found")
    listed = http.get(f"{ITEMS}?limit=200").get_json()["items"]
    assert RENEWAL not in {item["code"] for item in listed}
    assert http.get(f"/items/{RENEWAL}").status_code == 404


def test_two_materials_of_one_type_need_the_fields_of_both() -> None:
    materials = [
        {"types": [{"type": "a", "fields": ["x", "y"]}, {"type": "b", "fields": ["z"]}]},
        {"types": [{"type": "a", "fields": ["y", "w"]}]},
    ]
    assert fields_of(materials) == {"a": ["x", "y", "w"], "b": ["z"]}
    assert fields_of([]) == {}
