"""The catalogue and the use list, as anybody reads them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

LISTS = ("/api/v1/catalogue", "/api/v1/items")


def _get(app: Flask, path: str) -> Any:
    answer = app.test_client().get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_an_entry_has_the_members_that_were_promised(shared_app: Flask) -> None:
    entries = _get(shared_app, "/api/v1/catalogue?limit=200")["items"]
    assert len(entries) >= 12
    for entry in entries:
        assert entry.keys() >= {
            "code", "name", "issuing_unit", "holder_kinds", "collected_since", "public_attribute",
            "standard_level", "basis", "version", "status_codes", "fields",
        }  # fmt: skip
        assert set(entry["holder_kinds"]) <= {"person", "organisation"}
        means = {code["means"] for code in entry["status_codes"]}
        assert "valid" in means
        assert means <= {"valid", "suspended", "expired", "revoked"}
        for field in entry["fields"]:
            assert field["type"] in {"text", "date", "number", "code", "photo"}
            assert bool(field.get("codes")) is (field["type"] == "code")
        assert _get(shared_app, f"/api/v1/catalogue/{entry['code']}") == entry


def test_an_item_names_only_fields_of_its_types_and_a_traditional_channel(
    shared_app: Flask,
) -> None:
    types = {
        entry["code"]: {field["key"] for field in entry["fields"]}
        for entry in _get(shared_app, "/api/v1/catalogue?limit=200")["items"]
    }
    items = _get(shared_app, "/api/v1/items?limit=200")["items"]
    assert len(items) >= 8
    for item in items:
        assert item["traditional_channel"]
        assert item["consent"] in {"none", "ask"}
        assert item["retention"]
        assert item["fields"].keys() == set(item["licence_types"])
        for code, keys in item["fields"].items():
            assert set(keys) <= types[code]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 3])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    shared_app: Flask, path: str, limit: int
) -> None:
    whole = _get(shared_app, f"{path}?limit=200")
    assert whole["next_cursor"] is None
    codes: list[str] = []
    cursor = ""
    while True:
        page = _get(shared_app, f"{path}?limit={limit}{cursor}")
        assert 1 <= len(page["items"]) <= limit
        codes += [entry["code"] for entry in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert codes == [entry["code"] for entry in whole["items"]]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_that_holds_all_has_no_next(shared_app: Flask, path: str) -> None:
    count = len(_get(shared_app, f"{path}?limit=200")["items"])
    assert _get(shared_app, f"{path}?limit={count}")["next_cursor"] is None
    assert _get(shared_app, f"{path}?limit={count - 1}")["next_cursor"] is not None


@pytest.mark.parametrize(
    "code", ["nothing", "FOOD-OPERATION-PERMIT", "food-operation-permit ", "%25"]
)
def test_a_type_that_is_not_there_is_not_found(shared_app: Flask, code: str) -> None:
    for path in (f"/api/v1/catalogue/{code}", f"/catalogue/{code}"):
        answer = shared_app.test_client().get(path)
        assert (answer.status_code, answer.get_json()["slug"]) == (404, "not_found")
