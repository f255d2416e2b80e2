"""A code without a script: the server draws it, tells what became of it, and takes it back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.consent import BANK, BANK_ACCOUNT, outcome, recall
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    DRIVING,
    FOOD,
    IDENTITY,
    OPERATOR,
    SUSPENDED,
    ask,
    identifier_of,
)
from wallet.numbers import ASKED_AGAIN, DRAWN_AGAIN, SHOWING_LIFE
from wallet.showing.show import LICENCES_MAX
from wallet.web.cookies import CSRF_COOKIE, CSRF_FIELD


def send(visitor: Visitor, path: str, *licences: str, token: str | None = None) -> TestResponse:
    """Send a form of the pages."""
    cookie = visitor.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    fields = {CSRF_FIELD: cookie.value if token is None else token, "licence": list(licences)}
    return visitor.http.post(path, data=fields)


def opened(visitor: Visitor, *type_codes: str) -> str:
    """Open a showing of these types; gives the address of its page."""
    answer = send(visitor, "/wallet/code", *(identifier_of(visitor, one) for one in type_codes))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def text_of(page: str) -> str:
    found = re.search(r'data-testid="live-code" data-text="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_page_draws_the_code_and_asks_again_by_itself(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    place = opened(li, FOOD)
    answer = li.get(place)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<meta http-equiv="refresh" content="{DRAWN_AGAIN}">' in answer.text
    text = text_of(answer.text)
    assert text.split("#")[1] not in place
    verdict = ask(sign_in(app, "desk-zhao"), text).get_json()
    assert (verdict["verdict"], verdict["reason"]) == ("accepted", "ok")


def test_each_time_it_is_the_next_code_of_the_same_showing(app: Flask, clock: Clock) -> None:
    li, desk = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    place = opened(li, FOOD)
    first = text_of(li.get(place).text)
    clock.now += timedelta(seconds=DRAWN_AGAIN)
    second = text_of(li.get(place).text)
    assert first != second
    assert ask(desk, second).get_json()["reason"] == "ok"
    clock.now += timedelta(seconds=DRAWN_AGAIN + 1)
    assert ask(desk, first).get_json()["reason"] == "already_used"


def test_once_it_is_used_the_page_says_who_saw_what_and_asks_no_more(app: Flask) -> None:
    li, desk = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    place = opened(li, FOOD)
    seen = ask(desk, text_of(li.get(place).text)).get_json()["licences"][0]["fields"]
    page = li.get(place).text
    assert "已被 东胜区政务服务大厅（演示） 3 号窗口 核验" in page
    assert "食品经营许可证延续" in page
    for field in seen:
        assert field["label"] in page
        assert field["value"] not in page
    assert "live-code" not in page
    assert "http-equiv" not in page
    again = re.findall(r'name="licence" value="([^"]+)"', page)
    assert again == [identifier_of(li, FOOD)]


def test_a_withdrawn_one_is_refused_and_the_page_says_so(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    place = opened(li, FOOD)
    text = text_of(li.get(place).text)
    answer = send(li, f"{place}/withdraw")
    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    assert "此码已收起" in li.get(place).text
    assert ask(sign_in(app, "desk-zhao"), text).get_json()["reason"] == "withdrawn"
    assert send(li, f"{place}/withdraw").status_code == 303


def test_withdrawing_what_a_desk_has_used_says_which(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    place = opened(li, FOOD)
    ask(sign_in(app, "desk-zhao"), text_of(li.get(place).text))
    assert send(li, f"{place}/withdraw").status_code == 303
    assert "3 号窗口" in li.get(place).text


def test_a_showing_that_has_ended_says_so(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    place = opened(li, FOOD)
    clock.now += timedelta(seconds=SHOWING_LIFE - 1)
    assert "live-code" in li.get(place).text
    clock.now += timedelta(seconds=1)
    page = li.get(place).text
    assert "已满 10 分钟" in page
    assert "live-code" not in page


def test_several_licences_go_into_one_code(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    page = li.get(opened(li, DRIVING, OPERATOR)).text
    assert "机动车驾驶证等 2 本" in page
    verdict = ask(sign_in(app, "desk-zhao"), text_of(page), IDENTITY).get_json()
    assert len(verdict["licences"]) == 2


@pytest.mark.parametrize("count", [0, LICENCES_MAX + 1])
def test_none_and_too_many_are_refused(shared_app: Flask, count: int) -> None:
    li = sign_in(shared_app, "holder-li")
    answer = send(li, "/wallet/code", *(f"x{one}" for one in range(count)))
    assert answer.status_code == 422
    assert f"1 至 {LICENCES_MAX} 本" in answer.text


def test_a_licence_that_does_not_stand_is_refused_with_its_reason(shared_app: Flask) -> None:
    li = sign_in(shared_app, "holder-li")
    answer = send(li, "/wallet/code", identifier_of(li, SUSPENDED))
    assert answer.status_code == 409
    assert "暂扣" in answer.text


def test_nobody_sees_or_ends_anybody_elses_showing(app: Flask) -> None:
    li, elder = sign_in(app, "holder-li"), sign_in(app, "holder-elder")
    place = opened(li, FOOD)
    assert elder.get(place).status_code == 404
    assert send(elder, f"{place}/withdraw").status_code == 404
    assert send(elder, "/wallet/code", identifier_of(li, FOOD)).status_code == 404
    assert ask(sign_in(app, "desk-zhao"), text_of(li.get(place).text)).get_json()["reason"] == "ok"


@pytest.mark.parametrize("path", ["/wallet/code", "/wallet/code/x/withdraw", "/wallet"])
def test_a_form_from_elsewhere_is_refused(shared_app: Flask, path: str) -> None:
    assert send(sign_in(shared_app, "holder-li"), path, "x", token="x").status_code == 403


def found(visitor: Visitor, asked: str) -> set[str]:
    cookie = visitor.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    answer = visitor.http.post("/wallet", data={CSRF_FIELD: cookie.value, "q": asked})
    assert answer.status_code == 200
    return set(re.findall(r'data-identifier="([^"]+)"', answer.text))


def test_the_search_without_a_script_takes_name_number_unit_and_state(shared_app: Flask) -> None:
    li = sign_in(shared_app, "holder-li")
    licences: list[dict[str, Any]] = li.get("/api/v1/me/licences").get_json()["items"]
    food = next(one for one in licences if one["type"]["code"] == FOOD)
    for asked in ("食品经营", food["number"], food["number"][6:], f"{food['issuing_unit']} 食品"):
        assert found(li, asked) == {food["identifier"]}
    assert found(li, "") == {one["identifier"] for one in licences}
    assert found(li, "FOOD permit") == {food["identifier"]}
    assert found(li, "没有这样的") == set()
    stopped = next(one for one in licences if one["type"]["code"] == SUSPENDED)
    assert stopped["identifier"] in found(li, stopped["status_label"])


def test_a_wallet_with_more_cards_than_a_page_has_a_next_one(
    shared_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = sign_in(shared_app, "holder-li")
    all_of_them = found(li, "")
    monkeypatch.setattr("wallet.pages.holder.CARDS_SHOWN", 2)
    seen: set[str] = set()
    place: str | None = "/wallet"
    while place is not None:
        page = li.get(place).text
        cards = set(re.findall(r'data-identifier="([^"]+)"', page))
        assert not cards & seen
        seen |= cards
        onward = re.search(r'href="(/wallet\?cursor=[^"]+)" rel="next"', page)
        assert ('data-whole="1"' in page) == (place == "/wallet" and onward is None)
        place = onward[1] if onward else None
    assert seen == all_of_them
    assert len(found(li, "证")) == 2


def answered(visitor: Visitor, place: str, allow: str) -> str:
    """Answer on the page what a desk asks for; gives the page that then comes."""
    cookie = visitor.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    fields = {CSRF_FIELD: cookie.value, "allow": allow}
    assert visitor.http.post(f"{place}/consent", data=fields).headers["Location"] == place
    return visitor.get(place).text


def test_the_page_asks_what_a_desk_asks_and_a_yes_gives_it(app: Flask, clock: Clock) -> None:
    li, bank = sign_in(app, "holder-li"), sign_in(app, "desk-bank")
    place = opened(li, FOOD)
    pending = ask(bank, text_of(li.get(place).text), BANK_ACCOUNT).get_json()
    page = li.get(place).text
    assert f'content="{ASKED_AGAIN}">' in page
    for words in (BANK, "个体工商户开户", "共 3 项", "经营者名称", "账户存续期间及销户后 5 年"):
        assert words in page
    assert 'data-testid="live-code"' not in page
    assert "已被" in answered(li, place, "1")
    assert outcome(recall(bank, pending)) == ("accepted", "ok")


def test_a_no_and_no_answer_are_said_on_the_page(app: Flask, clock: Clock) -> None:
    li, bank = sign_in(app, "holder-li"), sign_in(app, "desk-bank")
    places = [opened(li, FOOD) for _ in range(2)]
    asked = [ask(bank, text_of(li.get(place).text), BANK_ACCOUNT).get_json() for place in places]
    assert f"您没有允许，{BANK}没有看到任何信息。" in answered(li, places[0], "0")
    clock.advance(90)
    assert f"没有在时限内选择，{BANK}没有看到任何信息。" in answered(li, places[1], "1")
    assert [outcome(recall(bank, one))[1] for one in asked] == [
        "consent_refused",
        "consent_expired",
    ]


def test_a_frozen_account_is_told_so_on_the_page(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    place = opened(li, FOOD)
    li.post("/api/v1/me/freeze")
    page = li.get(place).text
    assert "您已停用亮码，已经亮出的码也已作废" in page
    assert 'href="/wallet/freeze"' in page
