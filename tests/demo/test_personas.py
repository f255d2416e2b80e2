"""The sign-in page of the demo: everyone who can sign in, at no cost to the database."""

from __future__ import annotations

import re

from flask import Flask

from tests.support.people import Visitor, sign_in
from tests.support.showing import counted_statements

PERSONA = re.compile(r'name="persona" value="([\w-]+)"')


def test_the_sign_in_page_asks_the_database_nothing(app: Flask) -> None:
    with counted_statements(app) as statements:
        page = Visitor(app).get("/").text
    assert len(PERSONA.findall(page)) >= 10
    assert statements == []


def test_everyone_on_the_sign_in_page_can_sign_in(app: Flask) -> None:
    for persona in PERSONA.findall(Visitor(app).get("/").text):
        sign_in(app, persona)


def test_the_page_speaks_of_its_people_in_the_visitors_language(app: Flask) -> None:
    visitor = Visitor(app)
    assert "东胜区政务服务大厅（演示） · 3 号窗口" in visitor.get("/").text
    visitor.get("/preferences?lang=en")
    assert "Dongsheng District Government Services Hall (demo) · Window 3" in visitor.get("/").text
