"""A word that is wider than its place is broken: none of it lies on the code, or off the paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.support.counter import ask_assistance, person, printed
from tests.support.documents import page_data, pages_of, text_of
from tests.support.people import Visitor
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.typesetting import typeset

_DOTS = 100
_DARK = 100


@pytest.mark.parametrize("edition", ["", "?large=1"])
def test_on_a_copy_and_on_a_receipt(
    app: Flask, wang: Visitor, tmp_path: Path, edition: str
) -> None:
    matter = "W" * numbers.MATTER_MAX
    session = ask_assistance(wang, person(app), matter=matter).get_json()
    purpose, recipient = "W" * numbers.COPY_PURPOSE_MAX, "W" * numbers.COPY_RECIPIENT_MAX
    copy = printed(wang, session, purpose=purpose, recipient=recipient)
    page = pages_of(wang.get(copy["pdf"] + edition).data, tmp_path, _DOTS)[0]
    # The margin to the right of the code, from its top to below its serial.
    left, top, right, bottom = (mm * _DOTS / 25.4 for mm in (193, 20, 210, 100))
    beside = page.crop((left, top, right, bottom)).tobytes()
    assert min(beside) > _DARK
    receipt = wang.get(f"/counter/{session['id']}/receipt.pdf{edition}").data
    assert text_of(receipt, tmp_path).count("W") > len(matter + purpose + recipient)


def test_on_the_face_of_a_licence(tmp_path: Path) -> None:
    line = {"label": "名称", "label_en": "Name", "label_mn": None, "value": "W" * 300}
    drawn = typeset(
        "licence.typ", page_data("证") | {"fields": [line], "drawn_at": ""}, read_clock()
    )
    assert text_of(drawn, tmp_path).count("W") == 300
