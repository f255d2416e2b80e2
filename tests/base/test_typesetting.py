"""Drawing with Typst: which characters can be drawn, and several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.documents import page_data
from wallet.base.clock import read_clock
from wallet.base.typesetting import typeset, undrawable
from wallet.errors import Conflict

PRIVATE = "\U000f1234"
"""A character that no font may have."""


def test_chinese_of_gb_2312_mongolian_and_latin_can_be_drawn() -> None:
    level_one = bytes(byte for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)
                      for byte in (high, low)).decode("gb2312")  # fmt: skip
    assert undrawable(f"{level_one}ᠮᠣᠩᠭᠣᠯ Zürich ￥“”《》（）①Ⅱ℃") == []


def test_each_character_that_cannot_be_drawn_is_named_once_in_its_order() -> None:
    assert undrawable(f"甲{PRIVATE}乙\U000f4321丙{PRIVATE}") == [PRIVATE, "\U000f4321"]


def test_of_many_that_cannot_be_drawn_the_first_are_named() -> None:
    many = [chr(0xF1234 + number) for number in range(60)]
    assert undrawable("".join(many)) == many[:20]


def test_no_document_is_drawn_with_a_character_that_is_missing() -> None:
    with pytest.raises(Conflict, match=r"U\+F1234") as refused:
        typeset("licence.typ", page_data(f"证{PRIVATE}"), read_clock())
    assert refused.value.slug == "glyph_missing"


def test_an_unknown_theme_is_drawn_plainly() -> None:
    template = {"theme": "no such theme", "layout": "portrait", "bilingual": "mn_above"}
    drawn = typeset("licence.typ", page_data("证") | {"template": template}, read_clock())
    assert drawn.startswith(b"%PDF-")


def test_the_same_data_at_the_same_time_is_the_same_document() -> None:
    now = read_clock()
    assert typeset("licence.typ", page_data("证"), now) == typeset(
        "licence.typ", page_data("证"), now
    )


def test_threads_draw_at_once() -> None:
    now = read_clock()
    titles = [f"证照{number}" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda title: typeset("licence.typ", page_data(title), now), titles))
    assert len(set(drawn)) == len(titles)
