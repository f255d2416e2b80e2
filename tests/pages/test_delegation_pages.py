"""The pages of delegations: three steps to an offer, what is wrong with each, and the answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.delegations import accepted, body_of, listed, offered, person_of
from tests.support.hall import deps, elder, granddaughter, li
from tests.support.people import Visitor, sign_in
from tests.support.showing import FOOD, RENEWAL, SENIOR, identifier_of
from wallet import numbers

__all__ = ["deps", "elder", "granddaughter", "li"]

PAGE = {"Accept": "text/html"}
NEW = "/wallet/delegations/new"


def form(li: Visitor, **changes: Any) -> dict[str, Any]:
    """All that the three steps ask, for an offer of the food permit to delegate-li."""
    whole = {
        **person_of("delegate-li"),
        "licences": [identifier_of(li, FOOD)],
        "matter": "some",
        "items": [RENEWAL],
        "days": "30",
        "step": "offer",
    }
    return whole | changes


def send(visitor: Visitor, path: str, fields: dict[str, Any]) -> TestResponse:
    cookie = visitor.http.get_cookie("csrf_token")
    assert cookie is not None
    data = MultiDict({"csrf_token": cookie.value})
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return visitor.http.post(path, data=data, headers=PAGE)


def test_each_step_carries_on_what_the_earlier_ones_said(li: Visitor) -> None:
    first = li.get(f"{NEW}?licence={identifier_of(li, FOOD)}", headers=PAGE)
    assert first.text.count(" checked") == 1
    scope = send(li, NEW, form(li, step="scope"))
    confirm = send(li, NEW, form(li, step="confirm"))
    assert (scope.status_code, confirm.status_code) == (200, 200)
    for page, fields in ((scope, ("code", "name")), (confirm, ("code", "items", "days", "matter"))):
        for field in fields:
            assert f'type="hidden" name="{field}"' in page.text
    sent = send(li, NEW, form(li))
    assert sent.status_code == 303
    (made,) = listed(li, "given")
    assert sent.location == f"/wallet/delegations/{made['id']}?offered=1"
    assert [item["code"] for item in made["items"]] == [RENEWAL]
    assert "已发出，请对方" in li.get(sent.location, headers=PAGE).text
    assert "已发出，请对方" not in li.get(sent.location.partition("?")[0], headers=PAGE).text


def test_any_matter_is_chosen_and_never_the_default(li: Visitor) -> None:
    scope = send(li, NEW, form(li, step="scope", matter="", items=[])).text
    assert re.search(r'value="some" checked', scope)
    assert not re.search(r'value="any" checked', scope)
    sent = send(li, NEW, form(li, matter="any", items=[]))
    assert sent.status_code == 303
    assert listed(li, "given")[0]["items"] is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "请填写姓名"),
        ({"code": ""}, "请填写证件号码"),
        ({"code": "150602199809214223"}, "证件号码不对"),
        ({"code_type": "001"}, "请选择证件类型"),
        ({"licences": []}, "请至少选一本证照"),
        ({"licences": ["1.2.3"]}, "请重新选择"),
        ({"items": []}, "请至少选一个事项"),
        ({"matter": "all"}, "请选择可以办理的事项"),
        ({"days": "own", "starts_on": "", "ends_on": "2026-13-01"}, "请选择开始和结束的日期"),
        ({"items": ["x"] * (numbers.DELEGATION_ITEMS_MAX + 1)}, "一次最多选"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    li: Visitor, changes: dict[str, Any], sentence: str
) -> None:
    answer = send(li, NEW, form(li, **changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    kept = form(li) | changes
    assert f'value="{kept["code"]}"' in answer.text
    assert listed(li, "given") == []


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        (person_of("holder-li"), 422, "不用授权给自己"),
        ({"days": "own", "starts_on": "2020-01-01", "ends_on": "2020-01-02"}, 422, "日期不对"),
        ({"items": ["driving-licence-renewal"]}, 422, "用不到"),
        ({"items": ["no-such-item"]}, 422, "没有这个用证事项"),
    ],
)
def test_what_the_journey_refuses_is_said_above_the_form(
    li: Visitor, changes: dict[str, Any], status: int, sentence: str
) -> None:
    answer = send(li, NEW, form(li, **changes))
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'role="alert"' in answer.text


def test_an_offer_twice_says_that_it_is_there(li: Visitor) -> None:
    assert send(li, NEW, form(li)).status_code == 303
    again = send(li, NEW, form(li))
    assert again.status_code == 409
    assert "已有此证照的授权" in again.text


def test_a_stale_sign_in_is_led_to_the_confirmation(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    clock.advance(numbers.STEP_UP_FRESH)
    for answer in (li.get(NEW, headers=PAGE), send(li, NEW, form(li))):
        assert answer.status_code in (302, 303)
        assert answer.location.startswith("/step-up")
    assert listed(li, "given") == []


def test_the_page_of_an_offer_says_what_is_given(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD), items=[RENEWAL]))
    path = f"/wallet/delegations/{made['id']}"
    page = granddaughter.get(path, headers=PAGE).text
    for words in (
        "李明请您代为出示证照",
        "食品经营许可证",
        "食品经营许可证延续",
        made["ends_on"],
        "接受",
    ):
        assert words in page
    assert send(granddaughter, f"{path}/answer", {"accept": "1"}).status_code == 303
    assert "李娜接受" in li.get(path, headers=PAGE).text
    assert send(li, f"{path}/end", {}).status_code == 303
    assert "李明结束" in granddaughter.get(path, headers=PAGE).text
    late = send(granddaughter, f"{path}/answer", {"accept": "1"})
    assert (late.status_code, "已经结束" in late.text) == (409, True)


def test_pages_of_others_are_not_found(li: Visitor, elder: Visitor, clock: Clock) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    path = f"/wallet/delegations/{made['id']}"
    answers = [
        elder.get(path, headers=PAGE),
        send(elder, f"{path}/answer", {"accept": "1"}),
        send(elder, f"{path}/end", {}),
        send(li, f"{path}/answer", {"accept": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert listed(li, "given")[0]["state"] == "offered"


def test_what_is_over_has_a_page_of_its_own(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))
    home, over = "/wallet/delegations", "/wallet/delegations/ended"
    assert made["id"] in li.get(home, headers=PAGE).text
    assert made["id"] not in li.get(over, headers=PAGE).text
    li.delete(f"/api/v1/me/delegations/{made['id']}")
    assert made["id"] not in li.get(home, headers=PAGE).text
    assert made["id"] in li.get(over, headers=PAGE).text


def test_a_delegate_for_some_matters_gets_no_document_and_one_for_any_does(
    li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    food = identifier_of(li, FOOD)
    made = offered(li, body_of(clock.now, "delegate-li", food, items=[RENEWAL]))
    accepted(granddaughter, made)
    refused = granddaughter.get(f"/api/v1/me/licences/{food}.pdf")
    assert (refused.status_code, refused.get_json()["slug"]) == (403, "delegation_limited")
    assert "download-pdf" not in granddaughter.get(f"/wallet/{food}", headers=PAGE).text
    senior = identifier_of(granddaughter, SENIOR, "delegate")
    assert granddaughter.get(f"/api/v1/me/licences/{senior}.pdf").status_code == 200
    assert "download-pdf" in granddaughter.get(f"/wallet/{senior}", headers=PAGE).text
    assert "delegate-licence" not in granddaughter.get(f"/wallet/{senior}", headers=PAGE).text
