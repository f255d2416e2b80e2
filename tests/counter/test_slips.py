"""Emergency slips: numbered paper for when the database is away, entered afterwards, each number accounted for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, person, trust_of
from tests.support.documents import pages_of, pdf_a_of, text_of
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import SENIOR, refusal, show
from tests.support.staff import send_form
from tests.support.units import BESIDE, add_member, told
from verify.check import check
from verify.codes import CLOCK_TOLERANCE
from verify.slips import read_slip
from verify.verdict import Refused
from wallet import numbers
from wallet.base.clock import read_clock, rfc3339

BLOCKS = "/api/v1/slip-blocks"


def issued(wang: Visitor, count: int = 3) -> dict[str, Any]:
    answer = wang.post(BLOCKS, {"count": count})
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def enter(wang: Visitor, number: str, clock: Clock, ago: float = 60, **other: Any) -> TestResponse:
    body = {
        "seen_at": rfc3339(clock.now - timedelta(seconds=ago)),
        "seen_by": "counter-wang",
        "seen": "看了身份证和老年人优待证原件，收了申请表",
        "served": True,
    }
    return wang.post(f"/api/v1/slips/{number}/entry", body | other)


def codes_of(pdf: bytes, folder: Path) -> list[str]:
    """What the codes on the pages of a block say."""
    read = [zxingcpp.read_barcode(page) for page in pages_of(pdf, folder)]
    return [one.text for one in read if one]


def number_of(app: Flask, text: str, at: float | None = None) -> str:
    """The number of the slip with that code, as whoever has a trust bundle reads it."""
    moment = read_clock().timestamp() if at is None else at
    return read_slip(text, trust_of(deps_of(app)).keys, moment).number


def test_a_true_slip_is_told_from_a_false_one_by_its_code_and_entered_by_it(
    app: Flask, wang: Visitor, clock: Clock, tmp_path: Path
) -> None:
    block = issued(wang, 1)
    (text,) = codes_of(wang.get(block["pdf"]).data, tmp_path)
    now = read_clock().timestamp()
    assert number_of(app, text, now - CLOCK_TOLERANCE) == block["numbers"][0]
    head, _, signature = text.rpartition(".")
    other = signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BAAA")
    for made_up, at, reason in (
        (f"{head}.{other}", now, "bad_signature"),
        (text, now - CLOCK_TOLERANCE - 2, "not_yet_valid"),
        (text + "A" * 512, now, "malformed"),
        (show(sign_in(app, "holder-elder"), SENIOR)["text"].partition("#")[2], now, "wrong_kind"),
    ):
        with pytest.raises(Refused) as refused:
            number_of(app, made_up, at)
        assert refused.value.reason == reason
    assert check(text, trust_of(deps_of(app)), now).reason == "wrong_kind"
    clock.advance(120)
    assert refusal(enter(wang, f"{head}.{other}", clock)) == (404, "slip_unknown")
    assert enter(wang, text, clock).get_json()["number"] == block["numbers"][0]


def test_a_slip_is_entered_once_and_its_mark_says_that_it_was_entered_afterwards(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    first, second, _ = issued(wang)["numbers"]
    clock.advance(600)
    typed = " ".join(first[at : at + 4] for at in range(0, 12, 4)).lower()
    answer = enter(wang, typed, clock, item=ALLOWANCE)
    assert answer.status_code == 201, answer.text
    assert answer.get_json() == {"number": first, "late": False, "holder_known": False}
    assert refusal(enter(wang, first, clock)) == (409, "slip_settled")
    [event] = told(app, "slip.entered")
    assert (event["slip"], event["entered_afterwards"], event["served"]) == (first, True, True)
    assert "优待证" not in str(event)
    [block] = wang.get(BLOCKS).get_json()["items"]
    assert block["open"] == 2
    assert [one["outcome"] for one in block["slips"]] == ["entered", None, None]
    assert wang.post(f"/api/v1/slips/{second}/spoilt", {"reason": "写错了"}).status_code == 204
    assert refusal(enter(wang, second, clock)) == (409, "slip_settled")
    [block] = wang.get(BLOCKS).get_json()["items"]
    assert (block["open"], block["slips"][1]["seen"]) == (1, "写错了")


def test_who_was_served_finds_it_in_the_history(
    app: Flask, wang: Visitor, elder: Visitor, clock: Clock
) -> None:
    number = issued(wang)["numbers"][0]
    clock.advance(600)
    served = person(app)
    answer = enter(wang, number, clock, code=served["code"], name=served["name"])
    assert answer.get_json()["holder_known"]
    [entry] = [
        one
        for one in elder.get("/api/v1/me/uses").get_json()["items"]
        if one["kind"] == "assistance"
    ]
    assert entry["evidence"] == "slip"
    assert "应急单" in elder.get("/wallet/uses").text


def test_another_name_than_the_library_has_is_entered_and_tells_nobody(
    app: Flask, wang: Visitor, elder: Visitor, clock: Clock
) -> None:
    number = issued(wang)["numbers"][0]
    clock.advance(600)
    answer = enter(wang, number, clock, code=person(app)["code"], name="张三")
    assert (answer.status_code, answer.get_json()["holder_known"]) == (201, False)
    assert elder.get("/api/v1/me/uses").get_json()["items"] == []


@pytest.mark.parametrize(
    ("other", "slug"),
    [
        ({"seen_by": "counter-liu"}, None),
        ({"seen_by": "desk-bank"}, "slip_staff"),
        ({"seen_by": "nobody"}, "slip_staff"),
        ({"item": "no-such-item"}, "slip_item"),
        ({"code": "110101190001010000", "name": "张三"}, "holder_code"),
        ({"seen": ""}, "invalid"),
        ({"seen": "一" * numbers.SLIP_SEEN_MAX}, None),
        ({"seen": "一" * (numbers.SLIP_SEEN_MAX + 1)}, "invalid"),
        ({"seen_at": "2026-11-28T09:00:00"}, "invalid"),
        ({"seen_at": "0001-01-01T00:00:00+08:00"}, "invalid"),
        ({"seen_at": "9999-12-31T23:59:59-08:00"}, "invalid"),
    ],
)
def test_what_an_entry_needs(
    app: Flask, wang: Visitor, clock: Clock, other: dict[str, Any], slug: str | None
) -> None:
    number = issued(wang)["numbers"][0]
    clock.advance(600)
    answer = enter(wang, number, clock, **other)
    assert (answer.status_code, answer.get_json().get("slug")) == (
        (422, slug) if slug else (201, None)
    )


def test_it_was_written_after_it_was_issued_and_not_in_the_future(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    first, second, third = issued(wang)["numbers"]
    clock.advance(100)
    assert refusal(enter(wang, first, clock, ago=101)) == (422, "slip_time")
    assert refusal(enter(wang, first, clock, ago=-31)) == (422, "slip_time")
    assert enter(wang, first, clock, ago=-30).status_code == 201
    clock.advance(numbers.SLIP_DAYS * 86400)
    wang = sign_in(app, "counter-wang")
    assert enter(wang, second, clock, ago=numbers.SLIP_DAYS * 86400).get_json()["late"] is False
    assert enter(wang, third, clock, ago=numbers.SLIP_DAYS * 86400 + 1).get_json()["late"] is True


def test_no_other_number_counts_and_no_other_unit_enters_it(
    app: Flask, wang: Visitor, zhao: Visitor, clock: Clock
) -> None:
    number = issued(wang)["numbers"][0]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    for text in (wrong, "YJ", "JZ" + number[2:], "\u0000", "x" * 100):
        assert refusal(enter(wang, text, clock)) in ((404, "slip_unknown"), (404, "not_found"))
    assert refusal(enter(zhao, number, clock)) == (403, "not_permitted")


def test_a_manager_above_sees_which_numbers_are_missing_and_not_what_stood_on_the_others(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    made = issued(wang, 2)["numbers"]
    clock.advance(600)
    enter(wang, made[0], clock)
    [block] = sign_in(app, "manager-sun").get(BLOCKS).get_json()["items"]
    assert (block["unit"], block["open"]) == (wang.get(BLOCKS).get_json()["items"][0]["unit"], 1)
    assert [(one["number"], one["outcome"], one["seen"]) for one in block["slips"]] == [
        (made[0], "entered", None),
        (made[1], None, None),
    ]
    add_member(app, "manager-beside", BESIDE, ["manager"])
    assert sign_in(app, "manager-beside").get(BLOCKS).get_json()["items"] == []


def test_how_many_are_issued(app: Flask, wang: Visitor) -> None:
    for count in (0, numbers.SLIPS_AT_ONCE_MAX + 1, "3", True):
        assert refusal(wang.post(BLOCKS, {"count": count})) == (422, "invalid")
    for _ in range(numbers.SLIPS_BLANK_MAX // numbers.SLIPS_AT_ONCE_MAX):
        issued(wang, numbers.SLIPS_AT_ONCE_MAX)
    assert refusal(wang.post(BLOCKS, {"count": 1})) == (409, "slips_left")


def test_the_paper_has_each_number_as_words_and_as_a_code(
    app: Flask, wang: Visitor, tmp_path: Path
) -> None:
    block = issued(wang, 2)
    pdf = wang.get(block["pdf"]).data
    assert [number_of(app, text) for text in codes_of(pdf, tmp_path)] == block["numbers"]
    assert "应急单" in text_of(pdf, tmp_path)
    assert pdf_a_of(pdf, tmp_path)["valid"]
    assert refusal(wang.get(f"{BLOCKS}/nosuch.pdf")) == (404, "slips_unknown")


def test_on_the_page_it_is_issued_entered_and_spoilt(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    assert send_form(wang, "/counter/slips", count="2").status_code == 303
    [block] = wang.get(BLOCKS).get_json()["items"]
    first, second = (one["number"] for one in block["slips"])
    clock.advance(120)
    form = {
        "number": first,
        "day": "2020-01-01",
        "time": "09:00",
        "seen_by": "counter-wang",
        "seen": "看了原件",
    }
    wrong = send_form(wang, "/counter/slips/entry", **form)
    assert wrong.status_code == 422
    assert "看了原件" in wrong.text
    assert "应在印发之后" in wrong.text
    spoilt = send_form(wang, "/counter/slips/entry", number=second, seen="写错了", spoilt="1")
    assert spoilt.status_code == 303
    again = send_form(wang, "/counter/slips/entry", number=second, seen="写错了", spoilt="1")
    assert (again.status_code, "已经登记或作废" in again.text) == (409, True)
    assert "系统停了怎么办" in wang.get("/counter/slips").text
    first_year = send_form(wang, "/counter/slips/entry", **form | {"day": "0001-01-01"})
    assert first_year.status_code == 422


def test_printed_again_a_block_has_only_the_slips_without_an_entry(
    app: Flask, wang: Visitor, tmp_path: Path
) -> None:
    block = issued(wang, 2)
    first, second = block["numbers"]
    wang.post(f"/api/v1/slips/{first}/spoilt", {"reason": "写错了"})
    pdf = wang.get(block["pdf"]).data
    assert [number_of(app, text) for text in codes_of(pdf, tmp_path)] == [second]
    page = f"/counter/slips/{block['id']}.pdf"
    assert page in wang.get("/counter/slips").text
    wang.post(f"/api/v1/slips/{second}/spoilt", {"reason": "写错了"})
    assert refusal(wang.get(block["pdf"])) == (409, "slips_used")
    assert page not in wang.get("/counter/slips").text


def test_the_page_says_of_nothing_but_a_number_that_it_was_entered(wang: Visitor) -> None:
    assert "请到别处登记" not in wang.get("/counter/slips?entered=请到别处登记").text
