"""A copy is counted only where its document can be drawn and sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.applications import day_in
from tests.support.counter import ask_copy, begun, licence_in, printed
from tests.support.documents import signature_of, text_of
from tests.support.licences import food_fields, food_licence, issue
from tests.support.people import Visitor, machine
from tests.support.showing import RENEWAL, SENIOR, refusal
from tests.support.staff import send_form
from tests.support.units import told
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.licences.exempt import exempt
from wallet.organisations.model import Staff, Unit

ISSUER: Final = "11150603MADEM0337M"
"""The unit that issued the elder's senior card."""


@pytest.fixture
def unsealed(deps: Deps) -> None:
    """That unit has lost its seal."""
    (deps.config.seals_dir / f"{ISSUER}.pem").unlink()


@pytest.mark.usefixtures("unsealed")
def test_without_a_seal_nothing_is_printed_and_nothing_counted(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    assert refusal(ask_copy(wang, session)) == (409, "no_seal")
    assert told(app, "copy.printed") == []


@pytest.mark.usefixtures("unsealed")
@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "请改用“转交窗口，不用手机”"), ("en", "“Hand to a desk, without a phone” instead")],
)
def test_the_form_says_so_and_what_is_left(
    app: Flask, wang: Visitor, language: str, words: str
) -> None:
    wang.get(f"/preferences?lang={language}")
    session = begun(app, wang)
    given = {"purpose": "申领高龄津贴", "recipient": "大厅", "valid_until": day_in(30), "key": "k"}
    licence = licence_in(session)
    answer = send_form(wang, f"/counter/{session['id']}/copy", licence=licence, **given)
    assert (answer.status_code, words in answer.text) == (409, True)


@pytest.mark.usefixtures("unsealed")
def test_a_type_that_is_exempt_is_printed_without_one(
    app: Flask, wang: Visitor, deps: Deps, tmp_path: Path
) -> None:
    now = read_clock()
    exempt(deps, "seal", ISSUER, SENIOR, "《演示办法》第八条", local_day(now), now)
    copy = printed(wang, begun(app, wang))
    pdf = wang.get(copy["pdf"])
    assert pdf.status_code == 200
    assert "does not contain any signatures" in signature_of(pdf.data, tmp_path)


def test_a_character_that_no_font_has_stops_it_where_it_would_be_printed(
    app: Flask, wang: Visitor, deps: Deps
) -> None:
    body = food_licence(deps.config.data, fields=food_fields(responsible_person="王\U000f1234"))
    licence = issue(machine(app, deps.config.data, "issuer"), body)["identifier"]
    session = begun(app, wang, "holder-li")
    refused = ask_copy(wang, session, licence=licence)
    assert refusal(refused) == (409, "glyph_missing")
    assert "U+F1234" in refused.get_json()["detail"]
    assert told(app, "copy.printed") == []
    unseen = printed(wang, session, licence=licence, item=RENEWAL)
    assert wang.get(unseen["pdf"]).status_code == 200


def test_what_stands_on_no_copy_does_not_stop_it(
    app: Flask, wang: Visitor, deps: Deps, tmp_path: Path
) -> None:
    now = read_clock()
    exempt(deps, "seal", ISSUER, SENIOR, "《办法\U000f1234》", local_day(now), now)
    copy = printed(wang, begun(app, wang))
    assert "证照加注件" in text_of(wang.get(copy["pdf"]).data, tmp_path)


def test_the_name_of_the_unit_that_prints_stands_on_it_and_can_stop_it(
    app: Flask, wang: Visitor, deps: Deps
) -> None:
    session = begun(app, wang)
    with deps.db.begin() as tx:
        own = select(Staff.unit_id).where(Staff.login == "counter-wang").scalar_subquery()
        tx.execute(update(Unit).where(Unit.id == own).values(name="大厅\U000f1234"))
    assert refusal(ask_copy(wang, session)) == (409, "glyph_missing")
    assert told(app, "copy.printed") == []


@pytest.mark.usefixtures("unsealed")
def test_a_recipient_that_is_not_there_is_said_before_what_stops_the_document(
    app: Flask, wang: Visitor
) -> None:
    answer = ask_copy(wang, begun(app, wang), recipient_unit="91150602MADEM0000X")
    assert refusal(answer) == (422, "copy_recipient")
