"""Every refusal that a person reads names what else one can do, in the language of the page (O-19)."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.counter import begun, licence_in
from tests.support.people import Visitor, sign_in
from verify.verdict import REASONS, sentence
from wallet.web.problems import HTTP_SLUGS, STATUS, problem

WAY = 'data-testid="other-way"'
_SAID = {"zh": "按传统方式办理，窗口不得拒绝", "en": "Bring the original to a desk"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_error_page_names_it(app: Flask, lang: str) -> None:
    rows = [*STATUS.values(), *((status, *told[:2]) for status, told in HTTP_SLUGS.items())]
    for status, slug, title in rows:
        headers = {"Accept": "text/html", "Cookie": f"lang={lang}"}
        with app.test_request_context("/somewhere", headers=headers):
            page = problem(status, slug, title, "请再试。").get_data(as_text=True)
        assert WAY in page, slug
        assert _SAID[lang] in page, slug


def test_a_page_that_is_not_there_names_it(app: Flask) -> None:
    page = app.test_client().get("/nowhere", headers={"Accept": "text/html"})
    assert (page.status_code, WAY in page.text) == (404, True)


def test_a_sign_in_that_failed_names_it(app: Flask) -> None:
    page = app.test_client().get("/sign-in/holder/callback", headers={"Accept": "text/html"})
    assert WAY in page.text


def test_what_a_counter_refuses_names_it(app: Flask) -> None:
    wang = sign_in(app, "counter-wang")
    home = wang.http.post("/counter", data={"csrf_token": _token(wang)})
    assert (home.status_code, WAY in home.text) == (422, True)
    session = begun(app, wang)
    where = f"/counter/{session['id']}/copy"
    form = {"csrf_token": _token(wang), "licence": licence_in(session), "key": "k"}
    given = {"purpose": "办事\U0001fae0", "recipient": "大厅", "valid_until": "2026-12-01"}
    copy = wang.http.post(where, data=form | given)
    assert (copy.status_code, WAY in copy.text) == (409, True)
    gone = wang.http.post("/counter/revocation", data=form | {"serial": "1", "reason": "丢了"})
    assert (gone.status_code, WAY in gone.text) == (404, True)


def test_a_licence_that_is_stopped_and_a_code_that_is_not_there_name_it(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    items = li.get("/api/v1/me/licences").get_json()["items"]
    for one in items:
        page = li.get(f"/wallet/{one['identifier']}").text
        assert (WAY in page) >= (one["status"] != "valid")


@pytest.mark.parametrize("reason", [one for one in REASONS if one not in ("ok", "consent_pending")])
def test_every_reason_of_a_verdict_says_what_to_do(reason: str) -> None:
    zh = sentence(reason, "zh")  # type: ignore[arg-type]
    assert any(word in zh for word in ("请", "按传统方式")), zh


def _token(visitor: Visitor) -> str:
    cookie = visitor.http.get_cookie("csrf_token")
    assert cookie is not None
    return cookie.value
