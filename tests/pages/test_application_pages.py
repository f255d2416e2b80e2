"""Applications on pages: what a form sends is checked, and nothing that was begun is out of reach."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

import pytest
from flask import Flask

from tests.support.applications import (
    APPLICATIONS,
    ELSEWHERE,
    ESTATE,
    LOAN,
    begun,
    day_in,
    passed,
    submitted,
    took,
    without_applications,
)
from tests.support.applications import step as api_step
from tests.support.grants import change_item
from tests.support.hall import deps
from tests.support.people import Visitor, sign_in
from tests.support.staff import send_form
from wallet.base.clock import read_clock
from wallet.base.deps import Deps

__all__ = ["deps"]

PAGE: Final = "/manager/applications"
FORM: Final = {f"type-{ESTATE}-obligee": "1", "reason": "核对产权", "no_secrets": "1"}


@pytest.fixture
def bank(app: Flask) -> Visitor:
    """The responsible person of the bank."""
    without_applications(app)
    return sign_in(app, "desk-bank")


@pytest.fixture
def sun(app: Flask) -> Visitor:
    """A manager of the city."""
    return sign_in(app, "manager-sun")


@pytest.mark.parametrize("quota", ["9" * 5000, "0", "-1", "1.5", "１２", "十"])
def test_a_number_that_is_none_is_said_at_its_field(bank: Visitor, quota: str) -> None:
    form = FORM | {"item": LOAN, "ends_on": day_in(9), "quota_per_day": quota}
    answer = send_form(bank, f"{PAGE}/new", **form)
    assert answer.status_code == 422
    assert 'id="quota_per_day-wrong"' in answer.text


def test_an_opinion_is_a_line_of_text(bank: Visitor, sun: Visitor) -> None:
    made = submitted(bank)
    for reason in ("\u202e退回", "\x01", "一" * 1001):
        answer = send_form(sun, f"{PAGE}/{made}/decision", decision="return", reason=reason)
        assert answer.status_code == 422
        assert "意见最多" in answer.text
    done = send_form(sun, f"{PAGE}/{made}/decision", decision="return", reason="请\r\n补充")
    assert done.status_code == 303
    steps = sun.get(f"{APPLICATIONS}/{made}").get_json()["steps"]
    assert steps[-1]["reason"] == "请 补充"


def test_a_draft_for_an_item_that_was_taken_off_the_list_is_shown_and_taken_back(
    bank: Visitor, deps: Deps
) -> None:
    made = begun(bank)
    change_item(deps, LOAN, withdrawn_at=read_clock())
    page = bank.get(f"{PAGE}/{made}")
    assert page.status_code == 200
    assert 'data-testid="withdraw"' in page.text
    assert 'data-testid="submit"' not in page.text
    kept = send_form(bank, f"{PAGE}/{made}", save="1", ends_on=day_in(9), **FORM)
    assert kept.status_code == 404
    assert send_form(bank, f"{PAGE}/{made}", withdraw="1").status_code == 303
    assert bank.get(f"{APPLICATIONS}/{made}").get_json()["state"] == "withdrawn"


def test_a_page_that_is_out_of_date_decides_nothing(
    app: Flask, bank: Visitor, sun: Visitor
) -> None:
    made = submitted(bank)
    open_page = sun.get(f"{PAGE}/{made}/decision").text
    assert 'name="seen" value="2"' in open_page
    wu = sign_in(app, "manager-wu")
    took(api_step(wu, made, "review", {"decision": "return", "reason": "请改"}))
    send_form(bank, f"{PAGE}/{made}", submit="1", ends_on=day_in(9), **FORM)
    answer = send_form(sun, f"{PAGE}/{made}/decision", decision="pass", seen="2")
    assert answer.status_code == 409
    assert "有变动" in answer.text


def test_what_waits_for_its_filing_is_returned_from_its_page(
    app: Flask, bank: Visitor, sun: Visitor
) -> None:
    made = submitted(bank)
    passed(sun, sign_in(app, "manager-wu"), made)
    page = f"{PAGE}/{made}/decision"
    assert 'data-testid="return"' in sun.get(page).text
    assert send_form(sun, page, decision="return").status_code == 422
    assert send_form(sun, page, decision="return", reason="请改").status_code == 303
    assert bank.get(f"{APPLICATIONS}/{made}").get_json()["state"] == "returned"


def test_every_item_can_be_chosen_however_many_there_are(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.numbers.PAGE_LIMIT", 1)
    qian = sign_in(app, "desk-qian")
    found: list[str] = []
    path: str | None = f"{PAGE}/new"
    while path is not None:
        page = qian.get(path).text
        found += re.findall(r"/new\?item=([a-z-]+)", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(following[1]) if following else None
    assert len(found) == len(set(found)) > 2
    assert ELSEWHERE in found
    assert LOAN not in found
    for item, shown in ((ELSEWHERE, True), (LOAN, False), ("%00", None), ("%0A", False)):
        answer = qian.get(f"{PAGE}/new?item={item}")
        assert answer.status_code == (422 if shown is None else 200)
        assert ('id="ends_on"' in answer.text) is bool(shown)


def test_the_way_to_a_decision_is_in_the_language_of_the_page(bank: Visitor, sun: Visitor) -> None:
    made = submitted(bank)
    sun.http.get("/preferences?lang=en&next=/manager")
    page = sun.get(f"{PAGE}/{made}/decision").text
    [way] = re.findall(r'<nav class="crumbs".*?</nav>', page, re.DOTALL)
    assert "Rural Commercial Bank" in way
    assert re.search(r"[\u4e00-\u9fff]", way) is None
