"""The holder reads in the history that a desk judged offline."""

from __future__ import annotations

import pytest

from tests.support.clock import Clock
from tests.support.judgements import finding, judgement
from tests.support.people import Visitor
from tests.support.showing import show


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "窗口断网，只看到码上的证照名称和打码的姓名。"),
        ("en", "The desk was offline and saw only"),
    ],
)
def test_a_use_that_was_judged_offline_says_what_the_desk_saw(
    li: Visitor, zhao: Visitor, clock: Clock, language: str, sentence: str
) -> None:
    finding(zhao, judgement(show(li)["text"], clock.now))
    li.http.set_cookie("lang", language)
    page = li.get("/wallet/uses").text
    assert sentence in page
    assert 'data-outcome="accepted"' in page
