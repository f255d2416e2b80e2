"""A type's Mongolian name and labels stand on the phone's pages where its template puts them."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.support.people import sign_in
from tests.support.showing import identifier_of
from wallet.demo.data import load
from wallet.web.cookies import CSRF_COOKIE, CSRF_FIELD

_NAMES = {row.code: row.name_mn for row in load(date(2026, 1, 1)).licence_types}
_PEOPLE = {
    "driving-licence": ("holder-li", "mn_above"),
    "teacher-qualification": ("delegate-li", "zh_above"),
    "real-estate-certificate": ("holder-elder", "mn_left"),
}


@pytest.mark.parametrize("code", _PEOPLE)
def test_card_and_page_carry_the_name_on_the_side_of_the_template(app: Flask, code: str) -> None:
    persona, where = _PEOPLE[code]
    person = sign_in(app, persona)
    name = f'<p class="mn {where}" lang="mn-Mong">{_NAMES[code]}</p>'
    identifier = identifier_of(person, code)
    card = person.get("/wallet").text.partition(f'data-identifier="{identifier}"')[2]
    assert (card.index(name) > card.index("<h2>")) == (where == "zh_above")
    page = person.get(f"/wallet/{identifier}").text
    assert f'<div class="names {where}">' in page
    assert name in page


def test_a_field_with_a_mongolian_label_carries_it_beside_the_chinese_one(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    driving = li.get(f"/wallet/{identifier_of(li, 'driving-licence')}").text
    assert '<span class="mn" lang="mn-Mong">ᠨᠡᠷ\u180eᠡ</span> 姓名</dt>' in driving


def test_a_type_without_a_mongolian_name_has_no_empty_line(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    food = li.get(f"/wallet/{identifier_of(li, 'food-operation-permit')}").text
    assert 'lang="mn-Mong"' not in food


def test_the_search_finds_a_licence_by_its_mongolian_name(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    cookie = li.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    asked = {CSRF_FIELD: cookie.value, "q": _NAMES["driving-licence"]}
    found = li.http.post("/wallet", data=asked)
    assert found.text.count('data-testid="licence-card"') == 1
    assert "机动车驾驶证" in found.text


def test_the_list_tells_programs_the_mongolian_name(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    types = [one["type"] for one in (li.get("/api/v1/me/licences").json or {})["items"]]
    assert {one["code"]: one["name_mn"] for one in types} == {
        one["code"]: _NAMES[one["code"]] for one in types
    }
