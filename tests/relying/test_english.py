"""Whoever reads English finds an English name beside every Chinese one."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, RENEWAL, show, state, verify
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.organisations.model import Staff
from wallet.relying.desk_view import desk_view
from wallet.web.principal import Principal


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


@pytest.fixture
def food(li: Visitor) -> dict[str, Any]:
    """The catalogue's entry of the food permit."""
    entry: dict[str, Any] = li.get(f"/api/v1/catalogue/{FOOD}").get_json()
    return entry


@pytest.fixture
def granted(li: Visitor, food: dict[str, Any]) -> list[str]:
    """English labels of what the renewal may see of it, in the order of the licence."""
    items = li.get("/api/v1/items").get_json()["items"]
    keys = next(item["fields"][FOOD] for item in items if item["code"] == RENEWAL)
    labels = [field["label_en"] for field in food["fields"] if field["key"] in keys]
    assert len(labels) > 1
    assert all(label.isascii() for label in labels)
    return labels


def test_a_verdict_names_the_licence_and_its_fields_in_english(
    li: Visitor, zhao: Visitor, food: dict[str, Any], granted: list[str]
) -> None:
    verdict = verify(zhao, show(li)["text"])
    (licence,) = verdict["licences"]
    assert licence["type_name_en"] == food["name_en"]
    assert [field["label_en"] for field in licence["fields"]] == granted


def test_the_phone_reads_in_english_what_was_seen_for_which_item(
    li: Visitor, zhao: Visitor, granted: list[str]
) -> None:
    code = show(li)
    verify(zhao, code["text"])
    used = state(li, code)
    items = li.get("/api/v1/items").get_json()["items"]
    name = next(item["name_en"] for item in items if item["code"] == RENEWAL)
    assert (used["item_en"], used["fields_en"]) == (name, granted)


def test_the_use_history_names_item_licence_and_fields_in_english(
    app: Flask, zhao: Visitor, food: dict[str, Any], granted: list[str], clock: Clock
) -> None:
    li = sign_in(app, "holder-li")
    clock.advance(1)
    verify(zhao, show(li)["text"])
    entry = li.get("/api/v1/me/uses").get_json()["items"][0]
    assert (entry["licence_type_en"], entry["fields_en"]) == (food["name_en"], granted)
    assert entry["item_name_en"].isascii()


def test_the_desks_page_is_given_the_fields_of_each_type_in_english(
    zhao: Visitor, deps: Deps, food: dict[str, Any], granted: list[str], clock: Clock
) -> None:
    with deps.db.read() as tx:
        unit = tx.execute(select(Staff.unit_id).where(Staff.login == "desk-zhao")).scalar_one()
    clerk = Principal("staff", 1, 1, "赵", frozenset({"desk"}), unit_id=unit)
    view = desk_view(deps, clerk, local_day(clock.now))
    item = next(item for item in view["items"] if item["code"] == RENEWAL)
    assert [(kind["name_en"], kind["fields_en"]) for kind in item["types"]] == [
        (food["name_en"], granted)
    ]
