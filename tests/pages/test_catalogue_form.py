"""A form without a script says the whole entry, and nothing else."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.support.catalogue import begun, food_content, new_content, step
from tests.support.licences import FOOD
from tests.support.people import sign_in
from tests.support.staff import send_form
from wallet.pages.catalogue_form import content_of_form

_INPUT = re.compile(r'<input type="(text|checkbox)"[^>]*name="([^"]+)" value="([^"]*)"( checked)?')
_AREA = re.compile(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]*name="([^"]+)">(.*?)</select>', re.DOTALL)


def test_the_form_of_a_published_type_saved_unchanged_changes_nothing(shared_app: Flask) -> None:
    page = sign_in(shared_app, "issuer-chen").get(f"/issuer/catalogue/new?code={FOOD}").text
    form: MultiDict[str, str] = MultiDict()
    for kind, name, value, checked in _INPUT.findall(page):
        if kind == "text" or checked:
            form[name] = unescape(value)
    for name, value in _AREA.findall(page):
        form[name] = unescape(value)
    for name, options in _SELECT.findall(page):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        form[name] = (chosen or first or re.match("()", ""))[1]  # type: ignore[index]
    expected = food_content(shared_app)
    for field in expected["fields"]:
        if not field["sensitive"]:
            del field["sensitive"]
    del expected["secrecy"]
    assert content_of_form(form) == expected


def test_a_draft_is_not_returned_with_a_reason_that_is_none(app: Flask) -> None:
    chen, sun = sign_in(app, "issuer-chen"), sign_in(app, "manager-sun")
    draft = begun(chen, "new-permit", new_content(app))
    step(chen, draft, "submission")
    page = f"/manager/catalogue/{draft}"
    for reason in ("", "x" * 1001, "\u202e"):
        assert send_form(sun, page, decision="return", reason=reason).status_code == 422
    assert send_form(sun, page, decision="return", reason="名称不全（演示）").status_code == 303
