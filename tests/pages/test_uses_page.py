"""The page of the use history: what is chosen stays in the address."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.hall import deps, li, zhao
from tests.support.people import Visitor
from tests.support.showing import FOOD, IDENTITY, RENEWAL, show, verify, withdraw
from wallet.pages import uses as page_module

__all__ = ["deps", "li", "zhao"]


def cards(page: str) -> int:
    return page.count('<li class="use sheet"')


def test_what_is_chosen_is_shown_as_chosen_and_stays_with_every_link(
    li: Visitor, zhao: Visitor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "USES_ON_A_PAGE", 1)
    for _ in range(2):
        verify(zhao, show(li)["text"], RENEWAL)
    verify(zhao, show(li, "driving-licence")["text"], IDENTITY)
    chosen = f"/wallet/uses?days=30&type={FOOD}&outcome=accepted&who=self"
    page = li.get(chosen).text
    assert cards(page) == 1
    for value in ("30", FOOD, "accepted", "self"):
        assert f'value="{value}" selected' in page
    (older,) = re.findall(r'href="([^"]+)" rel="next"', page)
    assert unescape(older).startswith(chosen)
    following = li.get(unescape(older)).text
    assert (cards(following), 'rel="next"' in following) == (1, False)


def test_an_empty_choice_says_so_and_leads_back(li: Visitor, zhao: Visitor) -> None:
    assert "还没有使用记录" in li.get("/wallet/uses").text
    verify(zhao, show(li)["text"], RENEWAL)
    page = li.get("/wallet/uses?outcome=refused").text
    assert "没有符合条件的记录" in page
    assert 'href="/wallet/uses" data-testid="narrow-none"' in page


def test_own_days(li: Visitor, zhao: Visitor) -> None:
    code = show(li)
    withdraw(li, code)
    verify(zhao, code["text"])
    for query, count in (("from=2020-01-01&to=2020-12-31", 0), ("from=2020-01-01", 1), ("", 1)):
        assert cards(li.get(f"/wallet/uses?days=own&{query}").text) == count


@pytest.mark.parametrize(
    "query",
    [
        "days=8",
        "days=own&from=x&to=9999-99-99",
        "outcome=pending",
        "who=x",
        "type=食品",
    ],
)
def test_what_is_no_choice_chooses_nothing(li: Visitor, zhao: Visitor, query: str) -> None:
    verify(zhao, show(li)["text"], RENEWAL)
    answer = li.get(f"/wallet/uses?{query}")
    assert (answer.status_code, cards(answer.text)) == (200, 1)


def test_a_delegation_of_others_is_not_found(app: Flask, li: Visitor) -> None:
    assert li.get("/wallet/uses?delegation=nobodys").status_code == 404
